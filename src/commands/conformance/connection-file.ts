import { readFile } from 'node:fs/promises';
import { readYaml } from '../../config/yaml-source.ts';
import { LbError } from '../../errors.ts';
import type { Json, JsonObject } from '../../model/json.ts';

/** A file with (parts of) a `connection`, as it would stand in a configuration. @throws LbError `InvalidFlag` */
export async function readConnection(path: string): Promise<JsonObject> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw wrong(path, error instanceof Error ? error.message : String(error), error);
  }
  const { value, problems } = readYaml(text);
  const [problem] = problems;
  if (problem !== undefined) throw wrong(path, `${problem.text}${problem.at === undefined ? '' : ` in line ${problem.at.line}`}`);
  if (!isObject(value)) throw wrong(path, 'it is no mapping of keys to values');
  return value;
}

/** YAML gives nothing else than JSON has, but for dates and the like, which `stringKeys` and the core schema leave out. */
function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isJson);
}

function isJson(value: unknown): value is Json {
  if (Array.isArray(value)) return value.every(isJson);
  return value === null || ['boolean', 'number', 'string'].includes(typeof value) || isObject(value);
}

const wrong = (path: string, why: string, cause?: unknown): LbError =>
  new LbError('InvalidFlag', `--connection ${path}: ${why}`, { field: '--connection', remedy: 'Name a YAML or JSON file', cause });
