import { asLbError } from '../errors.ts';
import type { HealthResults } from '../health.ts';
import type { Log } from '../log.ts';
import type { MetricsRegistry } from '../metrics.ts';
import type { JsonObject } from '../model/json.ts';
import type { AccessReviews } from './access-reviews.ts';
import { jsonAnswer, refusal, textAnswer, type Answer } from './answers.ts';
import { healthAnswer, singleHealthAnswer } from './health-answer.ts';
import type { TokenReviews } from './token-reviews.ts';
import type { User } from './user.ts';

export interface AnswerParts {
  readonly isOpen: (path: string) => boolean;
  /** Absent: no token is anybody's. */
  readonly tokens: TokenReviews | undefined;
  /** Absent: nobody has a right. */
  readonly access: AccessReviews | undefined;
  readonly health: HealthResults;
  readonly metrics: MetricsRegistry;
  readonly configz: () => JsonObject;
  readonly log: Log;
}

export interface Asked {
  /** In capitals. */
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  /** Of a verified client certificate. */
  readonly certified: User | undefined;
}

/** Has every right in every cluster, also while the API server cannot be asked. */
const administrators = 'system:masters';
const healthKinds = { healthz: 'live', livez: 'live', readyz: 'ready' } as const;

/**
 * One request: who asks, may they, and the answer. 401: nobody known. 403: known, and not allowed. 500: whether allowed could
 * not be asked (contract M5). Open paths need neither name nor right, so that probes go on without an API server.
 */
export async function answerRequest(asked: Asked, parts: AnswerParts): Promise<Answer> {
  const refused = parts.isOpen(asked.path) ? undefined : await refusalOf(asked, parts);
  if (refused !== undefined) return refused;
  const answer = await contentOf(asked, parts);
  if (answer === undefined) return textAnswer(404, '404 page not found\n');
  return asked.method === 'GET' || asked.method === 'HEAD' ? answer : textAnswer(405, 'only GET and HEAD\n');
}

async function refusalOf(asked: Asked, parts: AnswerParts): Promise<Answer | undefined> {
  const user = asked.certified ?? (await bearerOf(asked.authorization, parts));
  if (user === undefined) return refusal(401, 'Unauthorized', 'Unauthorized');
  if (user.groups.includes(administrators)) return undefined;
  const { path, method } = asked;
  const verb = method.toLowerCase();
  try {
    const decision = (await parts.access?.decide(user, verb, path)) ?? { allowed: false };
    if (decision.allowed) return undefined;
    const why = decision.reason === undefined ? '' : `: ${decision.reason}`;
    const what = `User ${JSON.stringify(user.name)} cannot ${verb} path ${JSON.stringify(path)}${why}`;
    return refusal(403, 'Forbidden', `forbidden: ${what}`);
  } catch (thrown) {
    const { text } = asLbError(thrown);
    return textAnswer(500, `Internal Server Error: ${JSON.stringify(path)}: ${text}\n`);
  }
}

/** Undefined also where the API server could not be asked, as upstream: who cannot be named is nobody. The reviewer has told the log. */
async function bearerOf(authorization: string | undefined, { tokens, log }: AnswerParts): Promise<User | undefined> {
  const token = /^bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1];
  if (token === undefined || tokens === undefined) return undefined;
  try {
    return await tokens.userOf(token);
  } catch (thrown) {
    log.debug({ error: asLbError(thrown) }, 'a token could not be reviewed');
    return undefined;
  }
}

/** Undefined: there is no such page. */
async function contentOf({ path, query }: Asked, parts: AnswerParts): Promise<Answer | undefined> {
  if (path === '/metrics') return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: await parts.metrics.text() };
  if (path === '/configz') return jsonAnswer(200, parts.configz());
  const [, page = '', check, ...deeper] = path.split('/');
  if (!isHealthPage(page) || deeper.length > 0) return undefined;
  const results = parts.health.results(healthKinds[page]);
  return check === undefined ? healthAnswer(path, results, query) : singleHealthAnswer(decoded(check), results);
}

/** Names of checks may have blanks in them. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // what cannot be decoded is the name of nothing
  }
}

const isHealthPage = (page: string): page is keyof typeof healthKinds => Object.hasOwn(healthKinds, page);
