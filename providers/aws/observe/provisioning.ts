import type { Clock } from '../../../src/clock.ts';
import { asLbError } from '../../../src/errors.ts';
import type { Log } from '../../../src/log.ts';
import type { ClusterId, LoadBalancerKey } from '../../../src/model/ids.ts';
import { ownerOfMarks } from '../../../src/model/owner.ts';
import type { ElbReads } from '../api/elb.ts';
import type { Inventory } from './inventory.ts';

/** Amazon takes minutes to make a load balancer. */
const askEveryMs = 15_000;
/** DescribeLoadBalancers takes so many ARNs. */
const askedAtOnce = 20;

export interface ProvisioningParts {
  readonly elb: Pick<ElbReads, 'loadBalancersByArn'>;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Log;
  readonly clusterId: ClusterId;
  readonly signal: AbortSignal;
  /** It is ready, or has failed. */
  readonly changed: (key: LoadBalancerKey) => void;
}

/** Asks for all load balancers that are being made together, for as long as there are any. */
export class Provisioning {
  readonly #parts: ProvisioningParts;
  #cancel: (() => void) | undefined;
  /** Those that were under way when it was last looked, by ARN. */
  #watched: ReadonlyMap<string, LoadBalancerKey> = new Map();

  constructor(parts: ProvisioningParts) {
    this.#parts = parts;
  }

  /** There may be one; or a list that was read for somebody else may have shown that one is ready. */
  watch(): void {
    const { clock, signal, changed } = this.#parts;
    const underWay = new Map(this.#underWay().map(({ arn, key }) => [arn, key]));
    const over = [...this.#watched].filter(([arn]) => !underWay.has(arn));
    this.#watched = underWay;
    for (const [, key] of over) changed(key);
    if (this.#cancel !== undefined || signal.aborted || underWay.size === 0) return;
    this.#cancel = clock.after(askEveryMs, () => void this.#ask());
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** The cluster's, with their keys. */
  #underWay(): readonly { readonly arn: string; readonly key: LoadBalancerKey }[] {
    const { inventory, clusterId } = this.#parts;
    return inventory.loadBalancers.values().flatMap(({ arn, state }) => {
      const owner = state === 'provisioning' ? ownerOfMarks(inventory.tagsOf(arn)) : undefined;
      return owner?.clusterId === clusterId ? [{ arn, key: owner.key }] : [];
    });
  }

  /** Never rejects: what could not be asked is asked again. */
  async #ask(): Promise<void> {
    const { elb, inventory, log, signal, changed } = this.#parts;
    const asked = this.#underWay();
    try {
      for (let first = 0; first < asked.length; first += askedAtOnce) {
        const some = asked.slice(first, first + askedAtOnce);
        const answer = await elb.loadBalancersByArn(
          some.map(({ arn }) => arn),
          { signal },
        );
        for (const { arn, key } of some) {
          const found = answer.find((one) => one.arn === arn);
          if (found?.state === 'provisioning') continue;
          // What is not there may be removed, or not there yet where the answer comes from: a pass looks.
          if (found !== undefined) {
            inventory.loadBalancers.seen(arn, found);
            continue;
          }
          inventory.forget();
          changed(key);
        }
      }
    } catch (thrown) {
      if (!signal.aborted) log.warn({ error: asLbError(thrown) }, 'load balancers that are being made could not be asked for');
    }
    this.#cancel = undefined;
    this.watch();
  }
}
