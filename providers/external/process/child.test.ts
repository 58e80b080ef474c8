import { spawnSync } from 'node:child_process';
import { expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { silentLog } from '../../../src/log.ts';
import { startChild } from './child.ts';

it('a process is gone although something it left behind in a session of its own holds its pipes', async () => {
  const ends: string[] = [];
  const command = ['sh', '-c', 'setsid sleep 30 & exit 3'];
  const child = startChild({ command }, systemClock, silentLog, { line: () => {}, tooLong: () => {}, ended: (how) => ends.push(how) });
  // The other one holds on for longer than a test may take.
  await child.gone;
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

it('one that ignores the end of its input does not outlive a process that exits at once', async () => {
  const stubborn = `console.log(process.pid); setInterval(() => {}, 60_000); process.stdin.resume(); process.on('SIGTERM', () => {});`;
  const script = `
    const { startChild } = await import(${JSON.stringify(new URL('child.ts', import.meta.url).href)});
    const { systemClock } = await import(${JSON.stringify(new URL('../../../src/clock.ts', import.meta.url).href)});
    const command = [process.execPath, '-e', ${JSON.stringify(stubborn)}];
    const line = (pid) => { console.log(String(pid)); process.exit(5); };
    startChild({ command }, systemClock, {}, { line, tooLong() {}, ended() {} });
  `;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const pid = Number(run.stdout);
  expect({ status: run.status, stderr: run.stderr, started: pid > 0 }).toEqual({ status: 5, stderr: '', started: true });

  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 5_000);
});
