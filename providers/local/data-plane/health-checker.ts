import type { Clock } from '../../../src/clock.ts';
import type { IpAddress } from '../../../src/net/ip.ts';
import type { Network, NoAnswer, TcpConnection } from '../api/network.ts';
import type { ProxyVersion } from '../settings.ts';
import { ownHeader } from './proxy-header.ts';

/** One question to one address: `GET /healthz`, or can a connection be opened. */
export interface Probe {
  readonly kind: 'healthz' | 'connect';
  readonly address: IpAddress;
  readonly port: number;
  /** A connection is begun with this header, which names no client: a server that expects one complains without. */
  readonly proxyProtocol?: ProxyVersion;
}

/**
 * `unhealthy`: it answered that it is not, or it does not answer at all. `refused`: nobody listens there, which for
 * some questions is no answer about health. `unknown`: not asked yet.
 */
export type Verdict = 'unknown' | 'healthy' | 'unhealthy' | 'refused';

/** How many times in a row there must be no answer before a healthy node counts as unhealthy: one lost packet is nothing. */
const silencesAllowed = 2;

/** One interest in the answers to a probe. */
export interface Watch {
  readonly verdict: Verdict;
  /** Asks now instead of at the next round, because a connection failed. */
  hurry(): void;
  stop(): void;
}

interface Watched {
  readonly probe: Probe;
  readonly watchers: Set<() => void>;
  verdict: Verdict;
  silences: number;
  /** Cancels the wait for the next round; absent while a round is under way. */
  cancel: (() => void) | undefined;
}

/** Asks nodes how they are, every `intervalMs`; each question once, however many load balancers want to know. */
export class HealthChecker {
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #watched = new Map<string, Watched>();

  constructor(network: Network, clock: Clock, intervalMs: number) {
    this.#network = network;
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  /** Asks at once and then again and again; `onChange` is called when the verdict is another one, never before this returns. */
  watch(probe: Probe, onChange: () => void): Watch {
    const key = keyOf(probe);
    const watched = this.#watched.get(key) ?? this.#begin(key, probe);
    // A watcher of its own: the same function may watch twice.
    const watcher = () => onChange();
    watched.watchers.add(watcher);
    return {
      get verdict() {
        return watched.verdict;
      },
      hurry: () => {
        if (watched.cancel === undefined) return;
        watched.cancel();
        void this.#ask(watched);
      },
      stop: () => {
        watched.watchers.delete(watcher);
        if (watched.watchers.size === 0 && this.#watched.get(key) === watched) this.#drop(key, watched);
      },
    };
  }

  get size(): number {
    return this.#watched.size;
  }

  close(): void {
    for (const [key, watched] of this.#watched) this.#drop(key, watched);
  }

  #begin(key: string, probe: Probe): Watched {
    const watched: Watched = { probe, watchers: new Set(), verdict: 'unknown', silences: 0, cancel: undefined };
    this.#watched.set(key, watched);
    void this.#ask(watched);
    return watched;
  }

  #drop(key: string, watched: Watched): void {
    watched.cancel?.();
    watched.cancel = undefined;
    watched.watchers.clear();
    this.#watched.delete(key);
  }

  async #ask(watched: Watched): Promise<void> {
    watched.cancel = undefined;
    const answer = await this.#answer(watched.probe);
    if (this.#watched.get(keyOf(watched.probe)) !== watched) return;
    watched.cancel = this.#clock.after(this.#intervalMs, () => void this.#ask(watched));
    const verdict = judged(watched, answer);
    if (verdict === watched.verdict) return;
    watched.verdict = verdict;
    for (const watcher of watched.watchers) watcher();
  }

  async #answer({ kind, address, port, proxyProtocol }: Probe): Promise<boolean | NoAnswer> {
    const timeoutMs = Math.min(this.#intervalMs, 1000);
    if (kind === 'healthz') {
      const status = await this.#network.httpStatus({ address, port }, '/healthz', timeoutMs);
      return typeof status === 'number' ? status === 200 : status;
    }
    const connection = await this.#network.connectTcp({ address, port }, timeoutMs);
    if (typeof connection === 'string') return connection;
    if (proxyProtocol === undefined) connection.abort();
    else this.#leave(connection, ownHeader(proxyProtocol), timeoutMs);
    return true;
  }

  /** In order, because a reset may overtake the header; by force, where the peer holds on. */
  #leave({ stream, abort }: TcpConnection, header: Buffer, timeoutMs: number): void {
    const cancel = this.#clock.after(timeoutMs, abort);
    stream.on('error', () => {});
    stream.once('close', cancel);
    stream.resume();
    stream.end(header);
  }
}

/** An answer is believed at once, silence only when it lasts. */
function judged(watched: Watched, answer: boolean | NoAnswer): Verdict {
  if (answer === 'unreachable') {
    watched.silences++;
    return watched.verdict === 'unknown' || watched.silences >= silencesAllowed ? 'unhealthy' : watched.verdict;
  }
  watched.silences = 0;
  if (answer === 'refused') return 'refused';
  return answer ? 'healthy' : 'unhealthy';
}

const keyOf = ({ kind, address, port, proxyProtocol }: Probe): string => `${kind} ${address} ${port} ${proxyProtocol ?? ''}`;
