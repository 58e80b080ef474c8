import { withoutRepairNotices } from '../repair-notices.ts';

/** What is chosen by chance or by the clock: a page is as good with the values of another run. */
const chance: readonly (readonly [pattern: RegExp, shown: string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{10}\b/g, 'CODE'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME'],
  [/\b127\.\d+\.\d+\.\d+\b/g, 'ADDRESS'],
  [/\blb-\d+\b/g, 'ID'],
  [/\b3[0-2]\d{3}\b/g, 'NODE-PORT'],
  [/\d+[smh](?:\d+s)?(?: \(x\d+ over \S+\))?(?=  )/g, 'AGE'],
  [/ {2,}/g, '  '],
];

/** An output without those values. */
export function maskedOutput(text: string): string {
  let result = text;
  for (const [pattern, shown] of chance) result = result.replaceAll(pattern, shown);
  return result;
}

/** Of `kubectl describe service`, what the cluster says about it. */
export function eventsOf(described: string): string {
  const kept = withoutRepairNotices(described);
  const at = kept.indexOf('\nEvents:');
  return at === -1 ? kept : `…${kept.slice(at)}`.trimEnd();
}

/** Of `portolan explain`, whose Service it is and the answer. */
export function answerOf(explained: string): string {
  const lines = explained.trimEnd().split('\n');
  return [lines[0], '…', lines.at(-1)].join('\n');
}
