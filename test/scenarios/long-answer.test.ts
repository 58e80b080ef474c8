import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

it('an answer that is longer than a pipe reaches whoever reads it, however late', async () => {
  const child = spawn(process.execPath, ['bin/portolan.mjs', 'conformance', '--list', '-o', 'json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'readable');
  const [answer, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>]); // what the event carries

  expect(answer.length).toBeGreaterThan(100_000);
  expect(() => JSON.parse(answer) as unknown).not.toThrow();
  expect(code).toBe(0);
});
