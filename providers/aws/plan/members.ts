import type { Marks } from '../../../src/model/owner.ts';
import type { Proof, Step } from '../../../src/model/plan.ts';
import type { Arn, ElbTarget, ElbTargetHealth } from '../api/elb.ts';
import type { Refused } from '../observe/refused-targets.ts';
import type { Operation } from '../operation.ts';
import { sources, type Ref } from './made.ts';
import { carries, step } from './step.ts';

/** Amazon takes so many in one request without trouble; a peer does as many (facts §3B). */
const atOnce = 200;
/** Amazon's limit for one target group. */
const mostTargets = 1_000;

/** A target group as far as its members are concerned. */
export interface Group {
  readonly arn: Arn;
  readonly name: string;
  readonly tags: Marks;
  readonly targets: readonly ElbTargetHealth[];
  readonly refused: Refused;
}

/**
 * Registers what is missing, then takes off what is too much: a node port that changes leaves no gap. Where both together
 * would be more than a target group holds, batch by batch in turn, beginning with one that makes room. What drains is as
 * good as taken off, for either. What Amazon does not take is left out of what is registered, and never taken off for it.
 */
export function memberSteps(group: Group, wanted: readonly ElbTarget[]): readonly Step<Operation>[] {
  const has = group.targets.filter(({ state }) => state !== 'draining');
  const [present, asked] = [new Set(has.map(keyOf)), new Set(wanted.map(keyOf))];
  const { leftOut, apart } = group.refused;
  const missing = wanted.filter((target) => !present.has(keyOf(target)) && !leftOut.includes(target.instanceId));
  const extra = has.filter((target) => !asked.has(keyOf(target))).map(({ instanceId, port }) => ({ instanceId, port }));
  const [registers, deregisters] = [registerSteps(group, missing, apart), deregisterSteps(group, extra)];
  if (has.length + missing.length > mostTargets) return inTurn(deregisters, registers);
  return [...registers, ...deregisters.map((each) => ({ ...each, after: registers.map(({ id }) => id) }))];
}

/** The first members of a target group that the plan makes; odd ones apart. */
export const registerNew = (
  { name, targets }: { readonly name: string; readonly targets: readonly ElbTarget[] },
  on: Ref,
  odd: readonly string[],
  proof: Proof,
): readonly Step<Operation>[] =>
  batches(targets, [odd]).map((batch, index) =>
    step({
      id: `target-group/${name}/register/${index + 1}`,
      verb: 'create',
      summary: `forward to ${counted(batch.length)} (${name})`,
      proof,
      after: sources(on),
      op: { do: 'register', on, targets: batch },
    }),
  );

const registerSteps = (group: Group, targets: readonly ElbTarget[], apart: Refused['apart']): readonly Step<Operation>[] =>
  batches(targets, apart).map((batch, index) =>
    step({
      id: `target-group/${group.name}/register/${index + 1}`,
      verb: 'update',
      summary: `forward to ${counted(batch.length)} more (${group.name})`,
      proof: carries(group.tags, group.arn),
      on: group.arn,
      membersOnly: true,
      op: { do: 'register', on: group.arn, targets: batch },
    }),
  );

const deregisterSteps = (group: Group, targets: readonly ElbTarget[]): readonly Step<Operation>[] =>
  batches(targets).map((batch, index) =>
    step({
      id: `target-group/${group.name}/deregister/${index + 1}`,
      verb: 'update',
      summary: `forward no longer to ${counted(batch.length)} (${group.name})`,
      proof: carries(group.tags, group.arn),
      on: group.arn,
      disruption: 'drains',
      membersOnly: true,
      op: { do: 'deregister', on: group.arn, targets: batch },
    }),
  );

/** One of each in turn, each after the one before it. */
function inTurn(first: readonly Step<Operation>[], second: readonly Step<Operation>[]): readonly Step<Operation>[] {
  const longest = Math.max(first.length, second.length);
  const all = Array.from({ length: longest }, (_, index) => [first[index], second[index]])
    .flat()
    .filter((each) => each !== undefined);
  return all.map((each, index) => ({ ...each, after: all.slice(Math.max(index - 1, 0), index).map(({ id }) => id) }));
}

/** Those that are asked for apart come last, list by list. */
function batches(targets: readonly ElbTarget[], apart: Refused['apart'] = []): readonly (readonly ElbTarget[])[] {
  const sorted = [...targets].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const byList = Map.groupBy(sorted, ({ instanceId }) => apart.findIndex((ids) => ids.includes(instanceId)));
  return [-1, ...apart.keys()].flatMap((list) => inBatches(byList.get(list) ?? []));
}

function inBatches(sorted: readonly ElbTarget[]): readonly (readonly ElbTarget[])[] {
  return Array.from({ length: Math.ceil(sorted.length / atOnce) }, (_, index) => sorted.slice(index * atOnce, (index + 1) * atOnce));
}

const keyOf = ({ instanceId, port }: ElbTarget): string => `${instanceId}:${port}`;
const counted = (count: number): string => (count === 1 ? '1 node' : `${count} nodes`);
