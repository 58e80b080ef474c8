import { cloudId, stepId, type StepId } from '../../../src/model/ids.ts';
import type { Marks } from '../../../src/model/owner.ts';
import type { Claim, Disruption, Proof, Step } from '../../../src/model/plan.ts';
import type { Operation } from '../operation.ts';

/** What a step is made of beside what follows from it. */
export interface StepParts {
  /** `target-group/p-x/register/1`: kind, name, what. */
  readonly id: string;
  readonly verb: Step<Operation>['verb'];
  readonly summary: string;
  readonly proof: Proof;
  /** Amazon's id of what is touched; absent where it is made. */
  readonly on?: string;
  readonly after?: readonly StepId[];
  readonly repeat?: Step<Operation>['repeat'];
  readonly disruption?: Disruption;
  readonly claim?: Claim;
  readonly membersOnly?: true;
  readonly releases?: readonly string[];
  readonly op: Operation;
}

export function step({
  id,
  verb,
  summary,
  proof,
  on,
  after = [],
  repeat = 'safe',
  disruption = 'none',
  op,
  ...rest
}: StepParts): Step<Operation> {
  const [kind = '', name = ''] = id.split('/');
  const resource = { kind, name, ...(on === undefined ? {} : { id: on }) };
  return { id: stepId(id), after, verb, resource, summary, proof, repeat, disruption, ...rest, op };
}

/** It carries these tags, so it is ours to change. */
export const carries = (marks: Marks, on: string): Proof => ({ marks, on: cloudId(on) });
