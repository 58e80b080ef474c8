import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { writeKubeconfig } from './kubeconfig-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

const server = 'http://127.90.0.1:1234';

describe('the kubeconfig of a demo', () => {
  it('names the server, and goes with the demo', async () => {
    const path = join(folder, 'config');

    const remove = await writeKubeconfig(path, server);

    expect(parse(await readFile(path, 'utf8'))).toMatchObject({ clusters: [{ cluster: { server } }], 'current-context': 'portolan-demo' });
    expect((await stat(path)).mode & 0o077).toBe(0);
    remove();
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('never takes the place of a file the demo did not write', async () => {
    const path = join(folder, 'mine');
    await writeFile(path, 'apiVersion: v1\n');

    await expect(writeKubeconfig(path, server)).rejects.toMatchObject({ code: 'InvalidFlag', field: '--kubeconfig' });

    expect(await readFile(path, 'utf8')).toBe('apiVersion: v1\n');
  });

  it('takes the place of one that a killed demo left behind', async () => {
    const path = join(folder, 'config');
    await writeKubeconfig(path, server);

    await writeKubeconfig(path, 'http://127.90.1.1:1');

    expect(await readFile(path, 'utf8')).toContain('http://127.90.1.1:1');
  });

  it('stays when somebody else has written it since', async () => {
    const path = join(folder, 'config');
    const remove = await writeKubeconfig(path, server);
    await writeFile(path, 'mine now\n');

    remove();

    expect(await readFile(path, 'utf8')).toBe('mine now\n');
  });

  it('says what is wrong with a folder, and with a path that leads nowhere', async () => {
    await expect(writeKubeconfig(folder, server)).rejects.toMatchObject({ code: 'InvalidFlag', text: expect.stringContaining('EISDIR') });
    await expect(writeKubeconfig(join(folder, 'no', 'where'), server)).rejects.toMatchObject({ code: 'InvalidFlag' });
  });
});
