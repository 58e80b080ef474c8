import type { Duplex } from 'node:stream';
import type { SimulatedNode } from '../../../src/conformance/simulation.ts';
import type { Protocol } from '../../../src/model/ids.ts';
import type { IpAddress } from '../../../src/net/ip.ts';
import type { Endpoint, Network } from '../api/network.ts';
import { readProxyHeader } from './read-proxy-header.ts';

/** Where nodes can be: the network in memory, or the machine's. */
export interface NodeGround {
  at(address: IpAddress): Pick<Network, 'listenTcp' | 'bindUdp'>;
  /** Answers `GET /healthz` there with a status. The result ends it. */
  serveHttp(at: Endpoint, status: () => number): Promise<() => Promise<void>>;
}

/** Where kube-proxy says whether its node forwards at all (contract I5). */
const kubeProxyPort = 10_256;

/** The node ports and health ports of some nodes. What is the same before and after a change goes on without a gap. */
export class NodePorts {
  readonly #ground: NodeGround;
  /** By what is served where: its end. */
  readonly #open = new Map<string, () => Promise<void>>();
  #statuses: ReadonlyMap<string, number> = new Map();
  #changing: Promise<unknown> = Promise.resolve();

  constructor(ground: NodeGround) {
    this.#ground = ground;
  }

  set(nodes: readonly SimulatedNode[]): void {
    const wanted = new Map<string, () => Promise<() => Promise<void>>>();
    const statuses = new Map<string, number>();
    for (const { name, addresses, nodePorts, healthPorts, proxyHealthy } of nodes) {
      const checks = healthPorts.map(({ port, localEndpoints }) => ({ port, well: localEndpoints > 0 }));
      for (const address of Object.values(addresses)) {
        // Nothing here speaks SCTP; a node port may have the number of a UDP one.
        for (const { protocol, port } of nodePorts.filter((each) => each.protocol !== 'SCTP'))
          wanted.set(`${protocol} ${address} ${port} ${name}`, () => this.#serve(protocol, { address, port }, name));
        for (const { port, well } of [...checks, { port: kubeProxyPort, well: proxyHealthy }]) {
          const key = `HTTP ${address} ${port}`;
          statuses.set(key, well ? 200 : 503);
          wanted.set(key, () => this.#ground.serveHttp({ address, port }, () => this.#statuses.get(key) ?? 503));
        }
      }
    }
    const before = this.#changing.catch(() => undefined); // told by `ready`, and the next set may be a better one
    this.#changing = before.then(() => this.#become(wanted, statuses));
    this.#changing.catch(() => undefined); // as above
  }

  /** Resolves when all of the last `set` is so. @throws LbError where a port could not be had */
  async ready(): Promise<void> {
    await this.#changing;
  }

  async close(): Promise<void> {
    this.set([]);
    await this.ready();
  }

  async #become(wanted: ReadonlyMap<string, () => Promise<() => Promise<void>>>, statuses: ReadonlyMap<string, number>): Promise<void> {
    this.#statuses = statuses;
    const leaving = [...this.#open].filter(([key]) => !wanted.has(key));
    for (const [key] of leaving) this.#open.delete(key);
    await Promise.all(leaving.map(([, end]) => end()));
    for (const [key, open] of wanted) if (!this.#open.has(key)) this.#open.set(key, await open());
  }

  async #serve(protocol: Protocol, at: Endpoint, name: string): Promise<() => Promise<void>> {
    const network = this.#ground.at(at.address);
    if (protocol === 'TCP')
      return (
        await network.listenTcp(
          at,
          ({ stream }) => answer(stream, name),
          () => {},
        )
      ).close;
    const socket = await network.bindUdp(
      at,
      (_data, from) => socket.send(Buffer.from(name), from),
      () => {},
    );
    return socket.close;
  }
}

/** Reads a line, after a PROXY header if one comes first, and answers `name`, or `name version client` where it was told of a client. */
function answer(stream: Duplex, name: string): void {
  let heard = Buffer.alloc(0);
  stream.on('error', () => {});
  stream.on('data', (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk]);
    const header = readProxyHeader(heard);
    if (header === 'incomplete' || !heard.includes('\n', header.bytes)) return;
    stream.removeAllListeners('data').resume();
    stream.end(`${name}${header.client === undefined ? '' : ` ${header.version} ${header.client}`}\n`);
  });
}
