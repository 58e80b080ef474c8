import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { Renewals } from './renewals.ts';

const path = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/portolan';
const lease = (spec: JsonObject, resourceVersion = '7'): JsonObject => ({
  metadata: { namespace: 'kube-system', name: 'portolan', resourceVersion, annotations: { a: 'b' } },
  spec: { holderIdentity: 'me', ...spec },
});
const mirror = { get: () => lease({ renewTime: 'first' }) };
const put = (body: JsonObject) => ({ method: 'PUT', path: `${path}?fieldManager=portolan`, body: JSON.stringify(body) });
const got = (body: JsonObject) => ({ status: 200, headers: {}, body: JSON.stringify(body) });

test('a renewal that changes nothing but its time is answered, and shown to others', () => {
  const renewals = new Renewals();

  expect(renewals.answer(put(lease({ renewTime: 'second' })), mirror)?.status).toBe(200);
  const shown = renewals.shown({ method: 'GET', path }, got(lease({ renewTime: 'first' })));

  expect(JSON.parse(shown.body)).toEqual(lease({ renewTime: 'second' }));
});

test('the server is asked where anything else changes, or the version is an old one', () => {
  const renewals = new Renewals();

  expect(renewals.answer(put(lease({ renewTime: 'second', holderIdentity: 'other' })), mirror)).toBeUndefined();
  expect(renewals.answer(put(lease({ renewTime: 'second' }, '6')), mirror)).toBeUndefined();
  expect(renewals.answer(put(lease({})), { get: () => undefined })).toBeUndefined();
  expect(renewals.answer({ method: 'GET', path }, mirror)).toBeUndefined();
});

test('what the server has since then counts more than a renewal it was not told of', () => {
  const renewals = new Renewals();
  renewals.answer(put(lease({ renewTime: 'second' })), mirror);
  const later = got(lease({ renewTime: 'third' }, '8'));

  expect(renewals.shown({ method: 'GET', path }, later)).toBe(later);
});
