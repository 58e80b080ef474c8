/** Deletion protection on its way on and off: a mark says for how long it is ours to switch off. */
import type { Step } from '../../../src/model/plan.ts';
import type { Attributes } from '../api/elb.ts';
import { givesProtectionUp, protectedMark, protectionKey, protectionTags } from '../desired/protection.ts';
import type { HaveLoadBalancer } from '../observe/have.ts';
import type { Operation } from '../operation.ts';
import type { Settings } from '../settings/settings.ts';
import { carries, step } from './step.ts';

/** Before a deletion that its owner wants without protection; none where that is off, or is to stay. */
export function unprotect(have: HaveLoadBalancer, settings: Pick<Settings, 'attributes'> | undefined): readonly Step<Operation>[] {
  const { arn, name, tags, attributes } = have;
  if (attributes === 'unread' || attributes[protectionKey] !== 'true' || !givesProtectionUp(settings, tags)) return [];
  const off = step({
    id: `load-balancer/${name}/unprotect`,
    verb: 'update',
    summary: `switch deletion protection of ${name} off`,
    proof: carries(tags, arn),
    on: arn,
    op: { do: 'set-load-balancer-attributes', on: arn, attributes: { [protectionKey]: 'false' } },
  });
  return [off];
}

/** Whatever breaks off in between, protection that we switched on is never without the mark. */
export function marked(
  setting: readonly Step<Operation>[],
  asked: Attributes,
  { arn, name, tags, attributes }: HaveLoadBalancer,
): readonly Step<Operation>[] {
  const wanted = protectionTags(asked);
  const isAsked = protectedMark in wanted;
  if (attributes === 'unread' || isAsked === protectedMark in tags) return setting;
  const parts = { verb: 'update', proof: carries(tags, arn), on: arn } as const;
  if (!isAsked) {
    const unmark = step({
      ...parts,
      id: `load-balancer/${name}/unmark-protected`,
      summary: `forget that ${name} was asked to be protected`,
      after: setting.map(({ id }) => id),
      op: { do: 'remove-tags', on: [arn], keys: [protectedMark] },
    });
    return [...setting, unmark];
  }
  const mark = step({
    ...parts,
    id: `load-balancer/${name}/mark-protected`,
    summary: `remember that ${name} is asked to be protected`,
    op: { do: 'add-tags', on: [arn], tags: wanted },
  });
  return [mark, ...setting.map((each) => ({ ...each, after: [...each.after, mark.id] }))];
}
