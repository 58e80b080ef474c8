import type { LoadBalancerKey } from '../../../src/model/ids.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { keyMark } from '../../../src/model/owner.ts';
import type { Ec2Instance } from '../api/ec2.ts';
import type { Arn } from '../api/elb.ts';
import type { AmazonState } from './amazon-state.ts';
import { setLoadBalancerAttributes } from './load-balancers.ts';
import { addTags } from './tag-store.ts';
import { instanceAt } from './three-zones.ts';

export type Happenings = Readonly<Record<string, (given: JsonObject, key: LoadBalancerKey) => void>>;

/** What happens at Amazon and nowhere else, as cases name it. */
export function happenings(state: AmazonState): Happenings {
  const loadBalancersOf = (key: LoadBalancerKey): readonly Arn[] =>
    [...state.loadBalancers.keys()].filter((arn) => state.tags.get(arn)?.[keyMark] === key);
  return {
    /** The machine behind the node of this index stops, or runs again. */
    'instance-state': ({ index, is }) => state.setInstanceState(instanceAt(Number(index)).id, is as Ec2Instance['state']), // as the case names it
    /** The machine behind the node of this index turns out to be of a family that Amazon does not take, or of one that it takes. */
    'instance-family': ({ index, is }) => {
      const { id } = instanceAt(Number(index));
      if (is === 'unfit') state.unfit.add(id);
      else state.unfit.delete(id);
    },
    /** Somebody sets attributes by hand. */
    'attributes-set': ({ attributes }, key) => {
      for (const arn of loadBalancersOf(key)) setLoadBalancerAttributes(state, arn, attributes as Readonly<Record<string, string>>); // as the case names them
    },
    /** Somebody adds tags by hand. */
    'tags-added': ({ tags }, key) => {
      const missing = (id: string): Error => new Error(`the case knows no ${id}`);
      addTags(state, loadBalancersOf(key), tags as Readonly<Record<string, string>>, 'elb', missing); // as the case names them
    },
    /** Amazon gives up making it. */
    'provisioning-failed': (_given, key) => {
      for (const arn of loadBalancersOf(key)) state.failLoadBalancer(arn);
    },
    /** The account may have no more than this. */
    quota: ({ loadBalancers }) => void Object.assign(state.quotas, { loadBalancers }),
  };
}
