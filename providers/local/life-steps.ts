/** The steps that begin, end or replace a load balancer. */
import { fieldPath, stepId, type StepId } from '../../src/model/ids.ts';
import { marksOf } from '../../src/model/owner.ts';
import type { Claim, Step } from '../../src/model/plan.ts';
import type { LoadBalancerSpec } from '../../src/model/spec.ts';
import type { IpAddress } from '../../src/net/ip.ts';
import { lossOf } from './address-steps.ts';
import { choose, isPublished, ofFamily } from './choose.ts';
import { recordedListener, recordedMembers } from './edit-steps.ts';
import type { Operation } from './operation.ts';
import { recordedSettings, type Settings } from './settings.ts';
import type { LoadBalancerRecord } from './state.ts';

/** One step makes all of it: a record is written at once, so there is no half-made load balancer. */
export function creation(want: LoadBalancerSpec<Settings>, choices: readonly (readonly IpAddress[])[]): Step<Operation> {
  const { owner, scheme, listeners, sourceRanges, affinity, settings } = want;
  const first = choices.map(([address = '']) => address);
  const more = choices.some((list) => list.length > 1) ? ' or the next free address' : '';
  const marks = marksOf(owner);
  return {
    id: stepId('load-balancer/create'),
    after: [],
    verb: 'create',
    resource: { kind: 'load-balancer', name: first.join(',') },
    summary: `create a load balancer with ${listeners.map(({ id }) => id).join(', ')} on ${first.join(' and ')}${more}`,
    proof: { willMark: marks },
    repeat: 'safe',
    disruption: 'none',
    op: {
      do: 'create',
      marks,
      scheme,
      choices,
      listeners: listeners.map(recordedListener),
      members: recordedMembers(want),
      sourceRanges,
      affinity,
      settings: recordedSettings(settings),
    },
  };
}

/** The Service is gone, or is no load balancer any more. */
export function deletion(record: LoadBalancerRecord): Step<Operation> {
  return {
    ...ending(record, []),
    summary: `delete the load balancer on ${record.addresses.join(', ')}`,
    disruption: 'destroys',
    claim: { loses: lost(record), because: [] },
  };
}

/** Takes our marks off: it is served on, keeps its address, and nobody owns it. */
export function release(record: LoadBalancerRecord): Step<Operation> {
  return {
    id: stepId(`${record.id}/release`),
    after: [],
    verb: 'update',
    resource: { kind: 'load-balancer', name: record.addresses.join(','), id: record.id },
    summary: `release the load balancer on ${record.addresses.join(', ')}: it is served on and is nobody's`,
    proof: { marks: record.marks, on: record.id },
    repeat: 'safe',
    disruption: 'none',
    op: { do: 'release', on: record.id },
  };
}

/**
 * Gives up a load balancer that has a successor. The claim speaks of the old one and of what was edited only, so that it
 * is the same before the successor is made and after, and an approval holds for both steps.
 */
export function replacement(
  want: LoadBalancerSpec<Settings>,
  own: readonly LoadBalancerRecord[],
  old: LoadBalancerRecord,
  before: readonly Step<Operation>[],
): Step<Operation> {
  const step = {
    ...ending(
      old,
      before.map(({ id }) => id),
    ),
    releases: old.addresses,
  };
  const on = old.addresses.join(', ');
  const { kept } = choose(want, own);
  // A successor that was begun and is not wanted any more, before anybody was told of it: no client can miss it.
  const unseen = kept !== undefined && own.indexOf(kept) < own.indexOf(old) && !isPublished(want, old);
  if (unseen) return { ...step, summary: `delete the load balancer on ${on}, which was never published`, disruption: 'none' };
  return {
    ...step,
    summary: `delete the load balancer on ${on}, which has a successor`,
    disruption: 'changes-address',
    claim: { loses: lost(old), because: causes(want, old, kept) },
  };
}

function causes(want: LoadBalancerSpec<Settings>, old: LoadBalancerRecord, kept: LoadBalancerRecord | undefined): Claim['because'] {
  const from = old.addresses.join(',');
  const because: Claim['because'][number][] = [];
  const { scheme } = want.origin;
  if (scheme !== undefined && old.scheme !== want.scheme) because.push({ field: scheme, from: old.scheme, to: want.scheme });
  for (const { family, requested } of want.addresses) {
    if (requested === undefined || old.addresses.includes(requested.address)) continue;
    because.push({ field: requested.from, from: ofFamily(old, family).join(','), to: requested.address });
  }
  if (because.length > 0) return because;
  return [{ field: fieldPath('status.loadBalancer.ingress'), from, to: kept?.addresses.join(',') ?? '' }];
}

function ending(record: LoadBalancerRecord, after: readonly StepId[]) {
  return {
    id: stepId(`${record.id}/delete`),
    after,
    verb: 'delete',
    resource: { kind: 'load-balancer', name: record.addresses.join(','), id: record.id },
    proof: { marks: record.marks, on: record.id },
    repeat: 'safe',
    op: { do: 'delete', on: record.id },
  } as const;
}

const lost = (record: LoadBalancerRecord): readonly string[] => record.addresses.map((address) => lossOf(record, address));
