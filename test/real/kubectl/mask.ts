import { withoutRepairNotices } from '../repair-notices.ts';

/** What is chosen by chance or by the clock, and where a cluster lives: two clusters cannot be equal in it. */
const chance: readonly (readonly [pattern: RegExp, shown: string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID'],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| \+0000)?/g, 'TIME'],
  [/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000/g, 'TIME'],
  [/https?:\/\/127\.\d+\.\d+\.\d+:\d+/g, 'SERVER'],
  [/\b127\.\d+\.\d+\.(1[1-3])\b/g, 'NODE-$1'],
  [/\b127\.\d+\.\d+\.\d+\b/g, 'ADDRESS'],
  [/\b10\.\d+\.\d+\.\d+\b/g, 'CLUSTER-IP'],
  [/\b3[0-2]\d{3}\b/g, 'NODE-PORT'],
  [/(?<=\.)[0-9a-f]{16,21}\b/g, 'EVENT'],
  [/(resourceVersion"?: ")\d+/g, '$1VERSION'],
  [/\/[\w./-]*(LIVE|MERGED)-\d+/g, '$1'],
  [/(?<=\s|^)\d+[smhd](?:\d+[smh])?(?=[\s)]|$)/gm, 'AGE'],
  // Which fields a request must have is checked by the embedded API, and not told in advance.
  [/ -required-$/gm, ''],
  // What kubectl logs about itself, such as watches it ended early.
  [/^[IWE]\d{4} .*\n/gm, ''],
  // Columns are as wide as the widest cell, and cells were just masked. The indentation of YAML stays.
  [/(?<=\S)[ \t]{2,}/g, '  '],
  [/[ \t]+$/gm, ''],
];

/** The output of one kubectl, without what only its cluster can know. @param folder where kubectl was started. */
export function masked(text: string, folder: string): string {
  let result = withoutRepairNotices(text).replaceAll(folder, 'FOLDER');
  for (const [pattern, shown] of chance) result = result.replaceAll(pattern, shown);
  return result.trimEnd();
}
