import { readdirSync, readFileSync } from 'node:fs';

/** What a process and its children used. */
export interface Usage {
  /** User and system, in seconds. */
  readonly cpuSeconds: number;
  /** The most each was at, together, in MiB. */
  readonly peakMiB: number;
  /** What they are at now, in MiB. */
  readonly rssMiB: number;
}

/** Ticks of the kernel's process accounting: 100 a second on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** @param children whether those of the process count, too */
export function usageOf(pid: number, children = true): Usage {
  const tree = treeOf(pid).slice(0, children ? undefined : 1);
  return {
    cpuSeconds: sum(tree.map(({ cpuSeconds }) => cpuSeconds)),
    peakMiB: sum(tree.map((each) => memory(each.pid, 'VmHWM'))),
    rssMiB: sum(tree.map((each) => memory(each.pid, 'VmRSS'))),
  };
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly cpuSeconds: number;
}

function treeOf(root: number): readonly Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => read(Number(name)));
  const tree = all.filter(({ pid }) => pid === root);
  // Grows while it is walked: children of children.
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

/** Empty where the process is no more. */
function read(pid: number): readonly Process[] {
  const text = readIfThere(`/proc/${pid}/stat`);
  if (text === undefined) return [];
  // The second field is a name in brackets that may hold blanks and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number);
  return [{ pid, parent: parent ?? 0, cpuSeconds: ((user ?? 0) + (system ?? 0)) / ticksPerSecond }];
}

function memory(pid: number, field: 'VmHWM' | 'VmRSS'): number {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readIfThere(`/proc/${pid}/status`) ?? '')?.[1];
  return Number(kilobytes ?? 0) / 1024;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // a process may end at any moment
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
