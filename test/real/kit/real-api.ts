import { settle, sleep, type ManualClock } from '../../../src/clock.ts';
import type { ClusterApi } from '../../../src/conformance/cluster-api.ts';
import type { ApiRequest, ApiResponse, LoggedRequest } from '../../../src/embedded/api.ts';
import { faultAnswer } from '../../../src/embedded/fault-answer.ts';
import { Faults } from '../../../src/embedded/faults.ts';
import type { KubeObject } from '../../../src/embedded/kube-object.ts';
import { LbError } from '../../../src/errors.ts';
import { errorOfAnswer } from '../../../src/kube/status-error.ts';
import type { KubeRequest, KubeTransport, KubeWatch } from '../../../src/kube/transport.ts';
import type { RealServer } from './real-server.ts';
import { Renewals } from './renewals.ts';
import { openTap, type Tap } from './watch-tap.ts';

/**
 * A real API server as one story meets it: empty at the beginning, with the faults and the log that the embedded API has. The
 * faults are between the server and whoever asks it, as a bad network is.
 */
export class RealApi implements ClusterApi {
  readonly faults = new Faults({
    dropWatches: () => this.#each((tap) => tap.end()),
    expireWatches: () => this.#each((tap) => tap.expire()),
    freezeWatches: () => this.#each((tap) => tap.pause()),
    thawWatches: () => this.#each((tap) => tap.resume()),
  });
  readonly transport: KubeTransport;
  readonly #opening: Promise<RealServer>;
  readonly #clock: ManualClock;
  readonly #taps = new Set<Tap>();
  readonly #renewals = new Renewals();
  #server: RealServer | undefined;
  #log: LoggedRequest[] = [];
  #closed = false;

  constructor(server: Promise<RealServer>, clock: ManualClock) {
    this.#clock = clock;
    this.#opening = server.then(async (opened) => {
      await opened.clear();
      this.#server = opened;
      return opened;
    });
    this.#opening.catch(() => {}); // whoever asks it is told
    this.transport = {
      request: (request) =>
        this.#answer(request, async (server) => {
          const answer = this.#renewals.answer(request, server.mirror) ?? (await server.send(request));
          return this.#renewals.shown(request, answer);
        }),
      watch: (watch) => this.#watch(watch),
      close: () => Promise.resolve(),
    };
  }

  get log(): readonly LoggedRequest[] {
    return this.#log;
  }

  clearLog(): void {
    this.#log = [];
  }

  request(request: ApiRequest): Promise<ApiResponse> {
    const { method, path, headers, body } = request;
    return this.#answer(request, (server) => server.ask(method, path, headers, body));
  }

  get(_group: string, _version: string, plural: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#server?.mirror.get(plural, namespace, name) as KubeObject | undefined; // an API server's objects are
  }

  list(_group: string, _version: string, plural: string): readonly KubeObject[] {
    return (this.#server?.list(plural) ?? []) as readonly KubeObject[]; // as above
  }

  /** A real server serves watches and lists out of its cache, whatever etcd has forgotten: the 410 is the fault's. */
  compact(): void {}

  async quiet(): Promise<void> {
    const server = await this.#opening;
    do {
      await server.progress.quiet(server.mirror, this.#taps);
      // What was answered or shown just now may lead to more.
      await settle();
    } while (server.progress.awaits(server.mirror, this.#taps) !== undefined);
  }

  /** Controllers that were left running find the connection closed from now on, so that they meddle with no other story. */
  async close(): Promise<void> {
    this.#closed = true;
    this.faults.clear();
    this.#each((tap) => tap.end());
    const server = await this.#opening;
    await server.progress.quiet(server.mirror, this.#taps);
  }

  async #answer(
    request: Pick<KubeRequest, 'method' | 'path' | 'headers'>,
    call: (server: RealServer) => Promise<ApiResponse>,
  ): Promise<ApiResponse> {
    const server = await this.#opened();
    const fault = this.faults.take(request);
    const answered = (response: ApiResponse): ApiResponse => {
      this.#record(request, response.status);
      return response;
    };
    switch (fault?.kind) {
      case 'status':
        return answered(faultAnswer(fault));
      case 'drop':
        if (fault.when === 'after') await call(server);
        this.#record(request, 0);
        throw dropped();
      case 'slow':
        await sleep(this.#clock, fault.ms);
        break;
      case 'freeze':
        await this.faults.frozen();
        break;
      default:
        break;
    }
    return answered(await call(await this.#opened()));
  }

  /** @throws LbError where the story is over. */
  async #opened(): Promise<RealServer> {
    const server = await this.#opening;
    if (this.#closed) throw dropped();
    return server;
  }

  async *#watch(watch: KubeWatch): AsyncIterable<string> {
    const server = await this.#opened();
    const { path, signal, opened } = watch;
    signal.throwIfAborted();
    const fault = this.faults.take({ method: 'GET', path });
    if (fault?.kind === 'status') throw errorOfAnswer(faultAnswer(fault), `watch ${path}`);
    if (fault !== undefined) throw new LbError('ApiUnavailable', `watch ${path}: the connection was closed`);
    this.#record({ method: 'GET', path, headers: {} }, 200);
    const ended = new AbortController();
    const tap = openTap({
      path,
      clock: this.#clock,
      onChange: () => server.progress.changed(),
      onEnd: () => {
        this.#taps.delete(tap);
        ended.abort(new Error('the watch has ended'));
      },
    });
    this.#taps.add(tap);
    const end = () => tap.end();
    signal.addEventListener('abort', end, { once: true });
    try {
      const lines = await this.#agreed(server, { ...watch, signal: ended.signal });
      opened();
      // That the connection has ended, well or badly, is all that a reader learns of it.
      lines.each((line) => tap.push(line)).then(end, end);
      yield* tap.events;
    } finally {
      signal.removeEventListener('abort', end);
      tap.end();
    }
  }

  /** The stream once the server has agreed to it: until then it counts as a call under way. */
  async #agreed(server: RealServer, watch: KubeWatch): Promise<{ each: (take: (line: string) => void) => Promise<void> }> {
    const agreed = Promise.withResolvers<void>();
    const lines = server.transport.watch({ ...watch, opened: agreed.resolve })[Symbol.asyncIterator]();
    const first = lines.next();
    first.catch(agreed.reject);
    await server.progress.during(() => agreed.promise);
    return {
      async each(take) {
        for (let next = await first; next.done !== true; next = await lines.next()) take(next.value);
      },
    };
  }

  #record({ method, path, headers }: Pick<KubeRequest, 'method' | 'path' | 'headers'>, status: number): void {
    const mutating = method !== 'GET' && !/[?&]dryRun=/.test(path);
    this.#log.push({ method, path, status, at: this.#clock.now(), mutating, userAgent: headers?.['user-agent'] ?? '' });
  }

  #each(change: (tap: Tap) => void): void {
    for (const tap of this.#taps) change(tap);
  }
}

const dropped = (): LbError => new LbError('ApiUnavailable', 'the API server closed the connection without an answer');
