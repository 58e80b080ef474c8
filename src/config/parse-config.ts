import { classId, clusterId, providerName } from '../model/ids.ts';
import { defaultGuard, finalizerOf, type LoadBalancerClass } from '../model/load-balancer-class.ts';
import { checkTable } from '../settings/check-table.ts';
import { nearest } from '../settings/nearest.ts';
import type { Config, ProviderEntry, ProviderKinds, ProviderTables } from './config.ts';
import { parseConnection, parseSettings } from './parse-mappings.ts';
import { problemsError } from './problems.ts';
import { configSchema, type ConfigShape } from './schema.ts';
import { checkShape } from './shape-problems.ts';
import { readYaml, type Problem } from './yaml-source.ts';

/**
 * Parses a configuration. `source` names it in errors, `kinds` are the providers there are.
 * @throws LbError `InvalidConfig` with at most three lines, each with file, line, path and what is wrong.
 */
export async function parseConfig(text: string, source: string, kinds: ProviderKinds): Promise<Config> {
  const yaml = readYaml(text);
  if (yaml.problems.length > 0) throw problemsError(source, yaml, yaml.problems);
  if (yaml.value === null || yaml.value === undefined) throw problemsError(source, yaml, [{ path: [], text: 'the file is empty' }]);
  const checked = checkShape(yaml.value, configSchema);
  if ('problems' in checked) throw problemsError(source, yaml, checked.problems);
  const { shape } = checked;

  const problems: Problem[] = [...checkNames(shape)];
  const tables = await loadTables(shape, kinds, problems);
  const providers = shape.providers.map((entry, index) => parseProvider(entry, index, tables[index], problems));
  const classes = shape.classes.map((entry, index) => {
    const table = tables[shape.providers.findIndex(({ name }) => name === entry.provider)];
    return parseClass(entry, index, table, problems);
  });
  if (problems.length > 0) throw problemsError(source, yaml, problems);
  return Object.freeze({
    ...(shape.clusterId === undefined ? {} : { clusterId: clusterId(shape.clusterId) }),
    providers,
    classes,
    workers: shape.workers,
    nodeDebounceMs: shape.nodeDebounce,
    driftCheckMs: shape.driftCheck,
    audit: { intervalMs: shape.audit.interval, graceMs: shape.audit.grace, deleteStrays: shape.audit.deleteStrays },
    leaderElection: shape.leaderElection,
    serving: shape.serving,
    log: shape.log,
  });
}

/** Names that must be unique, and references that must lead somewhere. */
function checkNames({ providers, classes }: ConfigShape): readonly Problem[] {
  const known = providers.map(({ name }) => name);
  return [
    ...repeated('providers', 'name', known),
    ...repeated(
      'classes',
      'id',
      classes.map(({ id }) => id),
    ),
    ...repeated(
      'classes',
      'name',
      classes.map(({ name }) => name),
    ),
    ...classes.flatMap((entry, index): Problem[] => {
      const first = classes.findIndex((other) => other.default);
      const second = entry.default && first !== index ? classes[first]?.id : undefined;
      return second === undefined
        ? []
        : [{ path: ['classes', index, 'default'], text: `class ${second} is the default already; there can be one` }];
    }),
    ...classes.flatMap((entry, index): Problem[] =>
      known.includes(entry.provider)
        ? []
        : [{ path: ['classes', index, 'provider'], text: unknownName('no provider is named', entry.provider, known) }],
    ),
  ];
}

function repeated(list: string, key: string, values: readonly string[]): readonly Problem[] {
  return values.flatMap((value, index) =>
    values.indexOf(value) === index
      ? []
      : [{ path: [list, index, key], text: `${value} is there already, as ${list}[${values.indexOf(value)}]` }],
  );
}

function unknownName(what: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return `${what} ${name}; ${meant === undefined ? `known are ${known.join(', ')}` : `did you mean ${meant}?`}`;
}

/** The tables of each entry of `providers`, in their order; absent where the kind is none. */
async function loadTables(shape: ConfigShape, kinds: ProviderKinds, problems: Problem[]): Promise<readonly (ProviderTables | undefined)[]> {
  return await Promise.all(
    shape.providers.map(async ({ kind, connection }, index) => {
      if (kinds.names.includes(kind)) {
        const loaded = await kinds.tables(kind, connection);
        checkTable(kind, loaded.settings);
        return loaded;
      }
      const hint = nearest(kind, kinds.names);
      const text = `${kind} is no kind of provider; known are ${kinds.names.join(', ')}${hint === undefined ? '' : `; did you mean ${hint}?`}`;
      problems.push({ path: ['providers', index, 'kind'], text });
      return undefined;
    }),
  );
}

function parseProvider(
  entry: ConfigShape['providers'][number],
  index: number,
  tables: ProviderTables | undefined,
  problems: Problem[],
): ProviderEntry {
  const connection = parseConnection(entry.connection, ['providers', index, 'connection'], tables, problems);
  return { name: providerName(entry.name), kind: entry.kind, connection };
}

function parseClass(
  entry: ConfigShape['classes'][number],
  index: number,
  tables: ProviderTables | undefined,
  problems: Problem[],
): LoadBalancerClass {
  const settings = parseSettings(entry.settings, ['classes', index, 'settings'], tables, problems);
  const { provider, handover, guard, ...rest } = entry;
  return {
    id: classId(rest.id),
    name: rest.name,
    finalizer: finalizerOf(classId(rest.id)),
    default: rest.default,
    provider: providerName(provider),
    mode: rest.mode,
    settings,
    guard: { ...defaultGuard, ...guard },
    handoverMs: handover,
  };
}
