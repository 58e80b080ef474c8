import { readFile } from 'node:fs/promises';
import { stdin } from 'node:process';
import { buffer } from 'node:stream/consumers';
import { LineCounter, parseAllDocuments } from 'yaml';
import { LbError } from '../../errors.ts';
import type { Json, JsonObject } from '../../model/json.ts';

/** A Service as a file has it: what a user decides of one. */
export interface Manifest {
  /** Absent: the namespace of the kubeconfig. */
  readonly namespace?: string;
  readonly name: string;
  readonly annotations?: JsonObject;
  readonly labels?: JsonObject;
  readonly spec: JsonObject;
  /** `shop.yaml, document 2`. */
  readonly from: string;
}

/** What was found in files: the Services, and a line for each other thing. */
export interface Manifests {
  readonly services: readonly Manifest[];
  readonly skipped: readonly string[];
}

/** What `-` stands for. */
const readStdin = (): Promise<Uint8Array> => buffer(stdin);

/**
 * The Services of YAML or JSON files with one or more documents, Lists included.
 * @throws LbError `InvalidManifest` for a file that cannot be read or holds no Service at all
 */
export async function readManifests(files: readonly string[], read: () => Promise<Uint8Array> = readStdin): Promise<Manifests> {
  const services: Manifest[] = [];
  const skipped: string[] = [];
  for (const file of files) {
    const before = services.length;
    for (const { value, from } of objectsOf(await textOf(file, read), shown(file))) {
      if (value['kind'] === 'Service' && value['apiVersion'] === 'v1') services.push(manifestOf(value, from));
      else skipped.push(`${from} is ${describe(value)}, not a Service: passed over`);
    }
    if (services.length === before) throw unusable(`${shown(file)} holds no Service`);
  }
  return { services, skipped };
}

const shown = (file: string): string => (file === '-' ? 'standard input' : file);

async function textOf(file: string, readInput: () => Promise<Uint8Array>): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = file === '-' ? await readInput() : await readFile(file);
  } catch (thrown) {
    throw unusable(`${file} ${failureText(thrown)}`, thrown);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (thrown) {
    throw unusable(`${shown(file)} is not a text file`, thrown);
  }
}

function failureText(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'is not there';
  if (code === 'EISDIR') return 'is a folder, not a file';
  return code === 'EACCES' ? 'may not be read by this user' : 'cannot be read';
}

interface Found {
  readonly value: JsonObject;
  readonly from: string;
}

function objectsOf(text: string, file: string): readonly Found[] {
  const lines = new LineCounter();
  const found: Found[] = [];
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  for (const [index, document] of [documents].flat().entries()) {
    const [error] = document.errors;
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0]);
      throw invalid(`${file}:${line}:${col}: not valid YAML: ${error.message.split('\n', 1)[0] ?? ''}`, error);
    }
    const from = `${file}, document ${index + 1}`;
    const value = plain(document, from);
    // A separator with nothing behind it is no mistake.
    if (value === null) continue;
    if (!isObject(value)) throw unusable(`${from} is not an object`);
    const items = value['kind'] === 'List' ? value['items'] : undefined;
    if (items === undefined) found.push({ value, from });
    else found.push(...itemsOf(items, from));
  }
  return found;
}

function plain(document: { toJS(options: { maxAliasCount: number }): unknown }, from: string): Json {
  try {
    // Through JSON, because YAML knows values that JSON does not (dates, NaN); undefined is an empty document.
    return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 100 }) ?? null)) as Json; // just made by JSON.stringify
  } catch (thrown) {
    throw invalid(`${from} cannot be read: its aliases lead nowhere or to too much`, thrown);
  }
}

function itemsOf(items: Json, from: string): readonly Found[] {
  const list: readonly unknown[] = Array.isArray(items) ? items : [items];
  return list.map((item, index) => {
    if (!isObject(item)) throw invalid(`${from}, item ${index + 1} is not an object`);
    return { value: item, from: `${from}, item ${index + 1}` };
  });
}

function manifestOf(value: JsonObject, from: string): Manifest {
  const metadata = objectAt(value, 'metadata', from) ?? {};
  const { name, namespace } = metadata;
  if (typeof name !== 'string' || name === '') throw invalid(`${from}: metadata.name is missing`);
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string')
    throw invalid(`${from}: metadata.namespace is no text`);
  const annotations = objectAt(metadata, 'annotations', from);
  const labels = objectAt(metadata, 'labels', from);
  return {
    ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}),
    name,
    ...(annotations === undefined ? {} : { annotations }),
    ...(labels === undefined ? {} : { labels }),
    spec: objectAt(value, 'spec', from) ?? {},
    from,
  };
}

function objectAt(parent: JsonObject, field: string, from: string): JsonObject | undefined {
  const value = parent[field] ?? undefined;
  if (value === undefined || isObject(value)) return value;
  throw invalid(`${from}: ${field} is not a mapping`);
}

function describe(value: JsonObject): string {
  const { kind } = value;
  return typeof kind === 'string' && kind !== '' ? `a ${kind}` : 'an object without a kind';
}

const unusable = (text: string, cause?: unknown): LbError =>
  new LbError('InvalidManifest', text, { cause, remedy: 'Name a YAML file with Services.' });
const invalid = (text: string, cause?: unknown): LbError => new LbError('InvalidManifest', text, { cause });

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
