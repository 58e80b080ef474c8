import * as z from 'zod';
import { clusterId, type ClusterId } from '../model/ids.ts';
import { checkTable } from '../settings/check-table.ts';
import type { ProviderKinds } from './config.ts';
import { parseConnection, parseSettings } from './parse-mappings.ts';
import { problemsError } from './problems.ts';
import { clusterIdSchema } from './schema.ts';
import { checkShape } from './shape-problems.ts';
import { readYaml, type Problem } from './yaml-source.ts';

/** What a cloud-controller-manager is told of its cloud by `--cloud-config`, for kinds without a format of upstream's (design §8). */
export interface CloudConfig {
  /** Absent: the UID of the namespace kube-system. */
  readonly clusterId?: ClusterId;
  /** Parsed by the rows of the kind. */
  readonly connection: unknown;
  /** Parsed; only what is said. */
  readonly settings: Readonly<Record<string, unknown>>;
}

const schema = z.strictObject({
  clusterId: clusterIdSchema,
  connection: z.record(z.string(), z.unknown()).prefault({}),
  settings: z.record(z.string(), z.unknown()).prefault({}),
});

/**
 * Parses a cloud configuration for a provider kind. An empty text says nothing, which is enough where no row is required.
 * @throws LbError `InvalidConfig` with at most three lines, each with file, line, path and what is wrong.
 */
export async function parseCloudConfig(text: string, source: string, kind: string, kinds: ProviderKinds): Promise<CloudConfig> {
  const yaml = readYaml(text);
  if (yaml.problems.length > 0) throw problemsError(source, yaml, yaml.problems);
  const checked = checkShape(yaml.value ?? {}, schema);
  if ('problems' in checked) throw problemsError(source, yaml, checked.problems);
  const { shape } = checked;
  const problems: Problem[] = [];
  const tables = await kinds.tables(kind, shape.connection);
  checkTable(kind, tables.settings);
  const connection = parseConnection(shape.connection, ['connection'], tables, problems);
  const settings = parseSettings(shape.settings, ['settings'], tables, problems);
  if (problems.length > 0) throw problemsError(source, yaml, problems);
  return { ...(shape.clusterId === undefined ? {} : { clusterId: clusterId(shape.clusterId) }), connection, settings };
}
