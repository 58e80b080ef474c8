import type { Protocol } from '../../../src/model/ids.ts';
import type { HealthQuestion } from '../../../src/model/spec.ts';
import type { IpAddress } from '../../../src/net/ip.ts';
import type { HealthChecker, Probe, Verdict, Watch } from './health-checker.ts';

/** Where kube-proxy says whether its node forwards at all (contract I5). */
const kubeProxyPort = 10256;

/** What a listener wants to know of each member. */
export interface HealthTarget {
  readonly protocol: Protocol;
  readonly nodePort: number;
  readonly healthCheck: HealthQuestion;
}

/**
 * Whether one member is healthy for one listener.
 *
 * `local`: it says itself whether it has an endpoint (contract I1, I3). `cluster`: its kube-proxy says whether it
 * forwards; where nobody listens on kube-proxy's port, a TCP node port that takes connections will do, and for UDP that
 * the host refused at all: it is up, and there is nothing else to ask.
 */
export class MemberHealth {
  readonly #checker: HealthChecker;
  readonly #target: HealthTarget;
  readonly #substitute: Probe;
  readonly #onChange: () => void;
  readonly #asked: Watch;
  /** There only while kube-proxy's port refuses. */
  #askedInstead: Watch | undefined;

  constructor(address: IpAddress, target: HealthTarget, checker: HealthChecker, onChange: () => void) {
    const { healthCheck } = target;
    this.#checker = checker;
    this.#target = target;
    this.#onChange = onChange;
    this.#substitute = { kind: 'connect', address, port: target.nodePort };
    const port = healthCheck.kind === 'local' ? healthCheck.port : kubeProxyPort;
    this.#asked = checker.watch({ kind: 'healthz', address, port }, () => {
      this.#chooseProbes();
      onChange();
    });
    this.#chooseProbes();
  }

  get verdict(): Exclude<Verdict, 'refused'> {
    if (this.#asked.verdict !== 'refused') return this.#asked.verdict;
    if (this.#target.healthCheck.kind === 'local') return 'unhealthy';
    if (this.#askedInstead === undefined) return 'healthy';
    return this.#askedInstead.verdict === 'refused' ? 'unhealthy' : this.#askedInstead.verdict;
  }

  /** It failed to answer traffic: asked now, not at the next round. */
  hurry(): void {
    this.#asked.hurry();
    this.#askedInstead?.hurry();
  }

  close(): void {
    this.#asked.stop();
    this.#askedInstead?.stop();
  }

  #chooseProbes(): void {
    const { healthCheck, protocol } = this.#target;
    const needed = healthCheck.kind === 'cluster' && protocol === 'TCP' && this.#asked.verdict === 'refused';
    if (needed) {
      this.#askedInstead ??= this.#checker.watch(this.#substitute, this.#onChange);
      return;
    }
    this.#askedInstead?.stop();
    this.#askedInstead = undefined;
  }
}
