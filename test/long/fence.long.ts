import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimRange, type DemoRange } from '../../src/commands/demo/address-range.ts';
import { kubeconfigText } from '../../src/commands/demo/kubeconfig-file.ts';
import type { Checkpoint } from '../../src/model/checkpoint.ts';
import { contains, parseIp } from '../../src/net/ip.ts';
import { Stoppable } from './fence/stoppable.ts';
import { bundleChild } from './kill/bundle.ts';
import { Cluster } from './kill/cluster.ts';
import { businessAt } from './kill/idle.ts';
import { until, type Found } from './kill/until.ts';

/*
 * A leader is stopped (SIGSTOP) between the fence and the call, at each place where something is about to be written; another
 * process waits until the Lease has run out, leads, and does the work in a cloud of its own. Then the first one goes on
 * where it was: it must write nothing any more, neither to its cloud nor to the API server, and end with exit code 1.
 */
let folder = '';
let program = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-fence-'));
  program = await bundleChild(folder, join(import.meta.dirname, 'fence/child.ts'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const servingPort = 8080;
/** A Lease of 15 s, the tries of who waits for it, and a busy machine. */
const takeoverMs = 60_000;

/** A controller's own configuration, state and addresses. */
async function home(name: string, range: DemoRange, cluster: Cluster) {
  const own = join(folder, name);
  await mkdir(own);
  const files = { program, config: join(own, 'portolan.yaml'), kubeconfig: join(own, 'kubeconfig') };
  const stateFile = join(own, 'state.json');
  const config = {
    apiVersion: 'portolan.dev/v1',
    kind: 'Config',
    providers: [{ name: 'here', kind: 'local', connection: { ranges: { public: [range.public] }, stateFile, probeInterval: '200ms' } }],
    classes: [{ id: 'local', name: 'portolan.dev/local', default: true, provider: 'here' }],
    nodeDebounce: '50ms',
    serving: { address: range.api, port: servingPort },
  };
  await writeFile(files.config, stringify(config));
  await writeFile(files.kubeconfig, kubeconfigText(cluster.url));
  return {
    start: (stopAt?: Checkpoint) => new Stoppable(files, stopAt),
    cloud: () => readFile(stateFile, 'utf8').catch(() => ''),
    isIdle: async () => (await businessAt(`http://${range.api}:${servingPort}/metrics`)).isIdle,
    owns: (address: string) => {
      const ip = parseIp(address);
      return ip !== undefined && contains(range.public, ip);
    },
  };
}
type Home = Awaited<ReturnType<typeof home>>;

interface Story {
  readonly at: Checkpoint;
  readonly what: string;
  readonly before?: (cluster: Cluster, first: Home) => Promise<void>;
  readonly act: (cluster: Cluster) => Promise<void>;
  /** What is missing until the second one has done the work. */
  readonly done: (cluster: Cluster, second: Home) => string | undefined;
}

const addressOf = (cluster: Cluster): string => cluster.service('web')?.ingress[0]?.ip ?? '';
const servedBy = (cluster: Cluster, by: Home): string | undefined => (by.owns(addressOf(cluster)) ? undefined : 'web has no address');
const create = (at: Checkpoint, what: string): Story => ({
  at,
  what,
  act: (cluster) => cluster.create('web', ['TCP/8080']),
  done: servedBy,
});

const stories: readonly Story[] = [
  create('begin/before', 'the first patch of a new Service'),
  create('step/before', 'a step'),
  create('state/before-write', 'the cloud write of a step'),
  create('state/half-written', 'the rest of the cloud write of a step'),
  create('state/before-rename', 'the end of the cloud write of a step'),
  create('status/before', 'the patch with the address'),
  {
    at: 'finalizer/before',
    what: 'the patch that takes the finalizer off',
    before: async (cluster, first) => {
      await cluster.create('web', ['TCP/8080']);
      await until(() => found(servedBy(cluster, first)), takeoverMs);
    },
    act: (cluster) => cluster.remove('web'),
    done: (cluster) => (cluster.service('web') === undefined ? undefined : 'web is still there'),
  },
  {
    at: 'epoch/before',
    what: 'the mark of a node set on the Lease',
    act: () => Promise.resolve(),
    done: (cluster) => (cluster.epochMark() === undefined ? 'the node set has no mark' : undefined),
  },
];

const found = (missing: string | undefined): Found<undefined> => (missing === undefined ? { value: undefined } : { missing });

describe.concurrent('a leader stopped between fence and call writes nothing once another one leads', () => {
  test.for(stories)('$at: $what', async ({ at, before, act, done }) => {
    const ranges = await Promise.all([claimRange(), claimRange()]);
    const [here, there] = ranges;
    const cluster = await Cluster.start(here);
    const [first, second] = await Promise.all([
      home(`first-${at.replace('/', '-')}`, here, cluster),
      home(`second-${at.replace('/', '-')}`, there, cluster),
    ]);
    const processes = [first.start(at)];
    try {
      const [stopping] = processes as [Stoppable]; // it is there
      await until(() => found(cluster.holder() === '' ? 'nobody leads' : undefined), takeoverMs);
      const holder = cluster.holder();
      await before?.(cluster, first);
      await act(cluster);
      await stopping.stopped();
      const cloud = await first.cloud();

      const next = second.start();
      processes.push(next);
      const heir = () => (cluster.holder() === holder || cluster.holder() === '' ? 'the first one still leads' : undefined);
      await until(async () => {
        const missing = heir() ?? done(cluster, second) ?? ((await second.isIdle()) ? undefined : 'the second one is busy');
        return found(missing === undefined ? undefined : `${missing}\n${next.lines.join('\n')}`);
      }, takeoverMs);
      const [leader, address] = [cluster.holder(), addressOf(cluster)];
      cluster.api.clearLog();

      expect(await stopping.goOn(), stopping.lines.join('\n')).toBe(1);
      expect(await first.cloud()).toBe(cloud);
      // The second one renews; whatever else there is was written by the first.
      expect(cluster.writes().filter((write) => !write.includes('/leases/'))).toEqual([]);
      expect(cluster.api.log.filter(({ mutating, status }) => mutating && status >= 400)).toEqual([]);
      expect([cluster.holder(), addressOf(cluster)]).toEqual([leader, address]);
    } finally {
      for (const one of processes) await one.kill();
      await cluster.close();
      for (const range of ranges) await range.release();
    }
  });
});
