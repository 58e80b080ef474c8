import { canonicalJson } from '../model/digest.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { Config } from './config.ts';

/** A configuration read again while the process runs. */
export interface ChangedConfig {
  /** What holds from now on: the new one, but for what cannot change at run time, which stays. */
  readonly config: Config;
  /** The paths that were changed and need a restart; empty where all of it holds. */
  readonly needsRestart: readonly string[];
}

/** What is fixed while a process runs, with its key in the file. */
const fixed = [
  ['clusterId', 'clusterId'],
  ['serving', 'serving'],
  ['leaderElection', 'leaderElection'],
  ['workers', 'workers'],
  ['nodeDebounceMs', 'nodeDebounce'],
  ['audit', 'audit'],
] as const;

/**
 * Classes, the drift check and the log level follow the file. Identity, doors, the pace of work and the entries of providers
 * are fixed while a process runs, and so is the provider of a class id. A class whose provider does not run is left out
 * until the restart.
 */
export function changeAtRunTime(before: Config, after: Config): ChangedConfig {
  const needsRestart: string[] = [];
  for (const [field, key] of fixed) {
    if (differ(before[field], after[field])) needsRestart.push(key);
  }
  for (const name of new Set([...after.providers, ...before.providers].map((entry) => entry.name))) {
    const [old, now] = [before, after].map(({ providers }) => providers.find((entry) => entry.name === name));
    if (differ(old, now)) needsRestart.push(`providers[${name}]`);
  }
  const classes: LoadBalancerClass[] = [];
  for (const wanted of after.classes) {
    const old = before.classes.find(({ id }) => id === wanted.id);
    const moved = old !== undefined && old.provider !== wanted.provider;
    const runs = runsAsBefore(wanted, before, after);
    if (moved) needsRestart.push(`classes[${wanted.id}].provider`);
    if (!moved && runs) classes.push(wanted);
    else if (old !== undefined) classes.push({ ...old, default: wanted.default });
  }
  const config: Config = { ...before, classes, driftCheckMs: after.driftCheckMs, log: after.log };
  return { config: Object.freeze(config), needsRestart };
}

/** Whether the provider a class names is one that runs, of the kind its settings were parsed for. */
function runsAsBefore({ provider }: LoadBalancerClass, before: Config, after: Config): boolean {
  const [old, now] = [before, after].map(({ providers }) => providers.find(({ name }) => name === provider));
  return old !== undefined && old.kind === now?.kind;
}

const differ = (a: unknown, b: unknown): boolean => canonicalJson(a ?? null) !== canonicalJson(b ?? null);
