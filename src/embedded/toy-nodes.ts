import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { follow, type ToyDoor } from './toy-follow.ts';
import { openToyListener, type ToyListener } from './toy-listener.ts';
import { socketKey, toyTable, type ToySocket } from './toy-table.ts';
import { toyNode, toyService, toySlice, type ToyNode, type ToyService, type ToySlice } from './toy-view.ts';

export interface ToyNodesOptions {
  readonly door: ToyDoor;
  readonly clock: Clock;
  readonly log: Log;
  /** Opens a socket; tests pass one of their own. */
  readonly open?: (socket: ToySocket, clock: Clock) => Promise<ToyListener>;
}

/**
 * kube-proxy and its pods for every Node of an API, with real sockets on the Node's own (loopback) address. Follows the
 * API: what a Node, Service or EndpointSlice says is what listens.
 */
export class ToyNodes {
  readonly #options: ToyNodesOptions;
  readonly #end = new AbortController();
  readonly #following: Promise<void>[] = [];
  readonly #listeners = new Map<string, ToyListener>();
  readonly #cut = new Set<string>();
  readonly #problems = new Map<string, string>();
  /** By UID, as the API has them; undefined until they were listed. */
  #services: ReadonlyMap<string, ToyService> | undefined;
  #nodes: ReadonlyMap<string, ToyNode> | undefined;
  #slices: ReadonlyMap<string, ToySlice> | undefined;
  /** Ends when all changes so far are dealt with. One is dealt with at a time, so that a socket is never opened twice. */
  #work: Promise<void> = Promise.resolve();
  #stale = false;
  #started: () => void = () => {};

  constructor(options: ToyNodesOptions) {
    this.#options = options;
  }

  /** Resolves when everything the API names is open, or has failed to (see `problems`). To be called once. */
  start(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#started = resolve;
    this.#follow('/api/v1/nodes', toyNode, (nodes) => (this.#nodes = nodes));
    this.#follow('/api/v1/services', toyService, (services) => (this.#services = services));
    this.#follow('/apis/discovery.k8s.io/v1/endpointslices', toySlice, (slices) => (this.#slices = slices));
    return promise;
  }

  /** Sockets that could not be opened, one line each. They are tried again with the next change. */
  problems(): readonly string[] {
    return [...this.#problems.values()];
  }

  /** Closes the node-port sockets of a node and keeps them closed, as if its kube-proxy had lost its rules. Its health stays good. */
  async closeNodePorts(node: string): Promise<void> {
    this.#cut.add(node);
    await this.#changed();
  }

  /** Closes every socket. */
  async close(): Promise<void> {
    this.#end.abort(new Error('the toy nodes were closed'));
    await Promise.all(this.#following);
    await this.#work;
    await Promise.all([...this.#listeners.values()].map((listener) => listener.close()));
    this.#listeners.clear();
    this.#started();
  }

  #follow<T>(path: string, project: (json: unknown) => T, keep: (objects: ReadonlyMap<string, T>) => void): void {
    const { door, clock, log } = this.#options;
    const onChange = (objects: ReadonlyMap<string, T>) => {
      keep(objects);
      void this.#changed();
    };
    this.#following.push(follow({ door, path, project, onChange, clock, log, signal: this.#end.signal }));
  }

  #changed(): Promise<void> {
    this.#stale = true;
    this.#work = this.#work.then(() => this.#settle());
    return this.#work;
  }

  async #settle(): Promise<void> {
    if (!this.#stale || this.#end.signal.aborted) return;
    if (this.#services === undefined || this.#nodes === undefined || this.#slices === undefined) return;
    this.#stale = false;
    await this.#bring(toyTable(this.#services.values(), this.#nodes.values(), this.#slices.values()));
    this.#started();
  }

  /** Closes first: a number may change hands between two sockets. */
  async #bring(table: ReadonlyMap<string, ToySocket>): Promise<void> {
    const wanted = [...table.values()].filter((socket) => socket.kind !== 'node-port' || !this.#cut.has(socket.node));
    const keys = new Set(wanted.map(socketKey));
    const leaving = [...this.#listeners].filter(([key]) => !keys.has(key));
    for (const [key] of leaving) this.#listeners.delete(key);
    await Promise.all(leaving.map(([, listener]) => listener.close()));
    this.#problems.clear();
    await Promise.all(wanted.map((socket) => this.#open(socket)));
  }

  async #open(socket: ToySocket): Promise<void> {
    const { clock, log, open = openToyListener } = this.#options;
    const key = socketKey(socket);
    const listener = this.#listeners.get(key);
    if (listener !== undefined) {
      listener.update(socket);
      return;
    }
    try {
      this.#listeners.set(key, await open(socket, clock));
    } catch (error) {
      this.#problems.set(key, `${socket.node}: ${error instanceof Error ? error.message : String(error)}`);
      log.warn({ node: socket.node, address: socket.address, port: socket.port, error }, 'a toy node could not open a socket');
    }
  }
}
