import type { IpAddress } from '../../../src/net/ip.ts';
import type { HealthChecker, Verdict, Watch } from './health-checker.ts';

/** What each of some members answers on one health port. */
export interface HealthBoard {
  has(member: IpAddress): boolean;
  verdict(member: IpAddress): Verdict;
  /** Asks it now instead of at the next round. */
  hurry(member: IpAddress): void;
  leave(): void;
}

interface Shared {
  readonly watches: ReadonlyMap<IpAddress, Watch>;
  readonly readers: Set<(member: IpAddress) => void>;
}

/**
 * All boards there are. Most load balancers have the same members and ask the same question: they read one board, so
 * that a thousand load balancers of a thousand nodes are not a million interests.
 */
export class HealthBoards {
  readonly #checker: HealthChecker;
  /** By port, then by member list: equal lists are one array (see `memberAddresses`). */
  readonly #boards = new Map<number, Map<readonly IpAddress[], Shared>>();

  constructor(checker: HealthChecker) {
    this.#checker = checker;
  }

  /** `onChange` is called with each member whose verdict changed, never before this returns. */
  join(members: readonly IpAddress[], port: number, onChange: (member: IpAddress) => void): HealthBoard {
    const shared = this.#boards.get(port)?.get(members) ?? this.#begin(members, port);
    const reader = (member: IpAddress) => onChange(member);
    shared.readers.add(reader);
    return {
      has: (member) => shared.watches.has(member),
      verdict: (member) => shared.watches.get(member)?.verdict ?? 'unknown',
      hurry: (member) => shared.watches.get(member)?.hurry(),
      leave: () => {
        shared.readers.delete(reader);
        if (shared.readers.size === 0) this.#end(members, port, shared);
      },
    };
  }

  #begin(members: readonly IpAddress[], port: number): Shared {
    const readers = new Set<(member: IpAddress) => void>();
    const tell = (member: IpAddress) => {
      for (const reader of readers) reader(member);
    };
    const watch = (address: IpAddress) => this.#checker.watch({ kind: 'healthz', address, port }, () => tell(address));
    const shared: Shared = { watches: new Map(members.map((member) => [member, watch(member)])), readers };
    const ofPort = this.#boards.get(port) ?? new Map<readonly IpAddress[], Shared>();
    this.#boards.set(port, ofPort.set(members, shared));
    return shared;
  }

  #end(members: readonly IpAddress[], port: number, shared: Shared): void {
    const ofPort = this.#boards.get(port);
    if (ofPort?.get(members) !== shared) return;
    ofPort.delete(members);
    if (ofPort.size === 0) this.#boards.delete(port);
    for (const watch of shared.watches.values()) watch.stop();
  }
}
