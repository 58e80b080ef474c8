import type { Config } from '../../src/config/config.ts';
import type { Log } from '../../src/log.ts';
import { clusterMark, keyMark, type Marks } from '../../src/model/owner.ts';
import type { CloudBalancer, MemoryCloud } from '../fixtures/memory-cloud.ts';
import { toyWorld } from './toy-world.ts';
import type { World, WorldOptions } from './world.ts';

export const minute = 60_000;

export interface Audited {
  readonly world: World;
  readonly cloud: MemoryCloud;
  /** Log lines, `message` and facts. */
  readonly lines: readonly { readonly message: string; readonly facts: Readonly<Record<string, unknown>> }[];
}

/** A world whose controller looks every ten minutes and believes a stray after fifteen; not started. */
export async function auditedWorld(
  audit: Partial<Config['audit']> = {},
  options: Partial<WorldOptions> & { readonly settleMs?: number } = {},
): Promise<Audited> {
  const lines: { message: string; facts: Record<string, unknown> }[] = [];
  const log = (bound: Record<string, unknown>): Log => {
    const write = (facts: object, message: string) => void lines.push({ message, facts: { ...bound, ...facts } });
    return { debug: write, info: write, warn: write, error: write, with: (more) => log({ ...bound, ...more }) };
  };
  const { world, cloud } = await toyWorld({ log: log({}), ...options });
  world.config = {
    ...world.config,
    driftCheckMs: 0,
    audit: { intervalMs: 10 * minute, graceMs: 15 * minute, deleteStrays: true, ...audit },
  };
  return { world, cloud, lines };
}

let planted = 0;

/** Puts something into the cloud that no controller made there. */
export function plant(cloud: MemoryCloud, marks: Marks): CloudBalancer {
  const balancer: CloudBalancer = {
    id: `planted-${++planted}`,
    marks,
    scheme: 'public',
    address: `198.51.100.${planted}`,
    listeners: { 'TCP/80': 30_080 },
    members: '',
    visibleAt: 0,
  };
  cloud.balancers.push(balancer);
  return balancer;
}

/** The marks of a load balancer of this cluster, or of another. */
export const marksFor = (key: string, cluster = 'cluster-1'): Marks => ({ [clusterMark]: cluster, [keyMark]: key });

export const strayMarks = (): Marks => marksFor(`service/0000-gone-${++planted}`);

/** `portolan_things` by state, of a provider. */
export async function things(world: World, provider = 'toy'): Promise<Readonly<Record<string, number>>> {
  const text = await world.metrics.text();
  const found = text.matchAll(/^portolan_things\{provider="([^"]*)",state="([^"]*)"\} (\d+)$/gm);
  return Object.fromEntries([...found].filter(([, name]) => name === provider).map(([, , state = '', count]) => [state, Number(count)]));
}

export async function metric(world: World, series: string): Promise<number | undefined> {
  const line = (await world.metrics.text()).split('\n').find((text) => text.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** An annotation of the Lease. */
export const leaseAnnotation = (world: World, name: string): string | undefined =>
  world.api.get('coordination.k8s.io', 'v1', 'leases', 'kube-system', 'portolan')?.metadata.annotations?.[name];
