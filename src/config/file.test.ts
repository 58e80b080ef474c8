import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfigFiles, findConfigFile, readConfigFile } from './file.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'portolan-config-'))));
afterEach(() => rm(folder, { recursive: true }));

const file = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

describe('readConfigFile', () => {
  it('reads text, and drops a byte order mark', async () => {
    expect(await readConfigFile(await file('a.yaml', 'kind: Config\n'))).toBe('kind: Config\n');
    expect(await readConfigFile(await file('b.yaml', '\uFEFFkind: Config\n'))).toBe('kind: Config\n');
  });

  it('follows links, as a ConfigMap has them', async () => {
    await mkdir(join(folder, '..data-1'));
    await writeFile(join(folder, '..data-1', 'portolan.yaml'), 'a: 1');
    await symlink('..data-1', join(folder, '..data'));
    await symlink('..data/portolan.yaml', join(folder, 'portolan.yaml'));
    expect(await readConfigFile(join(folder, 'portolan.yaml'))).toBe('a: 1');
  });

  it.each<[string, string | Uint8Array, string]>([
    ['an empty file', '', 'the file is empty'],
    ['a blank file', ' \n\n', 'the file is empty'],
    ['a binary file', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1]), 'is not a text file'],
    ['a file that is no UTF-8', new Uint8Array([0x61, 0xff, 0xfe]), 'is not a text file'],
    ['a huge file', 'a'.repeat(1_048_577), 'is larger than 1 MiB and cannot be a configuration'],
  ])('refuses %s', async (_title, content, text) => {
    const path = await file('c.yaml', content);
    await expect(readConfigFile(path)).rejects.toMatchObject({ code: 'InvalidConfig', text: `${path}: ${text}` });
  });

  it('refuses a folder, a missing file, a file used as a folder, a loop of links', async () => {
    const plain = await file('d.yaml', 'a: 1');
    const loop = join(folder, 'loop');
    await symlink(loop, loop);
    await expect(readConfigFile(folder)).rejects.toMatchObject({ code: 'InvalidConfig', text: `${folder}: is a folder, not a file` });
    await expect(readConfigFile(join(folder, 'x'))).rejects.toMatchObject({ text: `${join(folder, 'x')}: no such file` });
    await expect(readConfigFile(join(plain, 'x'))).rejects.toMatchObject({ text: `${join(plain, 'x')}: no such file` });
    await expect(readConfigFile(loop)).rejects.toMatchObject({ text: `${loop}: cannot be read (ELOOP)` });
  });

  it.skipIf(process.getuid?.() === 0)('refuses a file this user may not read', async () => {
    const path = await file('e.yaml', 'a: 1');
    await chmod(path, 0);
    await expect(readConfigFile(path)).rejects.toMatchObject({ text: `${path}: this user may not read it` });
  });
});

describe('findConfigFile', () => {
  it('takes what the flag names, there or not', async () => {
    expect(await findConfigFile('/nowhere/x.yaml')).toBe('/nowhere/x.yaml');
  });

  it('takes the first default file that is there', async () => {
    const second = await file('second.yaml', '');
    const first = join(folder, 'first.yaml');
    expect(await findConfigFile(undefined, [first, join(second, 'x'), second])).toBe(second);
    await writeFile(first, '');
    expect(await findConfigFile(undefined, [first, second])).toBe(first);
  });

  it('says where it looked', async () => {
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    await expect(findConfigFile(undefined, [a, b])).rejects.toMatchObject({
      code: 'InvalidConfig',
      text: `no configuration: there is neither ${a} nor ${b}`,
      remedy: 'Name a file with --config',
    });
    expect(defaultConfigFiles).toEqual(['./portolan.yaml', '/etc/portolan/portolan.yaml']);
  });
});
