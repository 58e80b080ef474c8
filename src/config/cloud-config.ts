import * as z from 'zod';
import { clusterId, type ClusterId } from '../model/ids.ts';
import { LbError } from '../errors.ts';
import { checkTable } from '../settings/check-table.ts';
import { isIni, parseIni, type IniProblem } from '../settings/ini.ts';
import type { ProviderKinds } from './config.ts';
import { parseConnection, parseSettings } from './parse-mappings.ts';
import { problemsError } from './problems.ts';
import { clusterIdSchema } from './schema.ts';
import { checkShape } from './shape-problems.ts';
import { readYaml, type Problem } from './yaml-source.ts';

/** What a cloud-controller-manager is told of its cloud by `--cloud-config` (design §8). */
export interface CloudConfig {
  /** Absent: the UID of the namespace kube-system. */
  readonly clusterId?: ClusterId;
  /** Parsed by the rows of the kind. */
  readonly connection: unknown;
  /** Parsed; only what is said. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What was said and means nothing here, each with its line. */
  readonly warnings: readonly string[];
}

/** How many problems an error shows, as of YAML. */
const shown = 3;

const schema = z.strictObject({
  clusterId: clusterIdSchema,
  connection: z.record(z.string(), z.unknown()).prefault({}),
  settings: z.record(z.string(), z.unknown()).prefault({}),
});

/**
 * Parses a cloud configuration for a provider kind: YAML with `connection` and `settings`, or upstream's INI where the kind
 * reads that. An empty text says nothing, which is enough where no row is required.
 * @throws LbError `InvalidConfig` with at most three lines, each with file, line, path and what is wrong.
 */
export async function parseCloudConfig(text: string, source: string, kind: string, kinds: ProviderKinds): Promise<CloudConfig> {
  const upstream = isIni(text) ? await kinds.upstream?.(kind) : undefined;
  if (upstream !== undefined) return await parseUpstream(text, source, kind, kinds, upstream);
  const yaml = readYaml(text);
  if (yaml.problems.length > 0) throw problemsError(source, yaml, yaml.problems);
  const checked = checkShape(yaml.value ?? {}, schema);
  if ('problems' in checked) throw problemsError(source, yaml, checked.problems);
  const { shape } = checked;
  const { problems, ...parsed } = await parseParts(shape, kind, kinds);
  if (problems.length > 0) throw problemsError(source, yaml, problems);
  return { ...(shape.clusterId === undefined ? {} : { clusterId: clusterId(shape.clusterId) }), ...parsed, warnings: [] };
}

type Mapping = Readonly<Record<string, unknown>>;

async function parseParts(said: { readonly connection: Mapping; readonly settings: Mapping }, kind: string, kinds: ProviderKinds) {
  const problems: Problem[] = [];
  const tables = await kinds.tables(kind, said.connection);
  checkTable(kind, tables.settings);
  const connection = parseConnection(said.connection, ['connection'], tables, problems);
  const settings = parseSettings(said.settings, ['settings'], tables, problems);
  return { connection, settings, problems };
}

async function parseUpstream(
  text: string,
  source: string,
  kind: string,
  kinds: ProviderKinds,
  read: NonNullable<Awaited<ReturnType<NonNullable<ProviderKinds['upstream']>>>>,
): Promise<CloudConfig> {
  const ini = parseIni(text);
  const cloud = read(ini.entries);
  const place = ({ line, text: what }: IniProblem) => `${source}:${line}: ${what}`;
  const wrong = [...ini.problems, ...cloud.problems].sort((a, b) => a.line - b.line).map(place);
  const { problems, ...parsed } = await parseParts(cloud, kind, kinds);
  const all = wrong.length > 0 ? wrong : problems.map(({ path, text: what }) => `${source}: ${path.join('.')}: ${what}`);
  if (all.length > 0) throw new LbError('InvalidConfig', all.slice(0, shown).join('\n'), { remedy: '' });
  return { ...parsed, warnings: cloud.warnings.map(place) };
}
