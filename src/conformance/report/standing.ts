import type { Outcome, SuiteResult } from '../result.ts';
import type { ContractRow, RowId } from '../rows/row.ts';

/** How a row of the contract stands after a run. */
export type RowStanding =
  | { readonly state: 'proved'; readonly cases: readonly string[] }
  | { readonly state: 'failed'; readonly cases: readonly string[] }
  /** Its cases became their opposite: the provider lacks what they need and refuses it where the user sees it. */
  | { readonly state: 'refused'; readonly cases: readonly string[]; readonly reasons: readonly string[] }
  | { readonly state: 'not-applicable'; readonly reasons: readonly string[] }
  | { readonly state: 'not-covered'; readonly reason: string };

export interface StandingRow {
  readonly row: ContractRow;
  readonly standing: RowStanding;
}

export const standingStates = ['proved', 'failed', 'refused', 'not-applicable', 'not-covered'] as const;

export const standingWords: Readonly<Record<RowStanding['state'], string>> = {
  proved: 'proved',
  failed: 'failed',
  refused: 'refused visibly',
  'not-applicable': 'not applicable',
  'not-covered': 'not covered',
};

/** What checks said of one row. */
interface Said {
  readonly caseId: string;
  readonly outcome: Outcome;
  readonly reason: string | undefined;
}

/**
 * How each row stands: what ran decides, and only where nothing ran what was declared. A declaration never makes a row
 * proved.
 */
export function standingsOf(result: SuiteResult, rows: readonly ContractRow[]): readonly StandingRow[] {
  const said = new Map<RowId, Said[]>();
  for (const { id, checks } of result.cases) {
    for (const { row, outcome, reason } of checks) {
      const list = said.get(row) ?? [];
      list.push({ caseId: id, outcome, reason });
      said.set(row, list);
    }
  }
  return rows.map((row) => ({ row, standing: standingOf(row, said.get(row.id) ?? []) }));
}

function standingOf(row: ContractRow, said: readonly Said[]): RowStanding {
  const casesWith = (outcome: Outcome): readonly string[] => [
    ...new Set(said.filter((check) => check.outcome === outcome).map(({ caseId }) => caseId)),
  ];
  const reasonsOf = (outcome: Outcome): readonly string[] => [
    ...new Set(said.filter((check) => check.outcome === outcome).flatMap(({ reason }) => reason ?? [])),
  ];
  const [failed, passed, refused] = [casesWith('failed'), casesWith('passed'), casesWith('refused-visibly')];
  if (failed.length > 0) return { state: 'failed', cases: failed };
  if (passed.length > 0) return { state: 'proved', cases: passed };
  if (refused.length > 0) return { state: 'refused', cases: refused, reasons: reasonsOf('refused-visibly') };
  if (said.length > 0) return { state: 'not-applicable', reasons: reasonsOf('not-applicable') };
  return declared(row);
}

function declared({ standing }: ContractRow): RowStanding {
  if ('notApplicable' in standing) return { state: 'not-applicable', reasons: [standing.notApplicable] };
  if ('notCovered' in standing) return { state: 'not-covered', reason: standing.notCovered };
  const note = standing.note === undefined ? '' : `; ${standing.note}`;
  return { state: 'not-covered', reason: `no case of this run asks for it${note}` };
}

/** Why a row stands as it does, for people: reasons, and what the row's own note adds. */
export function whyOf({ row, standing }: StandingRow): string {
  const note = 'proves' in row.standing ? row.standing.note : undefined;
  switch (standing.state) {
    case 'proved':
    case 'failed':
      return note ?? '';
    case 'refused':
    case 'not-applicable':
      return [...standing.reasons, ...(note === undefined ? [] : [note])].join('; ');
    case 'not-covered':
      return standing.reason;
  }
}
