import { expect, it } from 'vitest';
import { LbError } from '../../errors.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { JsonObject } from '../../model/json.ts';
import { clusterId } from '../../model/ids.ts';
import { checkPermissions } from './check.ts';

const signal = new AbortController().signal;
const leaderElection = { enabled: true, namespace: 'portolan-system', name: 'portolan' };

/** An API server that only knows who may do what. */
const server = (may: (attributes: JsonObject) => boolean): KubeClient =>
  ({
    create: (_path: string, { spec }: JsonObject) =>
      Promise.resolve({ status: { allowed: may((spec as { resourceAttributes: JsonObject }).resourceAttributes) } }), // of a review
  }) as unknown as KubeClient; // nothing else is called

const failing = (error: LbError): KubeClient => ({ create: () => Promise.reject(error) }) as unknown as KubeClient; // as above

it('asks for each right, and tells of the one that is missing', async () => {
  const client = server(({ verb, resource }) => verb !== 'watch' || resource !== 'nodes');

  const lines = await checkPermissions(client, { leaderElection }, signal);

  expect(lines).toHaveLength(12);
  expect(lines.filter(({ good }) => !good)).toEqual([{ what: 'may watch nodes', good: false, text: 'no' }]);
});

it('asks for what is needed only: one namespace without a cluster id, leases where the Lease is', async () => {
  const asked: JsonObject[] = [];
  const client = server((attributes) => asked.push(attributes) > 0);

  await checkPermissions(client, { leaderElection }, signal);
  const all = asked.splice(0);
  await checkPermissions(client, { clusterId: clusterId('c1'), leaderElection: { ...leaderElection, enabled: false } }, signal);

  expect(all).toContainEqual({ group: '', resource: 'namespaces', verb: 'get', name: 'kube-system' });
  expect(all).toContainEqual({ group: 'coordination.k8s.io', resource: 'leases', verb: 'update', namespace: 'portolan-system' });
  expect(asked.map(({ resource }) => resource)).toEqual(
    all.map(({ resource }) => resource).filter((name) => name !== 'namespaces' && name !== 'leases'),
  );
});

it('takes a server without authorization as one that forbids nothing, and fails where none answers', async () => {
  const config = { leaderElection };

  const lines = await checkPermissions(failing(new LbError('ApiNotFound', 'no such path')), config, signal);

  expect(lines.every(({ good }) => good)).toBe(true);
  await expect(checkPermissions(failing(new LbError('ApiUnavailable', 'no answer')), config, signal)).rejects.toThrow('no answer');
});
