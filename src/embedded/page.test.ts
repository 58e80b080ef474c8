import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseListOptions } from './list-options.ts';
import { page } from './page.ts';
import { StatusError } from './status-object.ts';
import { Store } from './store.ts';

const options = (query: string) => parseListOptions(new URLSearchParams(query), 'Service');
const put = (store: Store, name: string, labels: Record<string, string> = {}) =>
  store.put('things', `ns/${name}`, { kind: 'Thing', apiVersion: 'v1', metadata: { name, namespace: 'ns', labels } });

function refused(run: () => unknown): StatusError {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('all pages of a list show the moment of the first, whatever is written meanwhile', () => {
  const script = fc.array(fc.record({ name: fc.stringMatching(/^[a-h]$/), remove: fc.boolean() }), { maxLength: 12 });
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-h]$/)), fc.integer({ min: 1, max: 4 }), script, (names, limit, meanwhile) => {
      const store = new Store(1000);
      for (const name of names) put(store, name);
      const things = store.collection('things');
      const shown: string[] = [];
      const versions = new Set<number>();
      let token = '';
      let at = 0;
      do {
        const one = page(things, 'ns/', options(`limit=${limit}&continue=${token}`), store.version);
        shown.push(...one.items.map((item) => item.metadata.name ?? ''));
        versions.add(one.version);
        token = one.continueToken;
        const step = meanwhile[at++];
        if (step?.remove === true) store.remove('things', `ns/${step.name}`);
        else if (step !== undefined) put(store, step.name);
      } while (token !== '');

      expect(shown).toEqual(names.toSorted());
      expect(versions.size).toBe(1);
    }),
  );
});

test('a page says how many come after it, unless a selector is at work', () => {
  const store = new Store(10);
  for (const name of ['a', 'b', 'c']) put(store, name, { app: 'x' });

  expect(page(store.collection('things'), '', options('limit=2'), store.version)).toMatchObject({ remaining: 1 });
  expect(page(store.collection('things'), '', options('limit=2&labelSelector=app%3Dx'), store.version).remaining).toBeUndefined();
});

test('after compaction a continue token gets 410 with a token that goes on from now', () => {
  const store = new Store(10);
  for (const name of ['a', 'b']) put(store, name);
  const first = page(store.collection('things'), 'ns/', options('limit=1'), store.version);
  put(store, 'c');
  store.compact();

  const error = refused(() => page(store.collection('things'), 'ns/', options(`limit=1&continue=${first.continueToken}`), store.version));
  expect(error).toMatchObject({ code: 410, body: { reason: 'Expired' } });
  const { continue: next } = error.body['metadata'] as { continue: string }; // 410 of a token carries one
  const rest = page(store.collection('things'), 'ns/', options(`continue=${next}`), store.version);
  expect(rest.items.map((item) => item.metadata.name)).toEqual(['b', 'c']);
});

test('an exact version is rebuilt, a forgotten one is 410, one of the future 504', () => {
  const store = new Store(10);
  put(store, 'a');
  put(store, 'b');

  const exact = page(store.collection('things'), '', options('resourceVersion=1&resourceVersionMatch=Exact'), store.version);
  expect(exact.items.map((item) => item.metadata.name)).toEqual(['a']);
  store.compact();
  put(store, 'c');
  const old = options('resourceVersion=1&resourceVersionMatch=Exact');
  expect(refused(() => page(store.collection('things'), '', old, store.version)).code).toBe(410);
  expect(refused(() => page(store.collection('things'), '', options('resourceVersion=99'), store.version)).code).toBe(504);
});

test.each([
  ['no base64 of JSON', 'zz zz'],
  ['no object', Buffer.from('7').toString('base64url')],
  ['another version', Buffer.from('{"v":"v9"}').toString('base64url')],
  ['no resource version', Buffer.from('{"v":"meta.k8s.io/v1"}').toString('base64url')],
  ['no start', Buffer.from('{"v":"meta.k8s.io/v1","rv":1,"start":""}').toString('base64url')],
])('a token with %s is 400', (_what, token) => {
  const store = new Store(10);
  expect(refused(() => page(store.collection('things'), '', options(`continue=${encodeURIComponent(token)}`), 1)).code).toBe(400);
});
