import type { RowId } from './rows/row.ts';

/** Runs of the kit over one provider: the cases as they are, with faults, with a crash at every boundary, random stories. */
export const passNames = ['cases', 'faults', 'crash', 'fuzz'] as const;
export type PassName = (typeof passNames)[number];

/** `refused-visibly`: the provider declares that it cannot, and says so on the Service, with nothing half made. */
export type Outcome = 'passed' | 'failed' | 'refused-visibly' | 'not-applicable';

/** One case's word on one row. */
export interface CheckResult {
  readonly caseId: string;
  readonly row: RowId;
  readonly outcome: Outcome;
  /** What was seen instead, or why the check does not apply. */
  readonly reason?: string;
}

export interface CaseFailure {
  /** Index of the step in the case, from 0. */
  readonly step: number;
  /** What was expected and what was seen. */
  readonly text: string;
  /** What happened before, oldest first. */
  readonly trace: readonly string[];
}

export interface CaseResult {
  readonly id: string;
  readonly area: string;
  readonly title: string;
  readonly checks: readonly CheckResult[];
  readonly failure?: CaseFailure;
  /** Calls of the provider, by verb. */
  readonly cloudCalls: Readonly<Record<string, number>>;
}

export interface Violation {
  /** Scenario and boundary, or seed and edit, that brings it about. */
  readonly where: string;
  readonly text: string;
}

export interface PassResult {
  readonly pass: PassName;
  /** Figures of the pass: boundaries recorded and hit, edits; no times. */
  readonly lines: readonly string[];
  readonly violations: readonly Violation[];
  readonly runs: number;
  /** Runs there should have been; fewer is a failure of the kit itself. */
  readonly expectedRuns?: number;
}

/** Everything that one run of the kit found out; what the reporters print. */
export interface SuiteResult {
  readonly provider: string;
  /** Version of the kit. */
  readonly kit: string;
  readonly seed: number;
  readonly cases: readonly CaseResult[];
  readonly passes: readonly PassResult[];
}
