import { approvalCodes } from '../approval-shown.ts';
import type { ClassSetup } from '../case.ts';
import type { ServiceView } from '../../model/service-view.ts';
import { lookAtRest } from '../oracles/at-rest.ts';
import { Chronicle } from '../oracles/chronicle.ts';
import { verdicts } from '../oracles/oracle.ts';
import { courseOracles, restOracles } from '../oracles/oracles.ts';
import { silence } from '../oracles/silence.ts';
import { Rig } from '../rig.ts';
import type { Simulate } from '../simulation.ts';
import type { Edit } from './edits.ts';

/** After so much time nothing may be unsettled any more. */
const patienceMs = 1_500_000;
/** So long after everything works something may still happen: health is taken back late, and what waits for a user is tried again. */
const afterwardsMs = 620_000;
/** Then, for so long, nothing may happen. */
const idleMs = 610_000;
/** Until whoever was started last leads. */
const takeoverMs = 25_000;
const namespace = 'default';
const otherClass: ClassSetup = { id: 'other', name: 'portolan.dev/other' };

export interface Outcome {
  /** Edits that could be made. */
  readonly made: number;
  readonly violations: readonly string[];
  readonly trace: readonly string[];
}

/** Tells one random story, lets everything settle, and holds what there is against every oracle. */
export async function tell(edits: readonly Edit[], simulate: Simulate, seed: number): Promise<Outcome> {
  const rig = await Rig.open({ simulate, seed, setup: { classes: [{ id: 'kit', default: true }, otherClass] } });
  try {
    const teller = new Teller(rig);
    for (const edit of edits) await teller.tell(edit);
    await teller.settle();
    const violations = await teller.violations();
    return { made: teller.made, violations, trace: violations.length > 0 ? rig.trace.tail(150) : [] };
  } finally {
    await rig.close();
  }
}

class Teller {
  made = 0;
  readonly #rig: Rig;
  readonly #chronicle = new Chronicle();
  #disturbed = false;

  constructor(rig: Rig) {
    this.#rig = rig;
  }

