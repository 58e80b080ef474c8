import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { parse } from 'yaml';
import { LbError } from '../errors.ts';
import { oneLine } from './status-error.ts';

type Doc = Readonly<Record<string, unknown>>;

/** What the current context of a kubeconfig names: enough for one connection, every file in it absolute. */
export interface Kubeconfig {
  readonly context: string;
  readonly namespace: string | undefined;
  /** The entries as they stand in the file, under `cluster` and `user`. */
  readonly cluster: Doc & { readonly server: string };
  readonly user: Doc;
}

const invalid = (text: string, cause?: unknown): LbError => new LbError('InvalidKubeconfig', text, { cause });
const isDoc = (value: unknown): value is Doc => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads one or more kubeconfig files as kubectl does: of several, the first that says something about a name counts.
 * @throws LbError `InvalidKubeconfig`, one line that names the file and what is wrong with it.
 */
export async function readKubeconfig(files: readonly string[]): Promise<Kubeconfig> {
  const docs: { readonly file: string; readonly doc: Doc }[] = [];
  for (const file of files) docs.push({ file, doc: await readDoc(file) });
  const named = files.join(', ');
  const context = docs.map(({ doc }) => doc['current-context']).find((name) => typeof name === 'string' && name !== '');
  if (typeof context !== 'string') throw invalid(`${named} has no current-context`);
  const chosen = entry(docs, 'contexts', 'context', context)?.entry;
  if (chosen === undefined) throw invalid(`${named} has no context named ${context}`);
  const clusterName = typeof chosen['cluster'] === 'string' ? chosen['cluster'] : '';
  const cluster = entry(docs, 'clusters', 'cluster', clusterName);
  if (cluster === undefined) throw invalid(`${named}: the cluster of context ${context} is not there`);
  const userName = chosen['user'];
  const user = typeof userName === 'string' && userName !== '' ? entry(docs, 'users', 'user', userName) : undefined;
  if (typeof userName === 'string' && userName !== '' && user === undefined) {
    throw invalid(`${named}: the user of context ${context} is not there`);
  }
  const namespace = chosen['namespace'];
  return {
    context,
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : undefined,
    cluster: { ...absolute(cluster, ['certificate-authority']), server: serverUrl(cluster.entry['server'], cluster.file) },
    user: user === undefined ? {} : absoluteUser(user),
  };
}

/** @throws LbError `InvalidKubeconfig` where it is no http or https URL. */
export function serverUrl(server: unknown, source: string): string {
  const text = typeof server === 'string' ? server : '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text.replace(/\/+$/, '');
  throw invalid(`${source}: the server "${oneLine(text)}" is no http or https URL`);
}

async function readDoc(file: string): Promise<Doc> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw invalid(`${file} cannot be read: ${reading(error)}`, error);
  }
  let doc: unknown;
  try {
    doc = parse(text);
  } catch (error) {
    throw invalid(`${file} is no YAML: ${error instanceof Error ? oneLine(error.message) : ''}`, error);
  }
  if (isDoc(doc)) return doc;
  throw invalid(`${file} is no kubeconfig`);
}

function reading(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  return code === 'EACCES' ? 'permission denied' : code;
}

interface Found {
  readonly entry: Doc;
  readonly file: string;
}

function entry(docs: readonly { file: string; doc: Doc }[], list: string, part: string, name: string): Found | undefined {
  for (const { file, doc } of docs) {
    const entries: unknown = doc[list] ?? [];
    if (!Array.isArray(entries)) throw invalid(`${file}: ${list} is no list`);
    const found: unknown = entries.find((one: unknown) => isDoc(one) && one['name'] === name);
    if (isDoc(found)) return { entry: isDoc(found[part]) ? found[part] : {}, file };
  }
  return undefined;
}

/** A file named in a kubeconfig is relative to that kubeconfig. */
function absolute({ entry: doc, file }: Found, fields: readonly string[]): Doc {
  const result: Record<string, unknown> = { ...doc };
  for (const field of fields) {
    const path = doc[field];
    if (typeof path === 'string' && path !== '' && !isAbsolute(path)) result[field] = join(dirname(file), path);
  }
  return result;
}

function absoluteUser(found: Found): Doc {
  const user: Record<string, unknown> = { ...absolute(found, ['client-certificate', 'client-key', 'tokenFile']) };
  const { exec } = user;
  if (isDoc(exec) && typeof exec['command'] === 'string' && /[/\\]/.test(exec['command'])) {
    user['exec'] = absolute({ entry: exec, file: found.file }, ['command']);
  }
  // The token in a file is read again and again; the library knows that way of giving it under this name only.
  if (typeof user['tokenFile'] === 'string') user['auth-provider'] = { name: 'tokenFile', config: { tokenFile: user['tokenFile'] } };
  return user;
}
