import { expect, test } from 'vitest';
import { serviceNamed, testApi } from './client-for-tests.ts';

const team = '/api/v1/namespaces/team';

async function withTeam() {
  const client = testApi();
  await client.post('/api/v1/namespaces', { metadata: { name: 'team' } });
  return client;
}

test('a deleted namespace takes its contents along, and is gone when the last finalizer is', async () => {
  const { clock, get, post, patch, remove } = await withTeam();
  await post(`${team}/services`, serviceNamed('free'));
  await post(`${team}/services`, serviceNamed('held', {}, { finalizers: ['example.com/x'] }));
  expect((await remove(team)).body).toMatchObject({ status: { phase: 'Terminating' } });
  expect((await remove(team)).body).toMatchObject({ status: { phase: 'Terminating' } });
  expect((await post(`${team}/services`, serviceNamed('late'))).body).toMatchObject({ code: 403, details: { name: 'late' } });

  await clock.advanceAsync(1000);
  expect((await get(`${team}/services`)).body['items']).toMatchObject([
    { metadata: { name: 'held', deletionTimestamp: expect.any(String) } },
  ]);
  await patch(team, { metadata: { labels: { a: 'b' } } });
  expect((await get(team)).status).toBe(200);

  await patch(`${team}/services/held`, { metadata: { finalizers: null } });
  await clock.advanceAsync(1000);
  expect((await get(team)).status).toBe(404);
});

test('a deleted namespace takes along what two groups show, once', async () => {
  const { clock, get, post, remove } = await withTeam();
  const involvedObject = { kind: 'Service', name: 'a', namespace: 'team' };
  expect((await post(`${team}/events`, { metadata: { name: 'a.1' }, involvedObject, reason: 'Told' })).status).toBe(201);
  expect((await get('/apis/events.k8s.io/v1/namespaces/team/events')).body['items']).toHaveLength(1);
  await remove(team);

  await clock.advanceAsync(1000);

  expect((await get(team)).status).toBe(404);
});

test('a dry run of the deletion deletes nothing', async () => {
  const { clock, get, remove } = await withTeam();
  expect((await remove(`${team}?dryRun=All`)).body).toMatchObject({ status: { phase: 'Terminating' } });
  await clock.advanceAsync(1000);
  expect((await get(team)).body).toMatchObject({ status: { phase: 'Active' } });
});

test('a phase that does not fit is refused', async () => {
  const { patch } = await withTeam();
  expect((await patch(`${team}/status`, { status: { phase: 'Terminating' } })).body).toMatchObject({ code: 422 });
  expect((await patch(`${team}/status`, { status: { conditions: [{ type: 'A', status: 'True' }] } })).status).toBe(200);
});

test('finalizers the garbage collector works for are taken away by it', async () => {
  const { clock, get, post, remove } = await withTeam();
  await post(`${team}/services`, serviceNamed('a'));
  await post(`${team}/services`, serviceNamed('b'));
  await remove(`${team}/services/a`, { propagationPolicy: 'Foreground' });
  await remove(`${team}/services/b?propagationPolicy=Orphan`);
  expect((await get(`${team}/services/a`)).body).toMatchObject({ metadata: { finalizers: ['foregroundDeletion'] } });

  await clock.advanceAsync(1000);
  expect((await get(`${team}/services`)).body['items']).toEqual([]);
});
