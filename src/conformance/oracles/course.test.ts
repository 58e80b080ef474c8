import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memorySimulation } from '../../../test/fixtures/memory-simulation.ts';
import { cloudId, clusterId, serviceUid } from '../../model/ids.ts';
import type { AnyStep } from '../../model/plan.ts';
import type { ActionStep } from '../case.ts';
import { Rig } from '../rig.ts';
import { annotate, create, edit, ports, remove, rest } from '../story.ts';
import type { ProviderCall, TraceEntry } from '../trace.ts';
import { addressPermanence } from './address-permanence.ts';
import { boundedPasses } from './bounded-passes.ts';
import { Chronicle } from './chronicle.ts';
import { disruption } from './disruption.ts';
import type { Course } from './mutations.ts';
import { verdicts } from './oracle.ts';
import { courseOracles } from './oracles.ts';
import { ownership } from './ownership.ts';
import { plannedFirst } from './planned-first.ts';
import { silence } from './silence.ts';

const scheme = 'portolan.dev/scheme';
const story: readonly ActionStep[] = [
  create('web', { annotations: { [scheme]: 'public' } }),
  rest(5_000),
  edit('web', ports(['TCP', 80], ['TCP', 443])),
  rest(5_000),
  edit('web', ports(['TCP', 80])),
  rest(5_000),
  annotate('web', { [scheme]: 'internal' }),
  rest(5_000),
  { do: 'approve', service: 'web', code: 'shown' },
  rest(90_000),
];

let rig: Rig;
let chronicle: Chronicle;
beforeEach(async () => {
  rig = await Rig.open({ simulate: memorySimulation(), seed: 1 });
  chronicle = new Chronicle();
  for (const step of story) await chronicle.perform(rig, step);
});
afterEach(() => rig.close());

/** What happened, with another trace or another chronicle. */
const course = (over: Partial<Course> = {}): Course => ({
  trace: rig.trace.entries,
  chronicle,
  clusterOf: (install) => rig.install(install).clusterId,
  ...over,
});

/** The trace with each call of this kind made anew. */
const withCalls = (verb: ProviderCall['verb'], change: (call: ProviderCall) => ProviderCall): readonly TraceEntry[] =>
  rig.trace.entries.map((entry) => (entry.kind === 'call' && entry.verb === verb ? change(entry) : entry));

const withSteps = (change: (step: AnyStep) => AnyStep): readonly TraceEntry[] =>
  withCalls('apply', (call) => (call.step === undefined ? call : { ...call, step: change(call.step) }));

it('has nothing to say of an honest story', () => {
  expect(rig.trace.calls().filter(({ verb }) => verb === 'apply').length).toBeGreaterThan(5);

  expect(verdicts(courseOracles, course())).toEqual([]);
});

describe('ownership sees', () => {
  const stranger = { 'portolan.dev/cluster': 'other', 'portolan.dev/key': 'service/x' };

  it.each<[string, (step: AnyStep) => AnyStep]>([
    ['touches', (step) => ('marks' in step.proof ? { ...step, proof: { ...step.proof, marks: stranger } } : step)],
    ['makes something with the marks of another', (step) => ('willMark' in step.proof ? { ...step, proof: { willMark: stranger } } : step)],
    [
      'takes over by the consent of a stranger',
      (step) => ({ ...step, verb: 'update', proof: { consent: serviceUid('x'), to: cloudId('lb-1') } }),
    ],
    [
      'deletes what it may only take over',
      (step) => ({ ...step, verb: 'delete', proof: { consent: serviceUid('x'), to: cloudId('lb-1') } }),
    ],
    ['deletes what it says it will make', (step) => ('willMark' in step.proof ? { ...step, verb: 'delete' } : step)],
  ])('a step that %s', (text, change) => {
    expect(ownership.violations(course({ trace: withSteps(change) })).join('\n')).toContain(text.split(' ').slice(0, 4).join(' '));
  });

  it('a step for no known load balancer', () => {
    const trace = withCalls('apply', ({ key, ...call }) => (key === undefined ? { ...call } : call));

    expect(ownership.violations(course({ trace }))[0]).toContain('of no known load balancer');
  });

  it('a plan for another cluster', () => {
    expect(ownership.violations(course({ clusterOf: () => clusterId('other') }))[0]).toContain('planned for another cluster');
  });
});

