/** The tags that a Service asks for: written with what is made, and here where they change. */
import type { Marks } from '../../../src/model/owner.ts';
import type { Step } from '../../../src/model/plan.ts';
import type { Desired } from '../desired/desired.ts';
import { askedMark, askedTags } from '../desired/tags.ts';
import type { Have, HaveLoadBalancer } from '../observe/have.ts';
import type { Operation } from '../operation.ts';
import { carries, step } from './step.ts';

interface Tagged {
  readonly ids: readonly string[];
  readonly name: string;
  readonly tags: Marks;
  readonly wanted: Marks;
}

/** AddTags takes so many things at once. */
const thingsAtOnce = 20;

export function tagSteps(
  desired: Desired,
  { targetGroups, securityGroups }: Have,
  kept: HaveLoadBalancer | undefined,
  others: readonly Step<Operation>[],
): readonly Step<Operation>[] {
  const wanted = desired.loadBalancer.tags;
  const isGoing = (id: string): boolean => others.some(({ verb, resource }) => verb === 'delete' && resource.id === id);
  const listeners = kept === undefined || kept.listeners === 'unread' ? [] : kept.listeners.map(({ arn }) => arn);
  const things: Tagged[] = [
    // Listeners have the tags of their load balancer, and nobody reads them.
    ...(kept === undefined
      ? []
      : [{ ids: [kept.arn, ...listeners.filter((arn) => !isGoing(arn))], name: `load-balancer/${kept.name}`, tags: kept.tags, wanted }]),
    ...desired.listeners.flatMap(({ targetGroup }): readonly Tagged[] => {
      const have = targetGroups.find(({ name }) => name === targetGroup.name);
      return have === undefined ? [] : [{ ids: [have.arn], name: `target-group/${have.name}`, tags: have.tags, wanted: targetGroup.tags }];
    }),
    ...securityGroups
      .filter(({ id }) => !isGoing(id))
      .map(({ id, name, tags }) => ({ ids: [id], name: `security-group/${name}`, tags, wanted })),
  ];
  return things.flatMap((thing) => [...setSteps(thing), ...removeSteps(thing)]);
}

function setSteps({ ids, name, tags, wanted }: Tagged): readonly Step<Operation>[] {
  const set = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => tags[key] !== value));
  const keys = Object.keys(set).sort();
  if (keys.length === 0) return [];
  return batches(ids).map((on, index) =>
    step({
      id: `${name}/tags/${index + 1}`,
      verb: 'update',
      summary: `set the tags ${keys.join(', ')} of ${name}`,
      proof: carries(tags, ids[0] ?? ''),
      ...(ids[0] === undefined ? {} : { on: ids[0] }),
      op: { do: 'add-tags', on, tags: set },
    }),
  );
}

/** Only what the Service asked for once: the tags of others stay. */
function removeSteps({ ids, name, tags, wanted }: Tagged): readonly Step<Operation>[] {
  const keys = [...askedTags(tags), askedMark].filter((key) => key in tags && !(key in wanted)).sort();
  if (keys.length === 0) return [];
  return batches(ids).map((on, index) =>
    step({
      id: `${name}/untag/${index + 1}`,
      verb: 'update',
      summary: `take the tags ${keys.join(', ')} off ${name}`,
      proof: carries(tags, ids[0] ?? ''),
      ...(ids[0] === undefined ? {} : { on: ids[0] }),
      op: { do: 'remove-tags', on, keys },
    }),
  );
}

const batches = (ids: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(ids.length / thingsAtOnce) }, (_, index) => ids.slice(index * thingsAtOnce, (index + 1) * thingsAtOnce));
