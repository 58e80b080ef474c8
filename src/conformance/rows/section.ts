import type { ContractRow, RowId, Standing } from './row.ts';

/** Id, title and, where something is to be said, the standing; `kit` where nothing is. */
export type RowWords = readonly [id: RowId, title: string, standing?: Standing];

export const rowsOf = (section: string, rows: readonly RowWords[]): readonly ContractRow[] =>
  rows.map(([id, title, standing = { proves: 'kit' }]) => ({ id, section, title, standing }));

/** The kit proves it, with this to be said: a deviation from upstream, or how far the proof goes. */
export const noted = (note: string): Standing => ({ proves: 'kit', note });

/** It cannot be asked of any provider. */
export const notApplicable = (why: string): Standing => ({ notApplicable: why });

/** The kit does not show it; says what does. */
export const notCovered = (where: string): Standing => ({ notCovered: where });

/** What only a real API server, a real kube-proxy or the mode `ccm` shows, and the test that does. */
export const shownBy = (test: string, what = ''): Standing => ({ notCovered: `shown by \`${test}\`${what === '' ? '' : `: ${what}`}` });