  /** Makes an edit, where it can be made. What the API server refuses is an edit, too. */
  async tell(edit: Edit): Promise<void> {
    if (!this.#isPossible(edit)) return;
    if (edit.do !== 'rest') this.made++;
    this.#rig.note(JSON.stringify(edit));
    await this.#chronicle.during(this.#rig, async () => {
      this.#revive();
      await this.#make(edit);
      await this.#rig.rest(0);
    });
  }

  /** Everything works again; time passes until nothing is left to do, or for as long as it may take. */
  async settle(): Promise<void> {
    await this.#chronicle.during(this.#rig, async () => {
      this.#rig.note('everything works again');
      this.#undisturb();
      this.#revive();
      await this.#rig.rest(30_000);
    });
    let waitMs = 30_000;
    for (let waitedMs = 0; waitedMs < patienceMs && (await this.#wrongAtRest()).length > 0; waitedMs += waitMs) {
      this.#revive();
      await this.#rig.rest(waitMs);
      waitMs = Math.min(waitMs * 2, 300_000);
    }
  }

  /** A process that ended, as one does that lost its Lease, is started again by whoever looks after it. */
  #revive(): void {
    const install = this.#rig.install();
    if (!install.runs) install.start();
  }

  async violations(): Promise<readonly string[]> {
    const rig = this.#rig;
    const atRest = await this.#wrongAtRest();
    if (atRest.length === 0) await rig.rest(afterwardsMs);
    const { length } = rig.trace.entries;
    if (atRest.length === 0) await rig.rest(idleMs);
    const course = {
      trace: rig.trace.entries,
      chronicle: this.#chronicle,
      clusterOf: (install: string) => rig.install(install).clusterId,
    };
    return [...atRest, ...verdicts(courseOracles, course), ...verdicts([silence], { trace: rig.trace.entries.slice(length), ms: idleMs })];
  }

  async #wrongAtRest(): Promise<readonly string[]> {
    return verdicts(restOracles, await lookAtRest(this.#rig));
  }

  #isPossible(edit: Edit): boolean {
    const rig = this.#rig;
    const nodeIsThere = (name: string) =>
      rig
        .cluster()
        .nodeObjects()
        .some((object) => (object['metadata'] as { name?: string }).name === name); // every object has one
    if (edit.do === 'add-node') return !nodeIsThere(edit.node.name);
    if (edit.do === 'node' || edit.do === 'delete-node') return nodeIsThere(edit.node);
    if (edit.do === 'restart') return rig.install().runs;
    if (!('service' in edit)) return true;
    const view = rig.cluster().view(namespace, edit.service);
    if (edit.do === 'create') return view === undefined;
    if (view === undefined || view.deleting) return false;
    if (edit.do === 'approve') return approvalCodes(view).length > 0;
    if (edit.do === 'overwrite-address') return view.type === 'LoadBalancer';
    // Once it is off, only a controller that knows the Service can clean up after it (contract C10), so it gets the time to put
    // it back; it is not put back on what wants none.
    if (edit.do === 'strip-finalizers') return rig.install().runs && !this.#disturbed && isWanted(view);
    return true;
  }

  async #make(edit: Edit): Promise<void> {
    const rig = this.#rig;
    const cluster = rig.cluster();
    switch (edit.do) {
      case 'create':
        await cluster.create(namespace, edit.service, { metadata: { annotations: edit.annotations }, spec: edit.spec });
        return;
      case 'spec':
        await cluster.patch(namespace, edit.service, { spec: edit.spec });
        return;
      case 'annotate':
        await cluster.patch(namespace, edit.service, { metadata: { annotations: edit.annotations } });
        return;
      case 'delete':
        await cluster.delete(namespace, edit.service);
        return;
      case 'recreate':
        await cluster.delete(namespace, edit.service);
        await rig.rest(1_000);
        if (cluster.view(namespace, edit.service) === undefined) await cluster.create(namespace, edit.service, {});
        return;
      case 'approve': {
        const view = cluster.view(namespace, edit.service);
        const codes = view === undefined ? [] : approvalCodes(view);
        await cluster.patch(namespace, edit.service, { metadata: { annotations: { 'portolan.dev/approve': codes.join(',') } } });
        return;
      }
      case 'strip-finalizers':
        await cluster.patch(namespace, edit.service, { metadata: { finalizers: null } });
        return rig.rest(takeoverMs);
      case 'wipe-conditions':
        this.#chronicle.wipes(rig.trace.entries.length);
        await cluster.patch(namespace, edit.service, { status: { conditions: null } }, 'status');
        return;
      case 'overwrite-address':
        await cluster.patch(namespace, edit.service, { status: { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } } }, 'status');
        return;
      case 'add-node':
        return cluster.addNode(edit.node);
      case 'node':
        return cluster.patchNode(edit.node, edit.patch);
      case 'delete-node':
        return cluster.deleteNode(edit.node);
      case 'class':
        return rig.install().reload([edit.class, otherClass], undefined);
      case 'restart':
        await rig.stop();
        return rig.start();
      case 'crash':
        rig.crash();
        return rig.start();
      case 'no-faults':
        return this.#undisturb();
      case 'fault':
        this.#disturbed = true;
        return rig.install().faults.add(edit.fault);
      case 'api-fault':
        this.#disturbed = true;
        return rig.install().kubeFaults.add(edit.fault);
      case 'watches':
        return this.#watches(edit.what);
      case 'rest':
        return rig.rest(edit.ms);
    }
  }

  #watches(what: 'drop' | 'expire' | 'freeze' | 'thaw'): void {
    const { faults } = this.#rig.cluster().api;
    this.#disturbed = true;
    const now = this.#rig.clock.monotonic();
    if (what === 'freeze') this.#chronicle.losesSight(now);
    if (what === 'thaw') this.#chronicle.seesAgain(now);
    if (what === 'drop') faults.dropWatches();
    else if (what === 'expire') faults.expireWatches();
    else if (what === 'freeze') faults.freezeWatches();
    else faults.thaw();
  }

  #undisturb(): void {
    this.#rig.install().faults.clear();
    this.#rig.install().kubeFaults.clear();
    this.#rig.cluster().api.faults.thaw();
    this.#chronicle.seesAgain(this.#rig.clock.monotonic());
    this.#disturbed = false;
  }
}

const isWanted = ({ type, annotations }: ServiceView): boolean => type === 'LoadBalancer' && annotations['portolan.dev/release'] !== 'true';
