import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { CallFault } from '../fixtures/memory-cloud.ts';
import { toyWorld } from './toy-world.ts';
import type { World } from './world.ts';

const names = ['a', 'b'] as const;
const name = fc.constantFrom(...names);
const ports = fc.uniqueArray(fc.constantFrom(80, 81, 443), { minLength: 1, maxLength: 3 });

const edits = ['create', 'delete', 'recreate', 'retype', 'approve', 'strip', 'wipe', 'overwrite'] as const;

type Action =
  | { readonly do: (typeof edits)[number]; readonly name: string }
  | { readonly do: 'ports'; readonly name: string; readonly ports: readonly number[] }
  | { readonly do: 'scheme'; readonly name: string; readonly scheme: string | null }
  | { readonly do: 'node'; readonly node: string }
  | { readonly do: 'fault'; readonly operation: string; readonly fault: CallFault }
  | { readonly do: 'class'; readonly settings: Readonly<Record<string, string>> }
  | { readonly do: 'restart' | 'drop' | 'expire' }
  | { readonly do: 'wait'; readonly ms: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('create' as const), name }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom(...edits), name }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('ports' as const), name, ports }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('scheme' as const), name, scheme: fc.constantFrom('public', 'internal', 'sideways', null) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('node' as const), node: fc.constantFrom('n3', 'n4') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      operation: fc.constantFrom('create', 'delete', 'listener', 'members', 'read'),
      fault: fc.constantFrom<CallFault>('error-before', 'lost-reply', 'late'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('class' as const),
      settings: fc.constantFrom<Record<string, string>>({}, { flavour: 'sweet' }, { flavour: 'forbidden' }, { scheme: 'internal' }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'drop' as const, 'expire' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 500, 3_000, 70_000) }) },
);

async function carryOut(world: World, cloud: Awaited<ReturnType<typeof toyWorld>>['cloud'], step: Action): Promise<void> {
  switch (step.do) {
    case 'create':
      if (world.service(step.name) === undefined) await world.createService(step.name);
      return;
    case 'delete':
      if (world.service(step.name) !== undefined) await world.deleteService(step.name);
      return;
    case 'recreate':
      // In one go: the controller sees one name with two identities. Without a finalizer only this process knows the first
      // one (contract C10), so it gets the time to clean up.
      if (world.service(step.name)?.deleting !== false) return;
      cloud.faults.clear();
      await patch({ metadata: { finalizers: null } });
      await world.deleteService(step.name);
      await world.createService(step.name);
      return await world.rest(70_000);
    case 'wipe':
      return await patch({ status: { conditions: [] } }, '/status');
    case 'overwrite':
      if (world.service(step.name)?.type !== 'LoadBalancer') return;
      return await patch({ status: { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } } }, '/status');
    case 'class':
      return world.reload({ classes: world.config.classes.map((klass) => ({ ...klass, settings: step.settings })) });
    case 'retype':
      return await patch({ spec: { type: world.service(step.name)?.type === 'LoadBalancer' ? 'ClusterIP' : 'LoadBalancer' } });
    case 'strip':
      return await patch({ metadata: { finalizers: null } });
    case 'approve': {
      const code = /approve: "([0-9a-f]+)"/.exec(world.message(step.name, 'portolan.dev/Programmed'))?.[1];
      return code === undefined ? undefined : await patch({ metadata: { annotations: { 'portolan.dev/approve': code } } });
    }
    case 'ports':
      return await patch({ spec: { ports: step.ports.map((port) => ({ name: `p${port}`, port })) } });
    case 'scheme':
      return await patch({ metadata: { annotations: { 'portolan.dev/scheme': step.scheme } } });
    case 'node': {
      const there = world.api.get('', 'v1', 'nodes', undefined, step.node) !== undefined;
      await (there ? world.deleteNode(step.node) : world.addNodes(step.node));
      return;
    }
    case 'fault':
      return cloud.plan(step.operation, step.fault);
    case 'restart':
      return await world.restart();
    case 'drop':
      return world.api.faults.dropWatches();
    case 'expire':
      world.api.compact();
      return world.api.faults.expireWatches();
    case 'wait':
      return await world.rest(step.ms);
  }

  async function patch(body: JsonObject, sub = ''): Promise<void> {
    if (!('name' in step) || world.service(step.name) === undefined || world.service(step.name)?.deleting === true) return;
    await world.patchService(step.name, body, sub);
  }
}

/** What must be true at any moment: nothing is there twice. */
function checkNow(cloud: Awaited<ReturnType<typeof toyWorld>>['cloud']): void {
  const seen = cloud.balancers.map(({ marks, scheme }) => `${marks['portolan.dev/key']} ${scheme}`);
  expect(new Set(seen).size, `one of a kind: ${seen.join(', ')}`).toBe(seen.length);
}

/** What must be true whatever happened, once faults have ended and time has passed. */
function check(world: World, cloud: Awaited<ReturnType<typeof toyWorld>>['cloud']): void {
  const nodes = world.api.list('', 'v1', 'nodes').map((node) => (node.metadata as { name: string }).name);
  const members = nodes.toSorted().join(',');
  const accounted = new Set<string>();
  for (const each of names) {
    const service = world.service(each);
    const own = service === undefined ? [] : cloud.balancers.filter(({ marks }) => marks['portolan.dev/key'] === `service/${service.uid}`);
    for (const { id } of own) accounted.add(id);
    if (service === undefined) continue;
    expect(service.deleting, `${each} is stuck`).toBe(false);
    const conditions = world.conditions(each);
    if (service.type !== 'LoadBalancer') {
      expect(own, `${each} wants none`).toEqual([]);
      expect(service.finalizers).toEqual([]);
      continue;
    }
    for (const balancer of own) expect(balancer.members, `members of ${each}`).toBe(members);
    if (conditions['Accepted'] !== 'True Accepted' || conditions['Programmed'] !== 'True Programmed') {
      expect(`${conditions['Accepted']} ${conditions['Programmed']}`).toMatch(
        /InvalidSetting|ApprovalRequired|ClassChange|UnsupportedFeature/,
      );
      continue;
    }
    expect(conditions['Applied']).toBe('True Applied');
    expect(own, `${each} has one balancer`).toHaveLength(1);
    expect(world.addresses(each)).toEqual([own[0]?.address]);
    expect(own[0]?.listeners).toEqual(
      Object.fromEntries(service.ports.map(({ protocol, port, nodePort }) => [`${protocol}/${port}`, nodePort])),
    );
    expect(service.finalizers).toEqual(['portolan.dev/lb.toy']);
  }
  expect(
    cloud.balancers.filter(({ id }) => !accounted.has(id)),
    'no orphan',
  ).toEqual([]);
}

it('ends in the right state whatever edits, restarts and faults came before (property)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
      const { world, cloud } = await toyWorld();
      try {
        await world.start();
        for (const step of actions) {
          await carryOut(world, cloud, step);
          await world.rest();
          checkNow(cloud);
        }
        cloud.faults.clear();
        await world.rest(1_500_000);
        check(world, cloud);
        cloud.calls.length = 0;
        world.api.clearLog();
        await world.rest(60_000);
        expect(world.writes(), 'quiet when done').toEqual([]);
      } finally {
        await world.stop();
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
