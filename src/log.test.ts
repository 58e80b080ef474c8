import { expect, it } from 'vitest';
import { LbError } from './errors.ts';
import { createLog, silentLog } from './log.ts';

const open = (level: Parameters<typeof createLog>[0]) => {
  const lines: Record<string, unknown>[] = [];
  const log = createLog(level, { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) }); // a log line is an object
  return { log, lines };
};

it('writes one line of JSON per decision: message, facts as fields, time and level', () => {
  const { log, lines } = open('info');
  log.with({ service: 'default/web' }).warn({ pass: 3 }, 'pass failed');
  log.debug({}, 'too fine');
  expect(lines).toMatchObject([{ level: 'warn', msg: 'pass failed', service: 'default/web', pass: 3 }]);
  expect(lines[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
});

it('can be told to say more while it runs', () => {
  const { log, lines } = open('error');
  log.info({}, 'unheard');
  log.setLevel('debug');
  log.debug({}, 'heard');
  log.error({}, 'heard too');
  expect(lines.map(({ msg }) => msg)).toEqual(['heard', 'heard too']);
});

it('shows an error with code, verdict, field and cause, and a stranger with its stack', () => {
  const { log, lines } = open('info');
  const cause = new TypeError('socket hung up');
  log.error({ error: new LbError('CloudUnavailable', 'no answer', { cause, field: 'spec.ports' }) }, 'failed');
  log.error({ error: 'a text' }, 'failed');
  expect(lines[0]?.['error']).toMatchObject({
    code: 'CloudUnavailable',
    verdict: 'retry',
    text: 'no answer',
    field: 'spec.ports',
    cause: { name: 'TypeError', text: 'socket hung up' },
  });
  expect(JSON.stringify(lines[0])).toContain('log.test.ts');
  expect(lines[1]?.['error']).toBe('a text');
});

it('can be silent', () => {
  silentLog.with({}).error({}, 'nobody hears');
  silentLog.debug({}, 'this');
});
