import { frequentBreakRows } from './frequent-breaks.ts';
import { kubeScenarioRows } from './kube-scenarios.ts';
import { machineryRows } from './machinery.ts';
import { otherTitles } from './other-titles.ts';
import type { ContractRow, RowId } from './row.ts';
import { serviceLifeRows } from './service-life.ts';
import { whatIsServedRows } from './what-is-served.ts';

/** Every row that every report lists, in the order of the contract. */
export const contractRows: readonly ContractRow[] = [
  ...serviceLifeRows,
  ...whatIsServedRows,
  ...machineryRows,
  ...kubeScenarioRows,
  ...frequentBreakRows,
];

/** What the sections are about. */
export const sectionTitles: Readonly<Record<string, string>> = {
  '1A': 'Ownership and triggers',
  '1B': 'Ensure',
  '1C': 'Delete and cleanup',
  '1D': 'Type changes',
  '1E': 'Finalizer and patches',
  '1F': 'Status',
  '1G': 'Class',
  '1H': 'Address, ranges, affinity, node ports',
  '1I': 'Traffic policy and health checks',
  '1J': 'Families and protocols',
  '1K': 'Nodes',
  '1L': 'Queue, retry, restart',
  '1M': 'Process, flags, rights',
  '2': "Scenarios of Kubernetes' own tests",
  '4': 'What controllers commonly break',
};

const contractTitles: ReadonlyMap<RowId, string> = new Map(contractRows.map(({ id, title }) => [id, title]));

/** What a row says; undefined where there is no such row, which is a mistake in a case. */
export const titleOf = (id: RowId): string | undefined => contractTitles.get(id) ?? otherTitles[id];
