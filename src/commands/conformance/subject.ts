import { providers, simulateCommand, type ProviderEntry } from '../../../providers/registry.ts';
import type { Simulate } from '../../conformance/simulation.ts';
import { LbError } from '../../errors.ts';
import { nearest } from '../../settings/nearest.ts';
import type { ConformanceFlags } from '../conformance.ts';
import { readConnection } from './connection-file.ts';
import { shellWords } from './shell-words.ts';

/** The provider that is tried out. */
export interface Subject {
  /** As it stands in reports. */
  readonly name: string;
  readonly simulate: Simulate;
  /** The flags that name it, for a command line that is shown. */
  readonly flags: string;
}

type SubjectFlags = Pick<ConformanceFlags, 'provider' | 'command' | 'connection' | 'real'>;

/** @throws LbError `InvalidFlag` where the flags name no provider, several, or one without a cloud to be tried on */
export async function subjectOf(
  { provider, command, connection, real }: SubjectFlags,
  kinds: Readonly<Record<string, ProviderEntry>> = providers,
): Promise<Subject> {
  const able = Object.keys(kinds).filter((kind) => (real === true ? kinds[kind]?.real : kinds[kind]?.simulate) !== undefined);
  const remedy = `Name one: ${[...able.sort().map((kind) => `--provider ${kind}`), "--command 'ARGV'"].join(', ')}`;
  if (provider !== undefined && command !== undefined) throw refused('--command', '--provider and --command name two providers', remedy);
  if (command !== undefined) {
    if (real === true) throw refused('--real', '--real is for --provider: a program is tried on what it offers itself', remedy);
    return await programOf(command, connection);
  }
  if (connection !== undefined) throw refused('--connection', '--connection is for --command', remedy);
  if (provider === undefined) throw refused('--provider', 'no provider is named', remedy);
  const entry = kinds[provider];
  if (entry === undefined) {
    const meant = nearest(provider, Object.keys(kinds));
    throw refused('--provider', `there is no provider ${provider}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`, remedy);
  }
  const simulate = real === true ? entry.real : entry.simulate;
  if (simulate === undefined) {
    const what = real === true ? 'no cloud of its own to be tried on' : 'no cloud in memory';
    throw refused(real === true ? '--real' : '--provider', `provider ${provider} has ${what}`, remedy);
  }
  return { name: provider, simulate, flags: `--provider ${provider}${real === true ? ' --real' : ''}` };
}

async function programOf(command: string, file: string | undefined): Promise<Subject> {
  const argv = shellWords(command);
  const over = file === undefined ? {} : await readConnection(file);
  return {
    name: command,
    simulate: async (clock) => {
      const simulation = await simulateCommand(argv, clock);
      return { ...simulation, connection: { ...simulation.connection, ...over } };
    },
    flags: `--command ${quoted(command)}${file === undefined ? '' : ` --connection ${quoted(file)}`}`,
  };
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const refused = (field: string, text: string, remedy: string): LbError => new LbError('InvalidFlag', text, { field, remedy });
