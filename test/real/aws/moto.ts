import { execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Amazon's APIs in a process of their own: a server that is somebody else's, and is asked over HTTP as Amazon is. */
export interface Moto {
  readonly url: string;
  /** Forgets everything but the VPC that each account is born with. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

const requirements = join(import.meta.dirname, 'requirements.txt');
const run = promisify(execFile);

/** Kept by what is installed, so that another version is another folder. */
function place(): string {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return join(process.env['PORTOLAN_CACHE'] ?? join(homedir(), '.cache/portolan-testbed'), `moto-${hash}`);
}

/** Why moto cannot be had here; undefined where it can. */
export function missingForMoto(): string | undefined {
  if (existsSync(place())) return undefined;
  const check = spawnSync('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))']);
  return check.status === 0 ? undefined : 'there is no Python 3.10 with venv to install moto with, and none was installed before';
}

/** The Python with moto; installed when it is not there yet, which takes a minute or more. */
export async function builtMoto(): Promise<string> {
  const folder = place();
  const python = join(folder, 'bin/python');
  if (existsSync(folder)) return python;
  await mkdir(join(folder, '..'), { recursive: true });
  // Of two that install at the same time one wins, and both have the same.
  const unfinished = `${folder}.${process.pid}`;
  try {
    await run('python3', ['-m', 'venv', unfinished]);
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
    await run(join(unfinished, 'bin/python'), ['-m', 'pip', 'install', ...quiet, '--no-deps', '-r', requirements], { maxBuffer: 1 << 26 });
    if (!existsSync(folder)) await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return python;
}

/** It ends when its input does, so also when this process is killed. */
const program = `
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(sys.argv[1:])
`;

/** On a free port of loopback. */
export async function startMoto(): Promise<Moto> {
  const child = spawn(await builtMoto(), ['-c', program, '-H', '127.0.0.1', '-p', '0'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // It learns its quotas and images from its own package, never from Amazon.
    env: { PATH: process.env['PATH'], MOTO_EC2_LOAD_DEFAULT_AMIS: 'false', AWS_EC2_METADATA_DISABLED: 'true' },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let text = '';
  const url = await new Promise<string>((resolve, reject) => {
    const look = (part: string) => {
      text = (text + part).slice(-10_000);
      const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    };
    // What it says of each request is read and dropped: a full pipe would stop it.
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', look);
    void ended.then(() => reject(new Error(`moto ended: ${text}`)));
  });
  return {
    url,
    reset: async () => {
      const { ok } = await fetch(`${url}/moto-api/reset`, { method: 'POST' });
      if (!ok) throw new Error('moto does not forget');
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
