/** Something that is there, by its id, or that an earlier step of the plan makes. */
import type { StepId } from '../../../src/model/ids.ts';
import type { FromStep, Step } from '../../../src/model/plan.ts';
import type { Operation } from '../operation.ts';

export type Ref = string | FromStep;

/** Steps, and what later ones refer to. */
export interface Planned {
  readonly steps: readonly Step<Operation>[];
  readonly ref: Ref;
}

export const outputOf = (step: Step<Operation>): FromStep => ({ from: step.id, output: 'id' });

/** The steps that make what these refer to. */
export const sources = (...refs: readonly Ref[]): readonly StepId[] => refs.flatMap((ref) => (typeof ref === 'string' ? [] : [ref.from]));

/** What is there, as far as it is known by its id. */
export const idOf = (ref: Ref): string | undefined => (typeof ref === 'string' ? ref : undefined);
