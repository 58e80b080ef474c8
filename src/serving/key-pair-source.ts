import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { LbError } from '../errors.ts';
import { certificateOf, type KeyPair } from './key-pair.ts';

/** Where the server's certificate comes from. It is read again and again: files are replaced, and time passes. */
export interface KeyPairSource {
  /** For people. */
  readonly describe: string;
  /** @throws LbError `InvalidFlag` where there is none that can be used */
  read(): Promise<KeyPair>;
}

export interface KeyPairOptions {
  /** Both or none. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Without files: where the one made here is kept; absent: in memory only. */
  readonly certDir?: string;
  /** Its name in that folder: NAME.crt and NAME.key. */
  readonly pairName: string;
  /** DNS names and IP addresses of one that is made here. */
  readonly names: readonly string[];
}

/** A certificate made here is replaced when so much of its year is left. */
const renewMs = 30 * 24 * 3_600_000;

export function keyPairSource(options: KeyPairOptions, clock: Clock): KeyPairSource {
  const { certFile, keyFile, certDir, pairName, names } = options;
  if (certFile !== undefined && keyFile !== undefined) {
    return { describe: `${certFile}, ${keyFile}`, read: () => givenPair(certFile, keyFile) };
  }
  if (certFile !== undefined || keyFile !== undefined) {
    const field = certFile === undefined ? '--tls-cert-file' : '--tls-private-key-file';
    throw new LbError('InvalidFlag', `${field} is missing: certificate and key are given together`, { field });
  }
  if (certDir !== undefined) {
    return { describe: `self-signed, in ${certDir}`, read: () => keptPair(certDir, pairName, names, clock) };
  }
  let pair: KeyPair | undefined;
  const read = async () => (pair = pair !== undefined && isFresh(pair, clock) ? pair : await makePair(names, clock));
  return { describe: 'self-signed, in memory', read };
}

async function givenPair(certFile: string, keyFile: string): Promise<KeyPair> {
  const pair = { cert: await readText(certFile, '--tls-cert-file'), key: await readText(keyFile, '--tls-private-key-file') };
  const found = certificateOf(pair);
  if (typeof found !== 'string') return pair;
  throw new LbError('InvalidFlag', `${certFile} and ${keyFile} cannot be used: ${found}`, { field: '--tls-cert-file' });
}

/** What stands in the folder is used, also where somebody else put it there: only one that signs itself is ever replaced. */
async function keptPair(folder: string, name: string, names: readonly string[], clock: Clock): Promise<KeyPair> {
  const field = '--cert-dir';
  const [certFile, keyFile] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const [cert, key] = [await readIfThere(certFile, field), await readIfThere(keyFile, field)];
  if (cert !== undefined || key !== undefined) {
    const pair = { cert: cert ?? '', key: key ?? '' };
    const found = certificateOf(pair);
    if (typeof found === 'string') throw new LbError('InvalidFlag', `${certFile} and ${keyFile} cannot be used: ${found}`, { field });
    const ours = found.issuer === found.subject;
    if (!ours || isFresh(pair, clock)) return pair;
  }
  const made = await makePair(names, clock);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(keyFile, made.key, { mode: 0o600 });
    await writeFile(certFile, made.cert, { mode: 0o644 });
  } catch (error) {
    throw new LbError('InvalidFlag', `a certificate cannot be kept in ${folder}`, { cause: error, field });
  }
  return made;
}

function isFresh(pair: KeyPair, clock: Clock): boolean {
  const certificate = certificateOf(pair);
  return typeof certificate !== 'string' && certificate.validToDate.getTime() - clock.now() > renewMs;
}

/** Loaded only here: most installations bring a certificate. */
async function makePair(names: readonly string[], clock: Clock): Promise<KeyPair> {
  const { selfSignedPair } = await import('./self-signed.ts');
  return selfSignedPair(names, clock.now());
}

async function readText(file: string, field: string): Promise<string> {
  const text = await readIfThere(file, field);
  if (text !== undefined) return text;
  throw new LbError('InvalidFlag', `${field}: ${file} is not there`, { field });
}

async function readIfThere(file: string, field: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new LbError('InvalidFlag', `${field}: ${file} cannot be read`, { cause: error, field });
  }
}
