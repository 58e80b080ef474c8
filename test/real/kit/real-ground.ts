import { ManualClock } from '../../../src/clock.ts';
import type { Ground } from '../../../src/conformance/cluster-api.ts';
import { RealApi } from './real-api.ts';
import { RealServer } from './real-server.ts';

/**
 * Stories on real API servers: one for each cluster, used by one story after the other, and asked for when a story first needs
 * it. The server's time is the day's.
 */
export function realGround(kubeconfigs: Readonly<Record<'one' | 'two', () => Promise<string>>>): Ground & { close(): Promise<void> } {
  const servers = new Map<string, Promise<RealServer>>();
  const stories = new Map<string, RealApi>();
  const server = (cluster: 'one' | 'two'): Promise<RealServer> => {
    const known = servers.get(cluster) ?? kubeconfigs[cluster]().then((kubeconfig) => RealServer.open(kubeconfig));
    servers.set(cluster, known);
    return known;
  };
  return {
    clock: () => new ManualClock(Date.now()),
    open(cluster, clock) {
      const opened = server(cluster);
      const before = stories.get(cluster);
      const story = new RealApi(before === undefined ? opened : before.close().then(() => opened), clock);
      stories.set(cluster, story);
      return story;
    },
    async close() {
      for (const opened of servers.values()) await (await opened).close();
    },
  };
}
