import { clusterId, stepId } from '../model/ids.ts';
import type { JsonObject } from '../model/json.ts';
import { marksOf, type Owner } from '../model/owner.ts';

/**
 * What a provider may answer that its contract does not allow. Any verb: `null`, `nothing` (an object without a field).
 * `plan`: `another-owner` and `no-proof` (why it may touch what it touches), `no-disruption`, `strange-disruption` and
 * `no-claim` (what it costs), `circle`, `unknown-step` and `twice` (order), `no-operation`, `refuses-and-acts`,
 * `more-than-members` (for a frozen load balancer), `creates` (for one that is to go). `report`: `other-listeners`,
 * `no-listeners`, `strange-state`, `no-address`, and, both allowed, `unknown-address` and `no-mode`. `inventory`: `empty`.
 */
export const wrongAnswers = [
  'null',
  'nothing',
  'another-owner',
  'no-proof',
  'no-disruption',
  'strange-disruption',
  'no-claim',
  'circle',
  'unknown-step',
  'twice',
  'no-operation',
  'refuses-and-acts',
  'more-than-members',
  'creates',
  'other-listeners',
  'no-listeners',
  'strange-state',
  'no-address',
  'unknown-address',
  'no-mode',
  'empty',
] as const;
export type WrongAnswer = (typeof wrongAnswers)[number];

/** A right answer made wrong; of its type by assertion only, which is the point of it. */
export function spoiled<T>(right: T, how: WrongAnswer, owner?: Owner): T {
  return wrong(right, how, owner) as T; // see above
}

function wrong(right: unknown, how: WrongAnswer, owner: Owner | undefined): unknown {
  if (how === 'null') return null;
  if (how === 'nothing') return {};
  const answer = right as JsonObject; // answers are JSON objects
  const steps = (answer['steps'] ?? []) as readonly JsonObject[]; // of a plan
  const listeners = (answer['listeners'] ?? []) as readonly JsonObject[]; // of a report
  const everyStep = (change: (step: JsonObject) => JsonObject): JsonObject => ({ ...answer, steps: steps.map(change) });
  switch (how) {
    case 'another-owner':
      return everyStep((step) => ({ ...step, proof: { ...foreignProof(step, owner) } }));
    case 'no-proof':
      return everyStep((step) => without(step, 'proof'));
    case 'no-disruption':
      return everyStep((step) => without(step, 'disruption'));
    case 'strange-disruption':
      return everyStep((step) => ({ ...without(step, 'claim'), disruption: 'hardly-any' }));
    case 'no-claim':
      return everyStep((step) => ({ ...without(step, 'claim'), disruption: 'destroys' }));
    case 'circle':
      return everyStep((step) => ({ ...step, after: [step['id'] ?? ''] }));
    case 'unknown-step':
      return everyStep((step) => ({ ...step, after: ['nowhere/to/be/found'] }));
    case 'twice':
      return { ...answer, steps: [...steps, ...steps] };
    case 'no-operation':
      return everyStep((step) => without(step, 'op'));
    case 'refuses-and-acts':
      return { ...answer, refusals: [{ reason: 'UnsupportedFeature', text: 'a refusal beside steps' }] };
    case 'more-than-members':
      return everyStep((step) => without(step, 'membersOnly'));
    case 'creates':
      return { ...answer, steps: [...steps, ...(owner === undefined ? [] : [creationFor(owner)])] };
    case 'other-listeners':
      return { ...answer, listeners: listeners.map((listener) => ({ ...listener, id: 'TCP/9', state: 'serving' })) };
    case 'no-listeners':
      return { ...answer, listeners: [] };
    case 'strange-state':
      return { ...answer, listeners: listeners.map((listener) => ({ ...listener, state: 'fine' })) };
    case 'no-address':
      return { ...answer, ingress: [{}] };
    case 'unknown-address':
      return { ...answer, ingress: 'unknown' };
    case 'no-mode': {
      const entries = Array.isArray(answer['ingress']) ? (answer['ingress'] as readonly JsonObject[]) : []; // of a report
      return { ...answer, ingress: entries.map((entry) => without(entry, 'ipMode')) };
    }
    case 'empty':
      throw new Error('only an inventory is empty');
  }
}

function without(object: JsonObject, name: string): JsonObject {
  const { [name]: _, ...rest } = object;
  return rest;
}

/** The proof of a step as it would be for the very same load balancer of another cluster. */
function foreignProof(step: JsonObject, owner: Owner | undefined): JsonObject {
  const marks = owner === undefined ? {} : marksOf({ ...owner, clusterId: clusterId('somebody-elses-cluster') });
  const proof = (step['proof'] ?? {}) as JsonObject; // of a step
  return 'willMark' in proof ? { willMark: marks } : { marks, on: proof['on'] ?? '' };
}

const creationFor = (owner: Owner): JsonObject => ({
  id: stepId('one/too/many'),
  after: [],
  verb: 'create',
  resource: { kind: 'thing', name: 'thing' },
  summary: 'make something for what is to go',
  proof: { willMark: marksOf(owner) },
  repeat: 'safe',
  disruption: 'none',
  op: {},
});
