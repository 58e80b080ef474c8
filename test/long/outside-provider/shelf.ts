import {
  cloudId,
  features,
  isClusterWant,
  isFrozen,
  isGone,
  isSpec,
  LbError,
  marksOf,
  parseIp,
  proves,
  stepId,
  type CallContext,
  type Capabilities,
  type Json,
  type Marks,
  type Plan,
  type Provider,
  type ProviderDefinition,
  type Report,
  type Step,
  type StepOutcome,
  type Want,
} from 'portolan/provider';

/** The smallest provider there can be: a shelf on which a load balancer lies or does not. It is written as an outsider would. */
interface ShelfConnection {
  readonly full: boolean;
}
interface ShelfSettings {
  readonly label?: string;
}

const capabilities = Object.fromEntries(features.map((feature) => [feature, true])) as Capabilities; // one entry per feature

export const provider: ProviderDefinition<ShelfConnection, ShelfSettings> = {
  kind: 'shelf',
  connection: { full: { type: 'boolean', default: false, text: 'Whether nothing more fits.', since: '1.0.0', edit: 'in-place' } },
  settings: { label: { type: 'string', text: 'What is written on it.', since: '1.0.0', edit: 'in-place' } },
  settleMs: 0,
  clusterUnit: false,
  endpointSlices: false,
  create: ({ full }) => new Shelf(full),
};

class Shelf implements Provider<ShelfSettings, Json, Json> {
  readonly #full: boolean;
  readonly #things: Marks[] = [];

  constructor(full: boolean) {
    this.#full = full;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  capabilities(): Capabilities {
    return capabilities;
  }

  observe(want: Want<ShelfSettings>): Promise<Json> {
    return Promise.resolve(this.#things.some((marks) => proves(marks, want.owner)));
  }

  plan(want: Want<ShelfSettings>, have: Json): Plan<Json> {
    if (isFrozen(want) || isClusterWant(want)) return { steps: [], refusals: [] };
    const marks = marksOf(want.owner);
    const step: Omit<Step<Json>, 'verb' | 'proof' | 'disruption' | 'op'> = {
      id: stepId('thing'),
      after: [],
      resource: { kind: 'thing', name: 'thing' },
      summary: 'one thing on the shelf',
      repeat: 'safe',
    };
    if (isGone(want)) {
      const claim = { loses: ['thing'], because: [] };
      const proof = { marks, on: cloudId('thing') };
      const steps: Step<Json>[] = have === true ? [{ ...step, verb: 'delete', proof, disruption: 'destroys', claim, op: marks }] : [];
      return { steps, refusals: [] };
    }
    const steps: Step<Json>[] =
      have === true ? [] : [{ ...step, verb: 'create', proof: { willMark: marks }, disruption: 'none', op: marks }];
    return { steps, refusals: [] };
  }

  async apply(step: Step<Json>, ctx: CallContext): Promise<StepOutcome> {
    await ctx.beforeCall();
    if (this.#full) throw new LbError('ListenFailed', 'the shelf is full');
    this.#things.push(step.op as Marks); // what plan made
    return { outputs: {} };
  }

  report(want: Want<ShelfSettings>): Report {
    const ip = parseIp('192.0.2.1');
    return { ingress: ip === undefined || !isSpec(want) ? [] : [{ ip }], listeners: [], notices: [] };
  }

  async *inventory() {
    yield* [];
  }

  permissions() {
    return [];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
