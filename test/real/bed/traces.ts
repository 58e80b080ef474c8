import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** What there is of a bed on this machine: its folder, its namespaces, and processes whose command line names the folder. */
export function tracesOf(folder: string, port: number): readonly string[] {
  return [...(existsSync(folder) ? [folder] : []), ...namespaces(port), ...processes(folder)];
}

const namespaces = (port: number): readonly string[] =>
  existsSync('/run/netns') ? readdirSync('/run/netns').filter((name) => name.startsWith(`kube-up-${port}-`)) : [];

/** All but the one that asks. */
function processes(folder: string): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return line.includes(folder) ? [`process ${pid}: ${line}`] : [];
    } catch {
      return []; // ended meanwhile
    }
  });
}
