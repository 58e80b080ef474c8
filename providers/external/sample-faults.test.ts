import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import type { LbError } from '../../src/errors.ts';
import { Bed, spec } from './test-bed.ts';
import { python } from '../../test/fixtures/external-provider/python.ts';

const root = join(import.meta.dirname, '../..');
const between = join(root, 'test/fixtures/external-provider/go-between.mjs');
const folder = mkdtempSync(join(tmpdir(), 'portolan-faults-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What each fault does to the one change it spoils: afterwards there is one load balancer, whether it was made before or is made now. */
it.skipIf(!python).each([
  ['dies-before', 0, 'ended with exit code 7', 0],
  ['dies-after', 0, 'ended with exit code 8', 1],
  ['half-a-line', 0, 'in the middle of a line', 1],
  ['garbage', 0, 'what is no message of the protocol', 0],
  ['long-line', 0, 'a line of more than 4 MiB', 0],
  ['hangs', 60_000, 'did not answer apply in time', 0],
] as const)('the sample, where a change %s, is started again and serves on (needs python3 3.11)', async (how, afterMs, text, made) => {
  const bed = new Bed();
  const sample = ['python3', join(root, 'docs/guide/sample-provider/provider.py')];
  const flag = join(folder, `${how}.flag`);
  const command = [process.execPath, between, how, flag, ...sample];
  const definition = await bed.describe({ command });
  const connection = { command, stateFile: join(folder, `${how}.json`), publicRange: '127.80.79.0/28' };
  const provider = definition.create(connection, bed.host);
  await provider.start('control', bed.ctx);
  const want = spec({ listeners: [], settings: { udpIdleTimeout: 1_000 } });
  const look = () => provider.observe(want, { maxAgeMs: 0 }, bed.ctx);
  const [create] = (await provider.plan(want, await look())).steps;
  if (create === undefined) throw new Error('there is nothing to make');

  const applying = Promise.resolve(provider.apply(create, bed.ctx)).catch((error: LbError) => error);
  await vi.waitFor(() => expect(existsSync(flag)).toBe(true), 10_000);
  await bed.clock.advanceAsync(afterMs);
  expect(await applying).toMatchObject({ code: 'OutcomeUnknown', verdict: 'in-doubt', text: expect.stringContaining(text) });
  // A hung process is ended when it does not answer the cancellation either; after that the first back-off.
  if (afterMs > 0) await bed.clock.advanceAsync(10_000);
  await bed.clock.advanceAsync(1_000);
  await vi.waitFor(() => expect(bed.said.map(({ message }) => message)).toContain('the process of the provider runs again'), 10_000);

  expect(await Array.fromAsync(provider.inventory(bed.ctx))).toHaveLength(made);
  for (const step of (await provider.plan(want, await look())).steps) await provider.apply(step, bed.ctx);
  expect(await provider.report(want, await look())).toMatchObject({ id: 'lb-1', ingress: [{ ip: '127.80.79.1' }] });
  expect(await Array.fromAsync(provider.inventory(bed.ctx))).toHaveLength(1);
  await provider.close();
});
