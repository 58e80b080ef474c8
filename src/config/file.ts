import { access, readFile } from 'node:fs/promises';
import { LbError } from '../errors.ts';

/** Where a configuration is looked for when no flag names one, in this order. */
export const defaultConfigFiles: readonly string[] = ['./portolan.yaml', '/etc/portolan/portolan.yaml'];

/** More than any configuration needs, and what a ConfigMap holds at most. */
const maximumBytes = 1_048_576;

/**
 * The file a flag names, or the first default one that is there.
 * @throws LbError `InvalidConfig` where there is none.
 */
export async function findConfigFile(flag?: string, candidates: readonly string[] = defaultConfigFiles): Promise<string> {
  if (flag !== undefined) return flag;
  for (const path of candidates) {
    if (await isThere(path)) return path;
  }
  throw new LbError('InvalidConfig', `no configuration: there is neither ${candidates.join(' nor ')}`, {
    remedy: 'Name a file with --config',
  });
}

/**
 * The text of a configuration file.
 * @throws LbError `InvalidConfig` naming the path, where it is missing, a folder, unreadable, too large, empty or no text.
 */
export async function readConfigFile(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (thrown) {
    throw new LbError('InvalidConfig', `${path}: ${failureText(codeOf(thrown))}`, {
      cause: thrown,
      remedy: 'Name a readable file with --config',
    });
  }
  if (bytes.length > maximumBytes) throw unusable(path, 'is larger than 1 MiB and cannot be a configuration');
  const text = decode(bytes);
  if (text === undefined) throw unusable(path, 'is not a text file');
  if (text.trim() === '') throw unusable(path, 'the file is empty');
  return text;
}

const unusable = (path: string, text: string): LbError =>
  new LbError('InvalidConfig', `${path}: ${text}`, { remedy: 'Name a YAML file with --config' });

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (thrown) {
    // What is there and may not be read is the answer too: reading it says why.
    return !['ENOENT', 'ENOTDIR'].includes(codeOf(thrown));
  }
}

/** UTF-8 without NUL, or undefined. A byte order mark is dropped. */
function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined; // the decoder throws on what is no UTF-8, which is the answer
  }
}

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'unknown cause';

function failureText(code: string): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
  if (code === 'EISDIR') return 'is a folder, not a file';
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not read it';
  return `cannot be read (${code})`;
}
