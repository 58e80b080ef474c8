import { setTimeout as pause } from 'node:timers/promises';
import * as fc from 'fast-check';
import { portsOf } from './cluster.ts';
import type { World } from './world.ts';

const edits = ['ports', 'ranges', 'policy', 'timeout', 'scheme', 'type', 'delete'] as const;

/** What users do in a short time, and when the controller dies meanwhile. All times in milliseconds. */
export interface Moment {
  readonly edits: readonly {
    readonly name: string;
    readonly what: (typeof edits)[number];
    readonly variant: boolean;
    readonly gapMs: number;
  }[];
  /** A node comes, or goes where it is there. */
  readonly node: boolean;
  /** From the first edit on. */
  readonly killMs: number;
  /** The successor dies too, so long after it was started. */
  readonly againMs?: number;
  readonly end: 'SIGTERM' | 'SIGKILL';
}

const editOf = fc.record({
  name: fc.constantFrom('red', 'green', 'blue', 'white'),
  what: fc.constantFrom(...edits),
  variant: fc.boolean(),
  gapMs: fc.nat(60),
});

const moment: fc.Arbitrary<Moment> = fc.record(
  {
    edits: fc.uniqueArray(editOf, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
    node: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    // Most edits are dealt with in a tenth of a second; a change of the scheme takes longer than its handover of one second.
    killMs: fc.oneof({ weight: 3, arbitrary: fc.nat(150) }, { weight: 1, arbitrary: fc.nat(1_800) }),
    againMs: fc.nat(700),
    end: fc.constantFrom('SIGTERM', 'SIGKILL'),
  },
  { requiredKeys: ['edits', 'node', 'killMs', 'end'] },
);

const deathsOf = ({ againMs }: Moment): number => (againMs === undefined ? 1 : 2);

/** Moments with so many deaths together; the same for the same seed. */
export function momentsOf(seed: number, deaths: number): readonly Moment[] {
  const chosen: Moment[] = [];
  let left = deaths;
  for (const { againMs, ...once } of fc.sample(moment, { seed, numRuns: deaths })) {
    if (left <= 0) break;
    const next: Moment = againMs === undefined || left === 1 ? once : { ...once, againMs };
    chosen.push(next);
    left -= deathsOf(next);
  }
  return chosen;
}

/** Lets one happen to a world that is right, and sees that it is right again and has nothing left to do. */
export async function live(world: World, moment: Moment): Promise<void> {
  const what = JSON.stringify(moment);
  await Promise.all([kill(world, moment), act(world, moment)]);
  await world.right(what);
  await world.restart(what, moment.end);
}

async function kill({ controller }: World, { killMs, againMs }: Moment): Promise<void> {
  await pause(killMs);
  await controller.kill();
  if (againMs === undefined) return;
  await pause(againMs);
  await controller.kill();
}

async function act(world: World, { edits, node }: Moment): Promise<void> {
  const { cluster } = world;
  if (node) await (cluster.nodes().some(({ name }) => name === 'node-4') ? cluster.removeNode(4) : cluster.addNode(4));
  let startMs = 0;
  const each = edits.map(async (edit) => {
    await pause((startMs += edit.gapMs));
    await actOne(world, edit);
  });
  await Promise.all(each);
}

async function actOne({ cluster, otherClient }: World, { name, what, variant }: Moment['edits'][number]): Promise<void> {
  const service = cluster.service(name);
  if (service === undefined) {
    const local = variant ? { externalTrafficPolicy: 'Local' } : {};
    return await cluster.create(name, ['TCP/8080', 'UDP/8080'], local, { 'demo.portolan.dev/endpoints': 'node-2' });
  }
  const isBalanced = service.type === 'LoadBalancer';
  switch (what) {
    case 'ports':
      return await cluster.edit(name, { ports: portsOf(variant ? ['TCP/8081', 'UDP/8080'] : ['TCP/8080', 'UDP/9090', 'TCP/8443']) });
    case 'delete':
      return await cluster.remove(name);
    case 'type':
      // The API server refuses ranges on anything else, so whoever changes the type takes them out too.
      return await cluster.edit(name, isBalanced ? { ...noRanges, type: 'ClusterIP' } : { type: 'LoadBalancer' });
    case 'ranges':
      return await cluster.edit(name, isBalanced && variant ? { loadBalancerSourceRanges: [`${otherClient}/32`] } : noRanges);
    case 'policy':
      return isBalanced ? await cluster.edit(name, { externalTrafficPolicy: variant ? 'Local' : 'Cluster' }) : undefined;
    case 'timeout':
      return await cluster.edit(name, {}, { 'portolan.dev/drain-timeout': variant ? '5s' : null });
    case 'scheme':
      if (!isBalanced) return;
      return await cluster.changeScheme(name, service.annotations['portolan.dev/scheme'] === 'internal' ? 'public' : 'internal');
  }
}

const noRanges = { loadBalancerSourceRanges: null };
