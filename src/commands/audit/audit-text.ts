import type { AuditAnswer } from '../../controller/audit-wish.ts';
import { errorSentence } from '../../controller/conditions.ts';
import { formatDuration } from '../../settings/duration.ts';
import { printable, type Paint } from '../look/paint.ts';
import { countOf, type AuditRow, type ProviderRows } from './audit-rows.ts';

/** What was done about strays. */
export type Done = Omit<AuditAnswer, 'id'>;

const words = { stray: 'stray', doubt: 'in doubt', foreign: 'foreign', owned: 'owned' } as const;
const styles = { stray: 'red', doubt: 'yellow', foreign: 'dim', owned: 'green' } as const;

/** The answer as people read it: what was deleted, a table per provider, and a line that says what strays mean. */
export function auditText(
  all: readonly ProviderRows[],
  options: { readonly now: number; readonly graceMs: number; readonly done?: Done | undefined; readonly paint: Paint },
): string {
  const { now, graceMs, done, paint } = options;
  const blocks = [
    ...(done === undefined ? [] : [doneLines(done, paint).join('\n')]),
    ...all.map((one) => [headline(one, paint), ...tableOf(one.rows, now, paint)].join('\n')),
    summary(all, graceMs, done !== undefined),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function doneLines({ deleted, more, failures }: Done, paint: Paint): readonly string[] {
  const lines = deleted.map(
    ({ provider, key, things }) => `${paint('green', 'deleted')} ${printable(`${things.join(', ')} of ${key}, provider ${provider}`)}`,
  );
  if (more > 0) lines.push(`${paint('green', 'deleted')} and ${more} more`);
  const wrong = failures.map((failure) => `${paint('red', 'failed')} ${printable(failure)}`);
  return lines.length + wrong.length === 0 ? ['nothing deleted'] : [...lines, ...wrong];
}

function headline({ provider, rows, error }: ProviderRows, paint: Paint): string {
  const name = paint('bold', `provider ${provider}`);
  if (error !== undefined) return `${name}: ${paint('red', 'failed')} ${error.code}: ${printable(errorSentence(error))}`;
  const counts = (['owned', 'stray', 'doubt', 'foreign'] as const).map(
    (state) => `${rows.filter((row) => row.state === state).length} ${words[state]}`,
  );
  return `${name}: ${counts.join(', ')}`;
}

const columns = ['STATE', 'KIND', 'ID', 'NAME', 'OF', 'SINCE', 'CREATED', 'WHY'] as const;

function tableOf(rows: readonly AuditRow[], now: number, paint: Paint): readonly string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => cellsOf(row, now).map(printable));
  const widths = columns.map((column, at) => Math.max(column.length, ...cells.map((line) => line[at]?.length ?? 0)));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(columns), ...rows.map(({ state }, at) => coloured(line(cells[at] ?? []), state, paint))];
}

const coloured = (text: string, state: AuditRow['state'], paint: Paint): string =>
  text.replace(words[state], (word) => paint(styles[state], word));

function cellsOf({ state, thing, service, since, why, marks }: AuditRow, now: number): readonly string[] {
  const seen =
    since === undefined ? 'first seen now' : `${time(since)} (${formatDuration(Math.max(Math.floor((now - since) / 60_000) * 60_000, 0))})`;
  return [
    words[state],
    thing.kind,
    thing.id,
    thing.name,
    service ?? (thing.key === '' ? '-' : thing.key),
    state === 'stray' ? seen : '-',
    thing.createdAt === undefined ? '-' : time(thing.createdAt),
    why ?? (marks === undefined ? '-' : marksText(marks)),
  ];
}

const marksText = (marks: NonNullable<AuditRow['marks']>): string => {
  const texts = Object.entries(marks).map(([name, value]) => `${name}=${value}`);
  return texts.length === 0 ? 'it carries no marks' : `its marks are ${texts.join(', ')}`;
};

const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

function summary(all: readonly ProviderRows[], graceMs: number, deleting: boolean): string {
  const strays = countOf(all, 'stray');
  if (strays === 0) return 'No strays.';
  const count = `${strays} ${strays === 1 ? 'stray' : 'strays'}`;
  if (deleting) return `${count} left: only what has been one for longer than ${formatDuration(graceMs)} (audit.grace) is deleted.`;
  return `${count}. Nothing was changed; --delete-strays deletes what has been one for longer than ${formatDuration(graceMs)}.`;
}
