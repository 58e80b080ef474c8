import { Agent, ProxyAgent, Socks5ProxyAgent, type Dispatcher } from 'undici';
import type { TlsMaterial } from './endpoint.ts';

/**
 * The connections to one API server, in three sets that never wait for each other: watches hold theirs for minutes, calls
 * share a few, and Lease renewals go first because they have some to themselves.
 */
export interface Agents {
  readonly watch: Dispatcher;
  readonly calls: Dispatcher;
  readonly leader: Dispatcher;
  readonly tls: TlsMaterial;
}

const connectMs = 5_000;
const keepAliveProbeMs = 30_000;

export function createAgents(tls: TlsMaterial, proxyUrl: string | undefined): Agents {
  const agent = (limits: { connections?: number; headersTimeout: number }): Dispatcher => {
    const connect = { ...tls, timeout: connectMs, keepAlive: true, keepAliveInitialDelay: keepAliveProbeMs };
    // HTTP/1.1 only: on a shared HTTP/2 session one frozen stream would hold up watches and writes together.
    const options = { ...limits, allowH2: false };
    if (proxyUrl === undefined) return new Agent({ ...options, connect });
    if (proxyUrl.startsWith('socks')) return new Socks5ProxyAgent(proxyUrl, { ...options, requestTls: connect });
    return new ProxyAgent({ ...options, uri: proxyUrl, requestTls: connect });
  };
  return {
    watch: agent({ headersTimeout: 30_000 }),
    calls: agent({ connections: 16, headersTimeout: 15_000 }),
    leader: agent({ connections: 2, headersTimeout: 5_000 }),
    tls,
  };
}

/** Ends every connection; calls under way reject. */
export async function destroyAgents(agents: Agents): Promise<void> {
  await Promise.all([agents.watch.destroy(), agents.calls.destroy(), agents.leader.destroy()]);
}

/** Lets calls under way finish; a watch ends at its own time. */
export function retireAgents(agents: Agents): void {
  for (const agent of [agents.watch, agents.calls, agents.leader]) agent.close().catch(() => {}); // nobody waits for old connections
}

/** Whether connections made with one are good for the other. */
export function sameTls(a: TlsMaterial, b: TlsMaterial): boolean {
  const same = (x: string | Buffer | undefined, y: string | Buffer | undefined) =>
    x === y || (x !== undefined && y !== undefined && Buffer.from(x).equals(Buffer.from(y)));
  return (
    same(a.ca, b.ca) &&
    same(a.cert, b.cert) &&
    same(a.key, b.key) &&
    a.servername === b.servername &&
    a.rejectUnauthorized === b.rejectUnauthorized
  );
}
