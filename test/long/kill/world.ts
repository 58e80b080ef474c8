import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { claimRange, type DemoRange } from '../../../src/commands/demo/address-range.ts';
import { kubeconfigText } from '../../../src/commands/demo/kubeconfig-file.ts';
import { contains, parseIp } from '../../../src/net/ip.ts';
import type { Place } from './asking.ts';
import { Cluster } from './cluster.ts';
import { socketsOf, wanted, type Facts } from './facts.ts';
import { businessAt } from './idle.ts';
import { listening } from './listening.ts';
import { wrongIdle, wrongStanding, wrongTraffic } from './oracle.ts';
import { Supervisor } from './supervisor.ts';
import { trafficTo } from './traffic.ts';
import { found, until, type Found } from './until.ts';

export interface WorldOptions {
  /** The bundled child. */
  readonly program: string;
  /** Successors wait until the Lease of the dead has run out by itself. */
  readonly waitsForLease?: boolean;
}

/** How long the world may take to be right again, in milliseconds. */
const recoveryMs = 30_000;
const servingPort = 8080;
/** Of the one Lease: taken, and renewed once. What a process does late, it does before that. */
const leaseWrites = 2;

/** A cluster, a /24 of this machine, a state file, and one controller after the other. */
export class World {
  readonly cluster: Cluster;
  readonly controller: Supervisor;
  readonly #range: DemoRange;
  readonly #folder: string;
  /** Where something should have listened at some time. */
  readonly #places = new Map<string, Place>();

  private constructor(range: DemoRange, cluster: Cluster, folder: string, controller: Supervisor) {
    this.#range = range;
    this.cluster = cluster;
    this.#folder = folder;
    this.controller = controller;
  }

  /** With no Service and no controller yet. */
  static async open({ program, waitsForLease = false }: WorldOptions): Promise<World> {
    const range = await claimRange();
    const cluster = await Cluster.start(range);
    const folder = await mkdtemp(join(tmpdir(), 'portolan-kill-'));
    const files = { config: join(folder, 'portolan.yaml'), kubeconfig: join(folder, 'kubeconfig') };
    await mkdir(join(folder, 'state'));
    await writeFile(files.config, configOf(range, join(folder, 'state', 'state.json')));
    await writeFile(files.kubeconfig, kubeconfigText(cluster.url));
    const controller = new Supervisor({ ...files, program, compileCache: join(dirname(program), 'compiled') }, cluster, waitsForLease);
    return new World(range, cluster, folder, controller);
  }

  /** An address of this machine's that no client uses unless it must. */
  get otherClient(): string {
    return this.#range.api;
  }

  /** Resolves when nothing moves and every line of the oracle holds. @throws Error with what is wrong when it takes too long. */
  async right(what: string): Promise<void> {
    try {
      await until(() => this.#look(), recoveryMs);
    } catch (error) {
      throw new Error(`${what}: ${String(error)}\n${this.controller.lines.join('\n')}`, { cause: error });
    }
  }

  /**
   * Ends the controller and starts another one, which finds nothing to do. @throws Error where it does something all the same.
   */
  async restart(what: string, end: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.controller.stop(end);
    const stateBefore = await this.#state();
    this.cluster.api.clearLog();
    this.controller.start();
    await this.right(`${what}, started once more after ${end}`);
    await until(() => {
      const renewals = this.cluster.writes().filter((write) => write.includes('/leases')).length;
      return renewals >= leaseWrites ? found : { missing: 'the Lease was not renewed' };
    }, recoveryMs);
    const wrong = wrongIdle({ writes: this.cluster.writes(), stateBefore, stateAfter: await this.#state() });
    if (wrong.length > 0)
      throw new Error(`${what}, started once more after ${end}: ${wrong.join('\n')}\n${this.controller.lines.join('\n')}`);
  }

  async close(): Promise<void> {
    await this.controller.stop('SIGKILL');
    await this.cluster.close();
    await this.#range.release();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #look(): Promise<Found<undefined>> {
    const { surprise } = this.controller;
    if (surprise !== undefined) throw new Error(surprise);
    const before = await this.#business();
    if (!before.isIdle) return { missing: async () => `the controller is busy, and ${(await this.#wrong()).join('\n')}` };
    const wrong = await this.#wrong();
    if (wrong.length > 0) return { missing: wrong.join('\n') };
    const after = await this.#business();
    return after.isIdle && after.passes === before.passes ? found : { missing: 'the controller has no rest' };
  }

  /** Traffic costs: it is sent where all else is right. */
  async #wrong(): Promise<readonly string[]> {
    const facts = await this.#facts();
    const standing = wrongStanding(facts);
    if (standing.length > 0) return standing;
    const now = new Set(wanted(facts).flatMap(socketsOf));
    const once = [...this.#places].filter(([socket]) => !now.has(socket)).map(([, place]) => place);
    const wrong = wrongTraffic(await trafficTo(facts, once, { usual: '127.0.0.1', other: this.otherClient }), facts);
    for (const socket of now) this.#places.set(socket, placeOf(socket));
    return wrong;
  }

  async #facts(): Promise<Facts> {
    const { cluster } = this;
    const ranges = { public: this.#range.public, internal: this.#range.internal };
    const isOfRanges = (text: string) => {
      const address = parseIp(text);
      return address !== undefined && Object.values(ranges).some((range) => contains(range, address));
    };
    const [stateText, files, sockets] = await Promise.all([this.#state(), readdir(join(this.#folder, 'state')), listening(isOfRanges)]);
    return {
      services: cluster.services(),
      nodes: cluster.nodes(),
      ranges,
      epochMark: cluster.epochMark(),
      stateText,
      files,
      sockets,
      published: cluster.published,
      approved: cluster.approved,
    };
  }

  /** Empty where there is none. */
  async #state(): Promise<string> {
    return await readFile(join(this.#folder, 'state', 'state.json'), 'utf8').catch(() => '');
  }

  #business() {
    return businessAt(`http://${this.#range.api}:${servingPort}/metrics`);
  }
}

function configOf(range: DemoRange, stateFile: string): string {
  const ranges = { public: [range.public], internal: [range.internal] };
  return stringify({
    apiVersion: 'portolan.dev/v1',
    kind: 'Config',
    providers: [{ name: 'here', kind: 'local', connection: { ranges, stateFile, probeInterval: '200ms' } }],
    classes: [{ id: 'local', name: 'portolan.dev/local', default: true, provider: 'here', handover: '1s' }],
    nodeDebounce: '50ms',
    serving: { address: range.api, port: servingPort },
  });
}

/** `TCP 127.90.0.130:80`, as `socketsOf` writes it. */
function placeOf(socket: string): Place {
  const [protocol = '', address = '', port = ''] = socket.split(/[ :]/);
  return { protocol: protocol === 'UDP' ? 'UDP' : 'TCP', address, port: Number(port) };
}
