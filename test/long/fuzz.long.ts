import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { PassResult } from '../../src/conformance/result.ts';
import { sizeOf } from './sizes.ts';
import { subjects } from './subjects.ts';

/*
 * Random stories against every oracle of the conformance kit, in two processes. A violation names the seed and the path by
 * which it is told again, and the smallest story that brings it about.
 */
const { edits } = sizeOf('fuzz');
// CI tells the same stories each time, so that a change of the code is what makes them end otherwise; --full looks for new ones.
const fresh = process.env['PORTOLAN_FULL'] === '1' ? Math.floor(Math.random() * 2 ** 30) : 1;
const seed = Number(process.env['PORTOLAN_SEED'] ?? fresh);
const processes = 2;

function inProcess(subject: string, from: number, share: number): Promise<PassResult> {
  const child = fork(fileURLToPath(new URL('./fuzz/fuzzer.ts', import.meta.url)), [subject, String(from), String(share)], { execArgv: [] });
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as unknown as PassResult)); // sent by fuzzer.ts
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the process ended with ${code} before it had told its stories`)));
  });
}

test.for(subjects)(`random stories violate no oracle, on $name (PORTOLAN_SEED=${seed})`, { timeout: 45 * 60_000 }, async ({ name }) => {
  const start = performance.now();
  const shares = Array.from({ length: processes }, (_, index) => inProcess(name, seed + index * 2 ** 29, edits / processes));
  const results = await Promise.all(shares);
  const minutes = (performance.now() - start) / 60_000;
  for (const line of results.flatMap(({ lines }) => lines)) process.stdout.write(`fuzz, ${name}: ${line}\n`);
  process.stdout.write(`fuzz, ${name}: ${Math.round(edits / minutes)} edits a minute\n`);

  expect(results.flatMap(({ violations }) => violations)).toEqual([]);
});
