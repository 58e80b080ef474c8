import { link, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LbError } from '../../../src/errors.ts';
import { errorCode } from './error-code.ts';
import type { StateLock } from './state-file.ts';

/** Which process: a pid is used again, together with its start it is not. */
interface Holder {
  readonly pid: number;
  /** Opaque; empty where the system does not say. */
  readonly start: string;
}

/**
 * Holds `path` for this process until it is released. The lock of a process that is dead is taken over.
 * @throws LbError StateFileLocked naming the process that has it, StateFileInvalid where the folder cannot be written
 */
export async function takeLock(path: string): Promise<StateLock> {
  const lock = await take(path, JSON.stringify({ pid: process.pid, start: await startOf(process.pid) } satisfies Holder));
  await sweep(path);
  return lock;
}

async function take(path: string, text: string): Promise<StateLock> {
  if (await claim(path, text)) return held(path, text);
  await assertDead(path);
  // Only one process at a time may judge a lock and remove it, or two would each remove the other's.
  const judge = `${path}.takeover`;
  if (!(await claim(judge, text))) {
    await assertDead(judge);
    await remove(judge);
    if (!(await claim(judge, text))) throw await locked(judge);
  }
  try {
    await assertDead(path);
    await remove(path);
    if (!(await claim(path, text))) throw await locked(path);
    return held(path, text);
  } finally {
    await remove(judge);
  }
}

/** Makes the file with its whole content in one instant, unless there is one. */
async function claim(path: string, text: string): Promise<boolean> {
  const own = `${path}.${process.pid}`;
  try {
    await writeFile(own, text, { mode: 0o600 });
    await link(own, path);
    return true;
  } catch (cause) {
    const code = errorCode(cause);
    if (code === 'EEXIST') return false;
    const remedy = 'Name a stateFile in a folder that this process may write to.';
    throw new LbError('StateFileInvalid', `the lock ${path} cannot be written (${code})`, { cause, remedy });
  } finally {
    await remove(own);
  }
}

/**
 * Removes what processes left beside the lock that died while they took it: `<lock>.takeover`, and the files `claim` links
 * from. To be called by who holds the lock: whoever else is about to take it will find it held.
 */
async function sweep(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(prefix) || !/^(takeover|(takeover\.)?\d+)$/.test(name.slice(prefix.length))) continue;
    const file = join(dirname(path), name);
    const pid = /\.(\d+)$/.exec(name)?.[1];
    const holder = parseHolder(await content(file)) ?? (pid === undefined ? undefined : { pid: Number(pid), start: '' });
    if (holder === undefined || !(await isAlive(holder))) await remove(file);
  }
}

function held(path: string, text: string): StateLock {
  let mine = true;
  return {
    release: async () => {
      if (mine && (await content(path)) === text) await remove(path);
      mine = false;
    },
  };
}

async function assertDead(path: string): Promise<void> {
  const holder = parseHolder(await content(path));
  if (holder !== undefined && (await isAlive(holder))) throw lockedBy(path, holder.pid);
}

async function locked(path: string): Promise<LbError> {
  return lockedBy(path, parseHolder(await content(path))?.pid);
}

const lockedBy = (path: string, pid: number | undefined) =>
  new LbError('StateFileLocked', `the state file is in use by process ${pid ?? 'unknown'} (${path})`);

async function isAlive({ pid, start }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Any other error than "no such process" means that there is one.
    if (errorCode(error) === 'ESRCH') return false;
  }
  const now = await startOf(pid);
  return start === '' || now === '' || start === now;
}

/** When a process started, as ticks since a boot that has a name; empty where there is no /proc. */
async function startOf(pid: number): Promise<string> {
  try {
    const [boot, stat] = await Promise.all([readFile('/proc/sys/kernel/random/boot_id', 'utf8'), readFile(`/proc/${pid}/stat`, 'utf8')]);
    // The second field is the command in parentheses and may hold anything; the start is the 20th after it.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${boot.trim()}/${ticks}`;
  } catch {
    return '';
  }
}

/** Undefined for a lock nobody can have written whole: it holds nothing. */
function parseHolder(text: string | undefined): Holder | undefined {
  try {
    const { pid, start } = JSON.parse(text ?? '') as Partial<Holder>; // both are checked below
    return typeof pid === 'number' && Number.isInteger(pid) && pid > 0 && typeof start === 'string' ? { pid, start } : undefined;
  } catch {
    return undefined;
  }
}

async function content(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function remove(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
