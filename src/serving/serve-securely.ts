import { hostname } from 'node:os';
import { sleep, type Clock } from '../clock.ts';
import { asLbErrorOf, LbError } from '../errors.ts';
import type { HealthResults } from '../health.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Log } from '../log.ts';
import type { MetricsRegistry } from '../metrics.ts';
import type { JsonObject } from '../model/json.ts';
import { accessReview, AccessReviews } from './access-reviews.ts';
import { answerRequest, type AnswerParts } from './answer-request.ts';
import { authoritiesOfCluster, authoritiesOfFile, type AuthoritySource } from './client-authorities.ts';
import { keyPairSource } from './key-pair-source.ts';
import { pathMatcher } from './path-patterns.ts';
import { Reviewer } from './reviewer.ts';
import { SecureDoor } from './secure-door.ts';
import { cipherListOf, tlsVersionOf } from './tls-names.ts';
import { tokenReview, TokenReviews } from './token-reviews.ts';

export interface AuthenticationOptions {
  /** Who reviews tokens; best with connections of its own. Absent: no token is anybody's, and no authorities are looked up. */
  readonly client?: KubeClient;
  /** How long an accepted token needs no other review, in milliseconds. */
  readonly tokenTtlMs: number;
  /** Authorities of client certificates; absent: those of the cluster are looked up. */
  readonly clientCaFile?: string;
  /** `required`: no start where that fails. `tolerated`: it is tried again. `skipped`: no client certificate counts. */
  readonly lookup: 'required' | 'tolerated' | 'skipped';
}

export interface AuthorizationOptions {
  /** Absent: nobody has a right, except `system:masters`. */
  readonly client?: KubeClient;
  readonly allowedTtlMs: number;
  readonly deniedTtlMs: number;
}

export interface SecureServingOptions {
  /** Unspecified (`0.0.0.0`, `::` or empty): every address of both families, as upstream. */
  readonly bindAddress: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly certDir?: string;
  readonly pairName: string;
  /** As upstream writes them, `VersionTLS12`; absent: TLS 1.2. */
  readonly minVersion?: string;
  /** As upstream writes them, `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`; absent or empty: Node's own list. */
  readonly cipherSuites?: readonly string[];
  readonly authentication: AuthenticationOptions;
  readonly authorization: AuthorizationOptions;
  /** Need neither name nor right; a trailing `*` stands for any rest. */
  readonly alwaysAllowPaths: readonly string[];
  readonly health: HealthResults;
  readonly metrics: MetricsRegistry;
  /** The body of `/configz`: the configuration under the name of its group. */
  readonly configz: () => JsonObject;
  readonly clock: Clock;
  readonly log: Log;
}

export interface SecureServing {
  readonly port: number;
  close(): Promise<void>;
}

const pairEveryMs = 10_000;

/**
 * HTTPS with the names and rights of the cluster (contract M5): `/healthz`, `/livez`, `/readyz`, `/metrics`, `/configz`.
 * Certificate and authorities are followed while it runs.
 * @throws LbError `InvalidFlag` for a file, version or suite that cannot be used; `AddressTaken`; what the lookup of the
 *   authorities failed with, where it is required
 */
export async function serveSecurely(options: SecureServingOptions): Promise<SecureServing> {
  const { bindAddress, minVersion = 'VersionTLS12', cipherSuites = [], clock, log } = options;
  const ending = new AbortController();
  const { signal } = ending;
  const parts = answerPartsOf(options, signal);
  const pairs = keyPairSource({ ...options, names: namesOf(bindAddress) }, clock);
  const source = authoritySourceOf(options);
  const door = new SecureDoor({
    tls: { minVersion: tlsVersionOf(minVersion), ...(cipherSuites.length === 0 ? {} : { ciphers: cipherListOf(cipherSuites) }) },
    pair: await pairs.read(),
    authorities: await firstAuthorities(source, options, signal),
    answer: (asked) => answerRequest(asked, parts),
    clock,
    log,
  });
  const port = await door.listen(bindAddress, options.port);
  log.info({ address: bindAddress, port, certificate: pairs.describe }, 'serving securely');

  const followPair = async () => {
    if (door.usePair(await pairs.read())) log.info({ certificate: pairs.describe }, 'the serving certificate was replaced');
  };
  const followAuthorities = async (authorities: AuthoritySource) => {
    if (door.useAuthorities(await authorities.read(signal))) log.info({}, 'the authorities of client certificates were replaced');
  };
  const following = [
    follow(followPair, pairEveryMs, options, signal),
    ...(source === undefined ? [] : [follow(() => followAuthorities(source), source.everyMs, options, signal)]),
  ];
  return {
    port,
    async close() {
      ending.abort(new LbError('Stopping', 'serving has ended'));
      await Promise.all([door.close(), ...following]);
    },
  };
}

/** What a certificate made here is for: this machine, by every name a client on it may use. */
function namesOf(bindAddress: string): readonly string[] {
  const own = bindAddress === '' || bindAddress === '::' || bindAddress === '0.0.0.0' ? [] : [bindAddress];
  return [...new Set(['localhost', '127.0.0.1', '::1', hostname(), ...own])];
}

function answerPartsOf(options: SecureServingOptions, signal: AbortSignal): AnswerParts {
  const { authentication, authorization, alwaysAllowPaths, health, metrics, configz, clock, log } = options;
  const reviewer = (client: KubeClient, review: typeof tokenReview) => new Reviewer(client, review, log, signal);
  const { client: asksNames, tokenTtlMs } = authentication;
  const { client: asksRights, allowedTtlMs, deniedTtlMs } = authorization;
  return {
    isOpen: pathMatcher(alwaysAllowPaths, '--authorization-always-allow-paths'),
    tokens: asksNames === undefined ? undefined : new TokenReviews(reviewer(asksNames, tokenReview), clock, tokenTtlMs),
    access: asksRights === undefined ? undefined : new AccessReviews(reviewer(asksRights, accessReview), clock, allowedTtlMs, deniedTtlMs),
    health,
    metrics,
    configz,
    log,
  };
}

function authoritySourceOf({ authentication }: SecureServingOptions): AuthoritySource | undefined {
  const { client, clientCaFile, lookup } = authentication;
  if (clientCaFile !== undefined) return authoritiesOfFile(clientCaFile);
  return client === undefined || lookup === 'skipped' ? undefined : authoritiesOfCluster(client);
}

/** A file that was named must be good; what the cluster says may be waited for where that is allowed. */
async function firstAuthorities(
  source: AuthoritySource | undefined,
  { authentication, log }: SecureServingOptions,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (source === undefined) return [];
  try {
    return await source.read(signal);
  } catch (thrown) {
    if (authentication.clientCaFile !== undefined || authentication.lookup !== 'tolerated') throw thrown;
    log.warn({ error: thrown }, 'the authorities of client certificates cannot be read: no client certificate counts until they can');
    return [];
  }
}

/** Does it again and again until the signal aborts. A failure is told once; what was there before goes on. */
async function follow(run: () => Promise<void>, everyMs: number, { clock, log }: SecureServingOptions, signal: AbortSignal): Promise<void> {
  let told: string | undefined;
  while (!signal.aborted) {
    try {
      await sleep(clock, everyMs, signal);
    } catch {
      return; // aborted while it slept: the end that was asked for
    }
    try {
      await run();
      told = undefined;
    } catch (thrown) {
      const error = asLbErrorOf(thrown, signal);
      if (!signal.aborted && told !== error.text) log.warn({ error }, 'what serving reads again cannot be used: the last good one goes on');
      told = error.text;
    }
  }
}
