import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ranWith } from '../../../test/builders/command-run.ts';
import { suiteResult } from '../../../test/builders/suite-results.ts';
import { MemoryCloud } from '../../../test/fixtures/memory-cloud.ts';
import { memoryProvider } from '../../../test/fixtures/memory-provider.ts';
import type { ConformanceCase } from '../../conformance/case.ts';
import type { ConformanceFlags } from '../conformance.ts';
import { runConformance, type ConformanceSeams } from './run-conformance.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'portolan-conformance-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const told = (id: string, addresses: number): ConformanceCase => ({
  id,
  title: `a Service has ${addresses} addresses`,
  steps: [
    { do: 'create', service: 'web' },
    { do: 'rest', ms: 5_000 },
    { check: 'ingress', service: 'web', count: addresses, rows: ['F1'] },
  ],
});
const seams: ConformanceSeams = {
  cases: [told('good/one', 1), told('bad/two', 2)],
  subject: () =>
    Promise.resolve({
      name: 'toy',
      flags: '--provider toy',
      simulate: async (clock) => ({
        definition: memoryProvider(new MemoryCloud(clock), { settleMs: 0 }),
        connection: {},
        crash: () => {},
      }),
    }),
};
const run = (flags: Partial<ConformanceFlags>, signal?: AbortSignal, more: ConformanceSeams = {}) =>
  ranWith((io) =>
    runConformance({ edits: '10', seed: '5', output: 'text', pass: ['cases'], ...flags }, signal === undefined ? io : { ...io, signal }, {
      ...seams,
      ...more,
    }),
  );

describe('portolan conformance', () => {
  it('ends with 0 where all is well', async () => {
    const { code, out, err } = await run({ area: ['good'] });

    expect(code, out).toBe(0);
    expect(out).toContain('toy conforms: 1 case, 1 check');
    expect(err).toMatch(/^good: 1 case \(/);
  });

  it('ends with 3 where a case failed, and says how to run only that one', async () => {
    const { code, out, err } = await run({});

    expect(code).toBe(3);
    expect(out).toContain('FAILED bad/two, step 3: ');
    expect(out).toContain('  expected check ingress, service web, count 2\n');
    expect(out).toContain('only this: portolan conformance --provider toy --seed 5 --edits 10 --case bad/two');
    expect(err).toContain('failed: bad/two: ');
  });

  it('gives the same report twice, and no time in it', async () => {
    const [first, second] = [await run({ output: 'json' }), await run({ output: 'json' })];

    expect(second.out).toBe(first.out);
    expect(JSON.parse(first.out)).toMatchObject({ conforms: false, seed: 5, counts: { all: { checks: 2 } } });
  });

  it('writes the files that are asked for beside what it prints', async () => {
    const [xml, page] = [join(folder, 'junit.xml'), join(folder, 'page')];
    const { out } = await run({ report: [xml, `${page}:markdown`] });

    expect(await readFile(xml, 'utf8')).toContain('<failure ');
    expect(await readFile(page, 'utf8')).toContain('does **not** conform');
    expect(out).toContain('Conformance of toy');
  });

  it('says what is known when it is stopped, and writes no file that looks whole', async () => {
    const { code, out } = await run({ report: [join(folder, 'stopped.xml')] }, AbortSignal.abort());

    expect(code).toBe(1);
    expect(out).toContain('stopped before the end');
    expect(await readdir(folder)).not.toContain('stopped.xml');
  });

  it('ends with 3 where a pass found a violation', async () => {
    const fuzz = { pass: 'fuzz', lines: [], runs: 1, violations: [{ where: 'seed 5, edit 3', text: 'two addresses' }] } as const;
    const { code, out } = await run({ pass: ['fuzz'] }, undefined, { suite: () => Promise.resolve(suiteResult([], [fuzz])) });

    expect(code).toBe(3);
    expect(out).toContain('FAILED fuzz: seed 5, edit 3: two addresses');
  });

  it('is no success where a pass that was asked for did not run', async () => {
    const nothing = run({ pass: ['crash', 'fuzz'] }, undefined, { suite: () => Promise.resolve(suiteResult([])) });

    await expect(nothing).rejects.toMatchObject({ code: 'InternalError', text: 'asked for and not run: pass crash, fuzz' });
  });

  it('lists the cases without a provider; as JSON with their steps', async () => {
    const text = await run({ list: true, area: ['good'] });
    const json = await run({ list: true, output: 'json' });

    expect(text).toMatchObject({ code: 0, out: 'good\n  good/one  a Service has 1 addresses [F1]\n1 case\n' });
    expect(JSON.parse(json.out)).toEqual({ cases: seams.cases });
    await expect(run({ list: true, output: 'junit' })).rejects.toMatchObject({ code: 'InvalidFlag', field: '--output' });
  });
});
