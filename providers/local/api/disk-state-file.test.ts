import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LbError } from '../../../src/errors.ts';
import { noCheckpoint, type Checkpoint } from '../../../src/model/checkpoint.ts';
import { DiskStateFile } from './disk-state-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-state-'));
  path = join(folder, 'state.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function failure(of: Promise<unknown>): Promise<string> {
  const error: unknown = await of.then(
    () => 'no error',
    (thrown: unknown) => thrown,
  );
  return error instanceof LbError ? error.message : String(error);
}

/** A process that runs one line of a module, says "ready", and stays. */
async function otherProcess(line: string): Promise<{ pid: number; kill(): Promise<void> }> {
  const script = `${line}; console.log('ready'); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const kill = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  return { pid: child.pid ?? expect.fail('no process'), kill };
}

describe('the file', () => {
  it('is not there, then is what was written, whole', async () => {
    const file = new DiskStateFile(path, noCheckpoint);
    expect(await file.read()).toBeUndefined();
    await file.write('first');
    await file.write('second: é');
    expect(await file.read()).toBe('second: é');
    expect(await readdir(folder)).toEqual(['state.json']);
  });

  it.each<Checkpoint>(['state/before-write', 'state/half-written', 'state/before-rename'])(
    'is the old one after a crash at %s',
    async (instant) => {
      await new DiskStateFile(path, noCheckpoint).write('the old text');
      const doomed = new DiskStateFile(path, (name) => {
        if (name === instant) throw new Error('crash');
      });
      await expect(doomed.write('the new and longer text')).rejects.toThrow();
      expect(await readFile(path, 'utf8')).toBe('the old text');

      await new DiskStateFile(path, noCheckpoint).write('short');
      expect(await readFile(path, 'utf8')).toBe('short');
    },
  );

  it('passes its instants in order', async () => {
    const passed: string[] = [];
    await new DiskStateFile(path, (name) => passed.push(name)).write('text');
    expect(passed).toEqual(['state/before-write', 'state/half-written', 'state/before-rename', 'state/after-rename']);
  });

  it('says so when it cannot be read or written', async () => {
    expect(await failure(new DiskStateFile(folder, noCheckpoint).read())).toBe(`[StateFileInvalid] ${folder} cannot be read (EISDIR)`);
    const nowhere = new DiskStateFile(join(folder, 'missing', 'state.json'), noCheckpoint);
    expect(await failure(nowhere.write('text'))).toContain('[CloudUnavailable]');
    expect(await failure(nowhere.lock())).toContain('[StateFileInvalid]');
  });

  it('says what to do about a path that leads nowhere, which no other file would mend', async () => {
    const nowhere = new DiskStateFile(join(folder, 'missing', 'state.json'), noCheckpoint);
    const failing = [() => nowhere.write('text'), () => nowhere.lock(), () => new DiskStateFile(folder, noCheckpoint).read()];
    for (const fails of failing) {
      await expect(fails()).rejects.toMatchObject({ remedy: expect.stringMatching(/this process may (read|write)/) });
    }
  });
});

describe('the lock', () => {
  it('is held once, also by one process, and is given back', async () => {
    const lock = await new DiskStateFile(path, noCheckpoint).lock();
    expect(await failure(new DiskStateFile(path, noCheckpoint).lock())).toContain(`in use by process ${process.pid}`);
    await lock.release();
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
    await (await new DiskStateFile(path, noCheckpoint).lock()).release();
  });

  it('of a living process is respected, and taken over when that process was killed', async () => {
    const module = new URL('./process-lock.ts', import.meta.url).href;
    const other = await otherProcess(
      `const { takeLock } = await import(${JSON.stringify(module)}); await takeLock(${JSON.stringify(`${path}.lock`)})`,
    );
    const file = new DiskStateFile(path, noCheckpoint);
    try {
      expect(await failure(file.lock())).toContain(`in use by process ${other.pid}`);
    } finally {
      await other.kill();
    }
    const lock = await file.lock();
    expect(JSON.parse(await readFile(`${path}.lock`, 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken over where the pid is in use again by another process', async () => {
    await writeFile(`${path}.lock`, JSON.stringify({ pid: process.ppid, start: 'another boot/1' }));
    await (await new DiskStateFile(path, noCheckpoint).lock()).release();
  });

  it.each(['', '{}', 'not JSON', '{"pid":-1,"start":""}'])('that says nothing (%j) is nobody’s', async (text) => {
    await writeFile(`${path}.lock`, text);
    await (await new DiskStateFile(path, noCheckpoint).lock()).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('of a dead process goes to one of many who want it', async () => {
    await writeFile(`${path}.lock`, JSON.stringify({ pid: process.ppid, start: 'another boot/1' }));
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => new DiskStateFile(path, noCheckpoint).lock()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('left in the middle of a takeover is taken over too', async () => {
    const dead = JSON.stringify({ pid: process.ppid, start: 'another boot/1' });
    await writeFile(`${path}.lock`, dead);
    await writeFile(`${path}.lock.takeover`, dead);
    await (await new DiskStateFile(path, noCheckpoint).lock()).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes with it what the dead left half-done, and nothing else', async () => {
    const dead = JSON.stringify({ pid: process.ppid, start: 'another boot/1' });
    const alive = JSON.stringify({ pid: process.ppid, start: '' });
    const litter = ['.next', '.lock.takeover', '.lock.takeover.4194305', '.lock.4194305'];
    for (const name of litter) await writeFile(`${path}${name}`, name.startsWith('.lock.takeover') ? dead : '{"pid":');
    const kept = [`.lock.${process.ppid}`, '.lock.copy', '.old'];
    for (const name of kept) await writeFile(`${path}${name}`, alive);
    await (await new DiskStateFile(path, noCheckpoint).lock()).release();
    expect((await readdir(folder)).sort()).toEqual(kept.map((name) => `state.json${name}`).sort());
  });

  it('is not given back where it is somebody else’s meanwhile', async () => {
    const lock = await new DiskStateFile(path, noCheckpoint).lock();
    await writeFile(`${path}.lock`, JSON.stringify({ pid: 1, start: '' }));
    await lock.release();
    expect(await readdir(folder)).toEqual(['state.json.lock']);
  });

  it('needs a folder it may write to', async () => {
    if (process.getuid?.() === 0) return;
    await chmod(folder, 0o500);
    expect(await failure(new DiskStateFile(path, noCheckpoint).lock())).toContain('cannot be written (EACCES)');
  });
});
