import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { Progress } from './progress.ts';
import type { Tap } from './watch-tap.ts';

const path = '/api/v1/namespaces/default/services/web';
const service = (resourceVersion: string, more: JsonObject = {}): string =>
  JSON.stringify({ kind: 'Service', metadata: { name: 'web', namespace: 'default', uid: 'u1', resourceVersion, ...more } });
const seen = (version: number, gone: readonly string[] = []) => ({
  has: (resource: string) => resource === 'services',
  version: () => version,
  isGone: (uid: string) => gone.includes(uid),
});
const tap = (delivered: number, paused = false): Tap => ({ resource: 'services', delivered, paused }) as Tap; // all that is asked of one
const none = new Set<Tap>();

test('a write is waited for until the mirror shows it', () => {
  const progress = new Progress();
  progress.written('PATCH', `${path}/status`, service('12'));

  expect(progress.awaits(seen(11), none)).toContain('the mirror is behind');
  expect(progress.awaits(seen(12), none)).toBeUndefined();
});

test('an end is waited for by its UID: the last finalizer taken off, or a deletion answered with a Status', () => {
  const progress = new Progress();
  progress.written('PATCH', path, service('12', { deletionTimestamp: 'now' }));
  progress.written('DELETE', '/api/v1/nodes/n1', JSON.stringify({ kind: 'Status', details: { uid: 'u2' } }));

  expect(progress.awaits(seen(99, ['u1']), none)).toContain('u2');
  expect(progress.awaits(seen(99, ['u1', 'u2']), none)).toBeUndefined();
});

test('a deletion that a finalizer holds up is a change like others', () => {
  const progress = new Progress();
  progress.written('DELETE', path, service('12', { deletionTimestamp: 'now', finalizers: ['f'] }));

  expect(progress.awaits(seen(12), none)).toBeUndefined();
});

test('each watch must have shown what the mirror shows, unless it is frozen', () => {
  const progress = new Progress();

  expect(progress.awaits(seen(12), new Set([tap(12), tap(11)]))).toContain('is at 11');
  expect(progress.awaits(seen(12), new Set([tap(12), tap(11, true)]))).toBeUndefined();
});

test('a call is under way until it is answered', async () => {
  const progress = new Progress();
  const answer = Promise.withResolvers<string>();
  const call = progress.during(() => answer.promise);
  const rest = progress.until(() => progress.awaits(seen(0), none)).then(() => 'rests');

  expect(progress.awaits(seen(0), none)).toBe('1 calls are under way');
  answer.resolve('done');
  expect(await call).toBe('done');
  expect(await rest).toBe('rests');
});

test('a mirror that has failed is told of, not waited for', async () => {
  const progress = new Progress();
  const rest = progress.until(() => 'never');
  progress.failed(new Error('410'));

  await expect(rest).rejects.toThrow('the watches of the mirror have ended');
});
