import type { Clock } from '../../../src/clock.ts';
import type { IpAddress } from '../../../src/net/ip.ts';

/** A flood of client addresses must not fill the memory: the client not seen for longest is forgotten first. */
const capacity = 16_384;

/** Which member a client was sent to, for a while after its last connection (contract H7). */
export class AffinityTable {
  readonly #clock: Clock;
  /** In the order of last use, the oldest first. */
  readonly #entries = new Map<IpAddress, { member: IpAddress; until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  member(client: IpAddress): IpAddress | undefined {
    const entry = this.#entries.get(client);
    return entry === undefined || entry.until <= this.#clock.monotonic() ? undefined : entry.member;
  }

  remember(client: IpAddress, member: IpAddress, timeoutMs: number): void {
    this.#entries.delete(client);
    this.#entries.set(client, { member, until: this.#clock.monotonic() + timeoutMs });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > capacity && oldest !== undefined) this.#entries.delete(oldest);
  }

  clear(): void {
    this.#entries.clear();
  }

  get size(): number {
    return this.#entries.size;
  }
}
