import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { silentLog } from '../../../src/log.ts';
import { startChild } from './child.ts';

it('a process is gone although something it left behind in a session of its own holds its pipes', async () => {
  const ends: string[] = [];
  const command = ['sh', '-c', 'setsid sleep 5 & sleep 0.1; exit 3'];
  const child = startChild({ command }, systemClock, silentLog, { line: () => {}, tooLong: () => {}, ended: (how) => ends.push(how) });
  const begun = systemClock.monotonic();
  await child.gone;
  expect(systemClock.monotonic() - begun).toBeLessThan(4_000);
  expect(ends).toEqual(['ended with exit code 3']);
});

it('one that cannot be started for want of files is told, and ends nobody else', () => {
  const script = `
    const { openSync } = await import('node:fs');
    const { startChild } = await import(${JSON.stringify(new URL('child.ts', import.meta.url).href)});
    const { systemClock } = await import(${JSON.stringify(new URL('../../../src/clock.ts', import.meta.url).href)});
    try { for (;;) openSync('/dev/null'); } catch {}
    try { startChild({ command: ['true'] }, systemClock, {}, {}); } catch (error) { process.exitCode = error.code === 'ProviderProcessFailed' ? 7 : 8; }
  `;
  const run = spawnSync('sh', ['-c', 'ulimit -n 64; exec "$0" --input-type=module -e "$1"', process.execPath, script], {
    encoding: 'utf8',
  });
  expect({ status: run.status, stderr: run.stderr }).toMatchObject({ status: 7 });
});
