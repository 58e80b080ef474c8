import { providers } from '../../providers/registry.ts';
import type { Config, ProviderKinds } from '../config/config.ts';
import { findConfigFile, readConfigFile } from '../config/file.ts';
import { parseConfig } from '../config/parse-config.ts';
import type { LoadedProvider } from '../controller/provider-pool.ts';
import { LbError } from '../errors.ts';
import type { AnyProviderDefinition } from '../provider.ts';

/** The provider kinds of this build, as the configuration needs them: loaded only when named. */
export const providerKinds: ProviderKinds = {
  names: Object.keys(providers).sort(),
  tables: async (kind) => {
    const { connection, settings } = await definitionOf(kind);
    return { connection, settings };
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

/** The providers of a configuration with their definitions, ready to be started. */
export async function loadProviders(config: Config): Promise<readonly LoadedProvider[]> {
  return await Promise.all(
    config.providers.map(async ({ name, kind, connection }) => ({ name, connection, definition: await definitionOf(kind) })),
  );
}

async function definitionOf(kind: string): Promise<AnyProviderDefinition> {
  const row = providers[kind];
  if (row === undefined) throw new LbError('InvalidConfig', `there is no provider kind ${kind}`);
  return (await row.load()).provider;
}
