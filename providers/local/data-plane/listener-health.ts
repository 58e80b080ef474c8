import type { Protocol } from '../../../src/model/ids.ts';
import type { HealthQuestion } from '../../../src/model/spec.ts';
import type { IpAddress } from '../../../src/net/ip.ts';
import type { ProxyVersion } from '../settings.ts';
import type { HealthBoard, HealthBoards } from './health-board.ts';
import type { HealthChecker, Verdict, Watch } from './health-checker.ts';

/** Where kube-proxy says whether its node forwards at all (contract I5). */
const kubeProxyPort = 10_256;

/** What a listener wants to know of each member. */
export interface HealthTarget {
  readonly protocol: Protocol;
  readonly nodePort: number;
  readonly healthCheck: HealthQuestion;
  /** The node port expects this header. kube-proxy's own ports never do. */
  readonly proxyProtocol?: ProxyVersion;
}

/**
 * Which members are healthy for one listener.
 *
 * `local`: a member says itself whether it has an endpoint (contract I1, I3). `cluster`: its kube-proxy says whether it
 * forwards; where nobody listens on kube-proxy's port, a TCP node port that takes connections will do, and for UDP that
 * the host refused at all: it is up, and there is nothing else to ask.
 */
export class ListenerHealth {
  readonly #target: HealthTarget;
  readonly #checker: HealthChecker;
  readonly #onChange: (member: IpAddress) => void;
  readonly #board: HealthBoard;
  /** The node ports of members whose kube-proxy's port refuses. */
  readonly #nodePorts = new Map<IpAddress, Watch>();

  /** `onChange` is called with each member whose health may have changed, never before this returns. */
  constructor(
    members: readonly IpAddress[],
    target: HealthTarget,
    { boards, checker }: { readonly boards: HealthBoards; readonly checker: HealthChecker },
    onChange: (member: IpAddress) => void,
  ) {
    this.#target = target;
    this.#checker = checker;
    this.#onChange = onChange;
    const port = target.healthCheck.kind === 'local' ? target.healthCheck.port : kubeProxyPort;
    this.#board = boards.join(members, port, (member) => {
      this.#chooseProbe(member);
      onChange(member);
    });
    for (const member of members) this.#chooseProbe(member);
  }

  has(member: IpAddress): boolean {
    return this.#board.has(member);
  }

  verdict(member: IpAddress): Exclude<Verdict, 'refused'> {
    const verdict = this.#board.verdict(member);
    if (verdict !== 'refused') return verdict;
    if (this.#target.healthCheck.kind === 'local') return 'unhealthy';
    const nodePort = this.#nodePorts.get(member);
    if (nodePort === undefined) return 'healthy';
    return nodePort.verdict === 'refused' ? 'unhealthy' : nodePort.verdict;
  }

  /** It failed to answer traffic: asked now, not at the next round. */
  hurry(member: IpAddress): void {
    this.#board.hurry(member);
    this.#nodePorts.get(member)?.hurry();
  }

  close(): void {
    this.#board.leave();
    for (const watch of this.#nodePorts.values()) watch.stop();
    this.#nodePorts.clear();
  }

  #chooseProbe(address: IpAddress): void {
    const { healthCheck, protocol, nodePort, proxyProtocol } = this.#target;
    const needed = healthCheck.kind === 'cluster' && protocol === 'TCP' && this.#board.verdict(address) === 'refused';
    const watch = this.#nodePorts.get(address);
    if (needed === (watch !== undefined)) return;
    if (needed) {
      const probe = { kind: 'connect', address, port: nodePort, ...(proxyProtocol === undefined ? {} : { proxyProtocol }) } as const;
      this.#nodePorts.set(
        address,
        this.#checker.watch(probe, () => this.#onChange(address)),
      );
    } else {
      watch?.stop();
      this.#nodePorts.delete(address);
    }
  }
}
