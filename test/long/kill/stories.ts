import { portsOf } from './cluster.ts';
import type { World } from './world.ts';

/** Something that happens to a world that is right, and what must be so before it. */
export interface Story {
  readonly name: string;
  /** `running`: while a controller looks on, which dies of it. `down`: while none does; the next one dies of what it finds. */
  readonly controller: 'running' | 'down';
  /** Brings the world, whatever happened to it, to where the story begins. */
  readonly prepare: (world: World) => Promise<void>;
  readonly act: (world: World) => Promise<void>;
}

const bothPorts = ['TCP/8080', 'UDP/8080'];
const local = { externalTrafficPolicy: 'Local' };
const onNode2 = { 'demo.portolan.dev/endpoints': 'node-2' };

/** Two Services that nothing happens to: what dies with others must leave them alone. */
export async function bystanders({ cluster }: World): Promise<void> {
  await cluster.create('steady', bothPorts);
  await cluster.create('steady-local', ['TCP/8080'], local, onNode2);
}

const nothing = (): Promise<void> => Promise.resolve();

async function absent({ cluster }: World, name: string): Promise<void> {
  if (cluster.service(name) !== undefined) await cluster.remove(name);
}

/** There; otherwise as it was left. */
async function present(world: World, name: string): Promise<void> {
  if (world.cluster.service(name) === undefined) await world.cluster.create(name, bothPorts);
}

async function withNode({ cluster }: World, number: number, isThere: boolean): Promise<void> {
  const is = cluster.nodes().some(({ name }) => name === `node-${number}`);
  if (is && !isThere) await cluster.removeNode(number);
  if (!is && isThere) await cluster.addNode(number);
}

export const stories: readonly Story[] = [
  {
    name: 'restart after a create and an edit nobody saw',
    controller: 'down',
    prepare: async (world) => {
      await absent(world, 'fresh');
      await present(world, 'edited');
      await world.cluster.edit('edited', { ports: portsOf(bothPorts) });
    },
    act: async ({ cluster }) => {
      await cluster.create('fresh', bothPorts);
      await cluster.edit('edited', { ports: portsOf(['TCP/8081', 'UDP/8080']) });
    },
  },
  {
    name: 'restart after a deletion, a change of type and a new node nobody saw',
    controller: 'down',
    prepare: async (world) => {
      await present(world, 'doomed');
      await present(world, 'retyped');
      await world.cluster.edit('retyped', { type: 'LoadBalancer' });
      await withNode(world, 4, false);
    },
    act: async ({ cluster }) => {
      await cluster.remove('doomed');
      await cluster.edit('retyped', { type: 'ClusterIP' });
      await cluster.addNode(4);
    },
  },
  {
    name: 'create: TCP and UDP on one number, a third port, policy Local',
    controller: 'running',
    prepare: (world) => absent(world, 'fresh'),
    act: ({ cluster }) => cluster.create('fresh', [...bothPorts, 'TCP/8443'], local, onNode2),
  },
  {
    name: 'edit: ports',
    controller: 'running',
    prepare: async (world) => {
      await present(world, 'edited');
      await world.cluster.edit('edited', { ports: portsOf(bothPorts) });
    },
    act: ({ cluster }) => cluster.edit('edited', { ports: portsOf(['TCP/8081', 'UDP/8080', 'UDP/9090']) }),
  },
  {
    name: 'edit: source ranges, timeout',
    controller: 'running',
    prepare: async (world) => {
      await present(world, 'edited');
      await world.cluster.edit('edited', { loadBalancerSourceRanges: null }, { 'portolan.dev/drain-timeout': null });
    },
    act: ({ cluster, otherClient }) =>
      cluster.edit('edited', { loadBalancerSourceRanges: [`${otherClient}/32`] }, { 'portolan.dev/drain-timeout': '7s' }),
  },
  {
    name: 'edit: policy Cluster to Local',
    controller: 'running',
    prepare: async (world) => {
      await present(world, 'edited');
      await world.cluster.edit('edited', { externalTrafficPolicy: 'Cluster' }, onNode2);
    },
    act: ({ cluster }) => cluster.edit('edited', local),
  },
  {
    name: 'edit: scheme, held, approved, handed over',
    controller: 'running',
    prepare: async (world) => {
      await present(world, 'edited');
      await world.right('before the scheme goes back');
      const scheme = world.cluster.service('edited')?.annotations['portolan.dev/scheme'];
      if (scheme === 'internal') await world.cluster.changeScheme('edited', 'public');
    },
    act: ({ cluster }) => cluster.changeScheme('edited', 'internal'),
  },
  {
    name: 'delete',
    controller: 'running',
    prepare: (world) => present(world, 'doomed'),
    act: ({ cluster }) => cluster.remove('doomed'),
  },
  {
    name: 'type changed to ClusterIP',
    controller: 'running',
    prepare: async (world) => {
      await present(world, 'retyped');
      await world.cluster.edit('retyped', { type: 'LoadBalancer' });
    },
    act: ({ cluster }) => cluster.edit('retyped', { type: 'ClusterIP' }),
  },
  {
    name: 'type changed to LoadBalancer',
    controller: 'running',
    prepare: async (world) => {
      await present(world, 'retyped');
      await world.cluster.edit('retyped', { type: 'ClusterIP' });
    },
    act: ({ cluster }) => cluster.edit('retyped', { type: 'LoadBalancer' }),
  },
  {
    name: 'node added',
    controller: 'running',
    prepare: (world) => withNode(world, 4, false),
    act: ({ cluster }) => cluster.addNode(4),
  },
  {
    name: 'node removed',
    controller: 'running',
    prepare: (world) => withNode(world, 4, true),
    act: ({ cluster }) => cluster.removeNode(4),
  },
  { name: 'restart with nothing to do', controller: 'down', prepare: nothing, act: nothing },
];