describe('planned first sees', () => {
  it('a step that was in no plan', () => {
    const trace = withCalls('plan', (call) => ({ ...call, plan: { steps: [], refusals: [] } }));

    expect(plannedFirst.violations(course({ trace })).join('\n')).toContain('was in no plan');
  });

  it('a step that does something else than was planned', () => {
    const trace = withSteps((step) => ({ ...step, op: { do: 'delete', id: 'lb-7' } }));

    expect(plannedFirst.violations(course({ trace })).join('\n')).toContain('was planned as');
  });

  it('lists of another length, and inputs that are still empty', () => {
    const [op, done] = [{ list: [1, { from: 'a', output: 'id' }] }, { list: [1, { from: 'a', output: 'id' }] }];
    const planned = withCalls('plan', (call) => ({
      ...call,
      plan: { refusals: [], steps: (call.plan?.steps ?? []).map((step) => ({ ...step, op })) },
    }));
    const trace = planned.map((entry) =>
      entry.kind === 'call' && entry.step !== undefined ? { ...entry, step: { ...entry.step, op: done } } : entry,
    );

    expect(plannedFirst.violations(course({ trace })).length).toBeGreaterThan(0);
  });
});

describe('no disruption without approval sees', () => {
  /** The same story, but what users said is changed. */
  function told(change: (said: NonNullable<ReturnType<Chronicle['sayings']>[number]>) => typeof said): Chronicle {
    const other = new Chronicle();
    const key = rig.trace.calls().find((call) => call.key !== undefined)?.key;
    if (key === undefined) throw new Error('nothing was called');
    for (const position of chronicle.positions) {
      const said = chronicle.sayings(key, Number.POSITIVE_INFINITY, position + 1).at(-1);
      other.add(position, rig.trace.entries[position]?.at ?? 0, new Map(said === undefined ? [] : [[key, change(said)]]));
    }
    return other;
  }

  it('nothing where nothing was changed', () => {
    expect(disruption.violations(course({ chronicle: told((said) => said) }))).toEqual([]);
  });

  it('a step that ran without its code', () => {
    const silent = told((said) => ({ ...said, approvals: new Set() }));

    expect(disruption.violations(course({ chronicle: silent })).join('\n')).toContain('ran without approval');
  });

  it('a class that asks for every lost listener', () => {
    const strict = told((said) => ({ ...said, guard: { ...said.guard, 'drops-connections': 'approve' } }));

    expect(disruption.violations(course({ chronicle: strict })).join('\n')).toContain('delete TCP/443');
  });

  it('a deletion although the Service wants its load balancer', async () => {
    const before = told((said) => said);
    await chronicle.perform(rig, remove('web'));
    await chronicle.perform(rig, rest(60_000));

    expect(disruption.violations(course())).toEqual([]);
    expect(disruption.violations(course({ chronicle: before })).join('\n')).toContain('although the Service wants');
  });

  it('a loss where everything is to be left', async () => {
    await chronicle.perform(rig, annotate('web', { 'portolan.dev/release': 'true' }));
    await chronicle.perform(rig, rest(60_000));
    const last = rig.trace.calls().findLast(({ verb }) => verb === 'apply');

    expect(disruption.violations(course())).toEqual([]);
    for (const over of [{ verb: 'delete' }, { disruption: 'destroys' }] as const) {
      const trace = withCalls('apply', (call) =>
        call.step !== undefined && call === last ? { ...call, step: { ...call.step, ...over } } : call,
      );
      expect(disruption.violations(course({ trace })).join('\n')).toContain('although everything is to be left');
    }
  });

  it('a loss for a change that nobody made to the Service', () => {
    const input = rig.trace.calls().find(({ want }) => want !== undefined && 'inputDigest' in want)?.want;
    const digest = input !== undefined && 'inputDigest' in input ? input.inputDigest : undefined;
    const trace = rig.trace.entries.map((entry) =>
      entry.kind === 'call' && entry.want !== undefined && 'inputDigest' in entry.want && digest !== undefined
        ? { ...entry, want: { ...entry.want, inputDigest: digest } }
        : entry,
    );
    const lax = told((said) => ({ ...said, guard: { ...said.guard, 'changes-address': 'allow' }, approvals: new Set() }));

    expect(disruption.violations(course({ trace, chronicle: lax })).join('\n')).toContain('nobody made to the Service');
    for (const position of trace.keys()) lax.wipes(position);
    expect(disruption.violations(course({ trace, chronicle: lax }))).toEqual([]);
  });
});

