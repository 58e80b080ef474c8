import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProviderEntry } from '../../../providers/registry.ts';
import type { Simulate } from '../../conformance/simulation.ts';
import { readConnection } from './connection-file.ts';
import { subjectOf } from './subject.ts';

const never: Simulate = () => Promise.reject(new Error('not run here'));
const load: ProviderEntry['load'] = () => Promise.reject(new Error('not loaded here'));
const kinds: Readonly<Record<string, ProviderEntry>> = {
  both: { load, simulate: never, real: never },
  memory: { load, simulate: never },
  neither: { load },
};

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'portolan-subject-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

test('a provider is tried on its cloud in memory, or on one of its own', async () => {
  expect(await subjectOf({ provider: 'memory' }, kinds)).toEqual({ name: 'memory', simulate: never, flags: '--provider memory' });
  expect(await subjectOf({ provider: 'both', real: true }, kinds)).toMatchObject({ flags: '--provider both --real' });
});

test('a program is named by its command, which can be copied back', async () => {
  const connection = await file('named.yaml', 'shelf: 3\n');

  expect(await subjectOf({ command: "python3 'my provider.py'", connection }, kinds)).toMatchObject({
    name: "python3 'my provider.py'",
    flags: String.raw`--command 'python3 '\''my provider.py'\''' --connection '${connection}'`,
  });
});

test.each<[Parameters<typeof subjectOf>[0], string, string]>([
  [{}, '--provider', 'no provider is named'],
  [{ provider: 'memry' }, '--provider', 'there is no provider memry (did you mean memory?)'],
  [{ provider: 'xyzzy' }, '--provider', 'there is no provider xyzzy'],
  [{ provider: 'neither' }, '--provider', 'provider neither has no cloud in memory'],
  [{ provider: 'memory', real: true }, '--real', 'provider memory has no cloud of its own to be tried on'],
  [{ provider: 'memory', command: 'x' }, '--command', '--provider and --command name two providers'],
  [{ command: 'x', real: true }, '--real', '--real is for --provider'],
  [{ command: "x 'y" }, '--command', "a ' is left open"],
  [{ provider: 'memory', connection: 'x.yaml' }, '--connection', '--connection is for --command'],
])('%j is refused', async (flags, field, text) => {
  await expect(subjectOf(flags, kinds)).rejects.toMatchObject({ code: 'InvalidFlag', field, text: expect.stringContaining(text) });
});

test('a connection is read from YAML and from JSON', async () => {
  expect(await readConnection(await file('a.yaml', 'shelf: { rows: [1, two, null] }\nfull: false\n'))).toEqual({
    shelf: { rows: [1, 'two', null] },
    full: false,
  });
  expect(await readConnection(await file('a.json', '{"shelf": 1}'))).toEqual({ shelf: 1 });
});

test.each([
  ['list.yaml', '- 1\n', 'it is no mapping'],
  ['text.yaml', 'just a word\n', 'it is no mapping'],
  ['broken.yaml', 'a: [1\n', 'not valid YAML'],
])('a connection in %s is refused', async (name, text, why) => {
  await expect(readConnection(await file(name, text))).rejects.toMatchObject({ code: 'InvalidFlag', text: expect.stringContaining(why) });
});

test('a connection file that is not there is refused', async () => {
  await expect(readConnection(join(folder, 'nowhere.yaml'))).rejects.toMatchObject({ code: 'InvalidFlag', field: '--connection' });
});
