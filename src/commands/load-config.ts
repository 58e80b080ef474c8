import { providers, type ProviderEntry } from '../../providers/registry.ts';
import { systemClock } from '../clock.ts';
import type { Config, ProviderKinds } from '../config/config.ts';
import { inheritedEnvironment } from '../config/environment.ts';
import { findConfigFile, readConfigFile } from '../config/file.ts';
import { parseConfig } from '../config/parse-config.ts';
import type { LoadedProvider } from '../controller/provider-pool.ts';
import { LbError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { canonicalJson } from '../model/digest.ts';
import type { AnyProviderDefinition } from '../provider.ts';
import { parseRows } from '../settings/parse.ts';
import type { AnySettingsTable } from '../settings/row.ts';
import { lateProvider, type Reread } from './late-provider.ts';

/** The provider kinds of this build, as the configuration needs them: loaded only when named. */
export const providerKinds: ProviderKinds = {
  names: Object.keys(providers).sort(),
  upstream: async (kind) => await entryOf(kind).upstream?.(),
  tables: async (kind, connection) => {
    const entry = entryOf(kind);
    const { connection: rows, settings } = (await entry.load()).provider;
    if (entry.describe === undefined) return { connection: rows, settings };
    const own = ownValues(rows, connection);
    // The parser finds what is wrong with them.
    if (own === undefined) return { connection: rows, settings, incomplete: true };
    try {
      const definition = await describedOnce(kind, own);
      return { connection: definition.connection, settings: definition.settings };
    } catch {
      // A program that does not run takes down its own classes only: why is said where it is started.
      return { connection: rows, settings, incomplete: true };
    }
  },
};

/** A configuration with where it came from. */
export interface LoadedConfig {
  readonly config: Config;
  readonly path: string;
  readonly text: string;
}

/** Reads the configuration a command was given, or the default one. @throws LbError `InvalidConfig` */
export async function loadConfig(flag: string | undefined): Promise<LoadedConfig> {
  const path = await findConfigFile(flag);
  const text = await readConfigFile(path);
  return { config: await parseConfig(text, path, providerKinds), path, text };
}

/**
 * The providers of a configuration with their definitions, ready to be started. `reread` takes over a configuration anew when
 * a program that could not be asked before has said which settings it has; without it, such a provider does not start.
 */
export async function loadProviders(config: Pick<Config, 'providers'>, reread?: Reread): Promise<readonly LoadedProvider[]> {
  return await Promise.all(
    config.providers.map(async ({ name, kind, connection }) => {
      const entry = entryOf(kind);
      const { provider } = await entry.load();
      const own = entry.describe === undefined ? undefined : ownValues(provider.connection, connection);
      if (own === undefined) return { name, connection, definition: provider };
      const known = described.get(memoKey(kind, own));
      const definition = known ?? lateProvider(name, provider, () => describedOnce(kind, own), reread);
      return { name, connection, definition };
    }),
  );
}

/** Programs that were asked what they are, by kind and own connection: each is asked once, so that settings mean the same all along. */
const described = new Map<string, AnyProviderDefinition>();
const memoKey = (kind: string, own: Readonly<Record<string, unknown>>): string => canonicalJson([kind, own]);

async function describedOnce(kind: string, own: Readonly<Record<string, unknown>>): Promise<AnyProviderDefinition> {
  const key = memoKey(kind, own);
  const known = described.get(key);
  if (known !== undefined) return known;
  const { describe } = entryOf(kind);
  if (describe === undefined) throw new LbError('ProviderBug', `provider kind ${kind} does not describe itself`);
  const definition = await describe(own, { clock: systemClock, log: silentLog, environment: inheritedEnvironment() });
  described.set(key, definition);
  return definition;
}

/** What a connection says in these rows, parsed; undefined where something is wrong with it. */
function ownValues(rows: AnySettingsTable, connection: unknown): Readonly<Record<string, unknown>> | undefined {
  const said = Object.entries(connection ?? {}).filter(([name]) => Object.hasOwn(rows, name));
  const { values, problems } = parseRows(rows, Object.fromEntries(said), '');
  return problems.length === 0 ? values : undefined;
}

function entryOf(kind: string): ProviderEntry {
  const entry = providers[kind];
  if (entry === undefined) throw new LbError('InvalidConfig', `there is no provider kind ${kind}`);
  return entry;
}