describe('address permanence sees', () => {
  const patched = (ingress: unknown): TraceEntry => ({
    kind: 'api',
    install: 'a',
    at: rig.clock.monotonic(),
    method: 'PATCH',
    path: '/api/v1/namespaces/default/services/web/status',
    body: JSON.stringify({ status: { loadBalancer: { ingress } } }),
    status: 200,
  });

  it.each([[null], [[{ ip: '192.0.2.99' }]]])('an address that is taken away: %j', (ingress) => {
    const trace = [...rig.trace.entries, patched(ingress)];

    expect(addressPermanence.violations(course({ trace }))).toEqual([expect.stringMatching(/^10\.9\.9\.2 of default\/web was taken out/)]);
  });

  it('an address that left by a step nobody approved', () => {
    const position = rig.trace.entries.findIndex((entry) => entry.kind === 'api' && entry.body?.includes('10.9.9.2') === true);
    const silent = new Chronicle();
    silent.add(0, 0, new Map());

    expect(position).toBeGreaterThan(0);
    expect(addressPermanence.violations(course({ chronicle: silent }))).toEqual([
      expect.stringMatching(/^192\.0\.2\.1 of default\/web was taken out/),
    ]);
  });
});

describe('no self-waking sees', () => {
  it('passes that nobody asked for', () => {
    const look = rig.trace.entries.findLast((entry) => entry.kind === 'call' && entry.verb === 'observe');
    if (look === undefined) throw new Error('nothing was observed');

    const trace = [...rig.trace.entries, ...Array.from({ length: 60 }, () => ({ ...look, at: rig.clock.monotonic() }))];

    expect(boundedPasses.violations(course({ trace }))[0]).toContain('in which nobody did anything');
  });
});

describe('silence sees', () => {
  const seen = (wanted: (entry: TraceEntry) => boolean): readonly string[] =>
    silence.violations({ trace: rig.trace.entries.filter(wanted), ms: 600_000 });

  it('a write, an event, a step, and too many looks; not the Lease', () => {
    expect(seen((entry) => entry.kind === 'api' && entry.path.includes('/status')).length).toBeGreaterThan(2);
    expect(seen((entry) => entry.kind === 'api' && entry.path.includes('/events'))[0]).toContain('POST');
    expect(seen((entry) => entry.kind === 'call' && entry.verb === 'apply')[0]).toContain('at rest');
    expect(seen((entry) => entry.kind === 'call' && entry.verb === 'observe')[0]).toContain('was looked at');
    expect(seen((entry) => entry.kind === 'api' && entry.path.includes('/leases/'))).toEqual([]);
  });
});

it('a controller whose watches stood still goes by what it knew before', () => {
  const told = new Chronicle();
  told.losesSight(10_000);
  told.losesSight(20_000);
  told.seesAgain(500_000);
  told.seesAgain(600_000);

  expect(told.knownSince(5_000, 1_000)).toBe(4_000);
  expect(told.knownSince(300_000, 1_000)).toBe(9_000);
  expect(told.knownSince(500_500, 1_000)).toBe(9_000);
  expect(told.knownSince(502_000, 1_000)).toBe(501_000);
});
