import type { Clock } from '../../clock.ts';
import type { Config } from '../../config/config.ts';
import { LbError } from '../../errors.ts';
import type { KubeClient } from '../../kube/client.ts';
import { leaseObject } from '../../kube/lease-object.ts';
import { readLease } from '../../kube/lease-record.ts';

/** So long nobody may hold the Lease before it is taken for a fact: a controller that is rolled out is away for moments. */
const patienceMs = 5_000;
/** What a holder gives itself that says nothing of how long. */
const usualDurationMs = 15_000;

/**
 * Whether a controller leads, judged by its Lease, from one look to the next: `nobody` when it is missing, given back or has
 * shown no life for as long as it holds; `unknown` without leader election, or where the Lease may not be read.
 */
export class LeaseWatch {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #election: Config['leaderElection'];
  #life: string | undefined;
  #lifeAt = 0;
  #nobodySince: number | undefined;

  constructor(client: KubeClient, clock: Clock, election: Config['leaderElection']) {
    this.#client = client;
    this.#clock = clock;
    this.#election = election;
  }

  /** What people call it. */
  get name(): string {
    return `${this.#election.namespace}/${this.#election.name}`;
  }

  async look(signal: AbortSignal): Promise<'somebody' | 'nobody' | 'unknown'> {
    if (!this.#election.enabled) return 'unknown';
    const now = this.#clock.monotonic();
    try {
      if (await this.#isLed(signal, now)) {
        this.#nobodySince = undefined;
        return 'somebody';
      }
    } catch (thrown) {
      if (thrown instanceof LbError) return 'unknown';
      throw thrown;
    }
    this.#nobodySince ??= now;
    return now - this.#nobodySince >= patienceMs ? 'nobody' : 'somebody';
  }

  async #isLed(signal: AbortSignal, now: number): Promise<boolean> {
    const lease = await leaseObject(this.#client, this.#election.namespace, this.#election.name).read(signal);
    if (lease === undefined) return false;
    const { holder, life, durationMs } = readLease(lease, usualDurationMs);
    if (life !== this.#life) [this.#life, this.#lifeAt] = [life, now];
    return holder !== '' && now - this.#lifeAt <= durationMs;
  }
}
