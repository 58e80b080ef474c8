import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
const children: ChildProcessWithoutNullStreams[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-end-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

/** A demo whose temporary files are in `folder`. */
function start(...flags: readonly string[]) {
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn(process.execPath, ['bin/portolan.mjs', 'demo', '--kubeconfig', join(folder, 'kubeconfig'), ...flags], { env });
  children.push(child);
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const exit = once(child, 'exit') as Promise<[number | null]>; // what the event carries
  const ended = async () => {
    const [code] = await exit;
    expect(complaints).not.toMatch(/^ +at /m);
    return { code, left: await readdir(folder) };
  };
  const said = async (words: string) => {
    let heard = '';
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      heard += Buffer.from(chunk).toString();
      if (heard.includes(words)) return;
    }
    expect.fail(`it never said ${words}: ${heard}${complaints}`);
  };
  return { child, said, ended };
}

describe('the end of a demo', () => {
  it('comes with the reader of its output, and leaves no file', async () => {
    const { child, said, ended } = start();
    await said('Kubernetes at');
    child.stdout.destroy();

    expect(await ended()).toEqual({ code: 0, left: [] });
  });

  it('does not come with the reader of its complaints', async () => {
    const { child, said, ended } = start('--once', '-o', 'json');
    child.stderr.destroy();
    await said('"protocol":"UDP"');
    child.stdout.destroy();

    expect(await ended()).toEqual({ code: 0, left: [] });
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('comes with %s, and leaves no file', async (signal) => {
    const { child, said, ended } = start('--api-only');
    await said('stays up until Ctrl-C');
    child.kill(signal);
    child.stdout.resume();

    expect(await ended()).toEqual({ code: 0, left: [] });
  });

  it('leaves no file, also when somebody cannot wait for it', async () => {
    const { child, said, ended } = start();
    await said('Kubernetes at');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    child.stdout.resume();

    expect((await ended()).left).toEqual([]);
  });
});
