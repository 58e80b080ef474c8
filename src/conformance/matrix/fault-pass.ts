import { asLbError } from '../../errors.ts';
import type { CallVerb, ContractFault } from '../contract-faults.ts';
import type { ApiFault } from '../api-faults.ts';
import type { PassOptions } from '../pass-options.ts';
import type { PassResult, Violation } from '../result.ts';
import type { ProviderSimulation } from '../simulation.ts';
import { applicable } from './applicable.ts';
import { record } from './crash.ts';
import { untold } from './crash-pass.ts';
import { countCalls, tellWhile, tellWith, type CallCounts, type Mishap, type Told } from './faulty.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

type Kind<Fault> = Pick<ContractFault & ApiFault, 'ms'> & { readonly fault: Fault };

const failing = [
  { fault: 'error' },
  { fault: 'throttle' },
  { fault: 'throttle', ms: 7_000 },
  { fault: 'latency', ms: 3_000 },
] as const satisfies readonly Kind<ContractFault['fault']>[];

/** What can go wrong with each call at the contract. What comes late comes within the settle time, after other passes. */
const contractKinds: Readonly<Record<CallVerb, readonly Kind<ContractFault['fault']>[]>> = {
  start: failing,
  observe: [...failing, { fault: 'lost-reply' }, { fault: 'hang' }],
  apply: [...failing, { fault: 'lost-reply' }, { fault: 'late' }, { fault: 'hang' }],
  inventory: [...failing, { fault: 'partial' }],
};

const apiKinds: Readonly<Record<'read' | 'eventual-read' | 'write', readonly Kind<ApiFault['fault']>[]>> = {
  read: failing,
  'eventual-read': [...failing, { fault: 'stale' }, { fault: 'partial' }],
  write: [...failing, { fault: 'lost-reply' }, { fault: 'late' }],
};

/** What may last until somebody puts it right: everything that says that it failed. */
const lasting: readonly Mishap[] = (['observe', 'apply'] as const).flatMap((verb) =>
  (['error', 'throttle', 'lost-reply'] as const).map((fault): Mishap => ({ at: 'contract', fault: { verb, fault } })),
);

/** Each kind of fault, at each call of each scenario: its end must be that of the undisturbed telling. */
export async function runFaults(options: PassOptions & { readonly scenarios?: readonly Scenario[] }): Promise<PassResult> {
  const { simulate, seed, signal, progress } = options;
  const { told, leftOut, settleMs, apiCalls } = await applicable(options.scenarios ?? scenarios, simulate, seed);
  const lines: string[] = [];
  const violations: Violation[] = [];
  const sum = { planned: 0, hit: 0 };
  for (const [index, scenario] of told.entries()) {
    if (signal.aborted) break;
    const telling = { simulate, seed };
    const recording = await record(scenario, telling).catch((thrown: unknown) => untold(scenario, thrown));
    if ('text' in recording) {
      violations.push(recording);
      continue;
    }
    violations.push(...recording.violations.map((text) => ({ where: `${scenario.id}, undisturbed`, text })));
    const counts = await countCalls(scenario, telling);
    const single = mishapsOf(counts.whole, settleMs, apiCalls);
    const whole = lasting.filter(({ fault }) => 'verb' in fault && isCalled(fault.verb, counts.first));
    let hit = 0;
    let shownTrace = false;
    for (const [mishap, tell] of [...single.map((each) => [each, tellWith] as const), ...whole.map((each) => [each, tellWhile] as const)]) {
      if (signal.aborted) break;
      const seen = await tell(scenario, mishap, recording, telling).catch(untellable);
      if (seen.hit) hit++;
      else violations.push({ where: whereOf(scenario, mishap), text: 'the call was not made again: the kit is not deterministic' });
      for (const text of seen.violations) {
        violations.push({ where: whereOf(scenario, mishap), text: shownTrace ? text : [text, ...seen.trace].join('\n') });
        shownTrace = true;
      }
    }
    lines.push(`${scenario.id}: ${single.length} faults of one call, ${whole.length} that last; ${hit} hit`);
    sum.planned += single.length + whole.length;
    sum.hit += hit;
    progress({ kind: 'pass', pass: 'faults', done: index + 1, of: told.length, what: scenario.id });
  }
  lines.push(...leftOut, `${told.length} scenarios: ${sum.planned} faults, ${sum.hit} hit`);
  return { pass: 'faults', lines, violations, runs: sum.hit, expectedRuns: sum.planned };
}

/** A story that cannot be told to its end is no end either. */
const untellable = (thrown: unknown): Told => ({ hit: true, violations: [`the story cannot go on: ${asLbError(thrown).text}`], trace: [] });

/** Every kind of fault at every call. */
function mishapsOf({ contract, api }: CallCounts, settleMs: number, apiCalls: ProviderSimulation['apiCalls']): readonly Mishap[] {
  const mishaps: Mishap[] = [];
  const possible = ({ fault }: Kind<string>): boolean => fault !== 'late' || settleMs > 0;
  for (const verb of ['start', 'observe', 'apply', 'inventory'] as const) {
    for (const kind of contractKinds[verb].filter(possible)) {
      // A list breaks off at a thing, not at a call.
      const calls = kind.fault === 'partial' ? Math.min(contract[verb], 1) : contract[verb];
      for (let skip = 0; skip < calls; skip++)
        mishaps.push({ at: 'contract', fault: { ...kind, ...late(kind, settleMs), verb, skip, times: 1 } });
    }
  }
  for (const [call, made] of api) {
    for (const kind of apiKinds[apiCalls?.[call] ?? 'read'].filter(possible)) {
      for (let skip = 0; skip < made; skip++)
        mishaps.push({ at: 'api', fault: { ...kind, ...late(kind, settleMs), call, skip, times: 1 } });
    }
  }
  return mishaps;
}

const late = ({ fault }: Kind<string>, settleMs: number): { readonly ms?: number } => (fault === 'late' ? { ms: settleMs * 0.8 } : {});

const isCalled = (verb: ContractFault['verb'], { contract }: CallCounts): boolean => verb in contract && contract[verb as CallVerb] > 0; // just checked

function whereOf({ id }: Scenario, { fault }: Mishap): string {
  const what = 'verb' in fault ? fault.verb : String(fault.call);
  const how = [fault.fault, fault.ms === undefined ? undefined : `${fault.ms / 1_000} s`].filter((part) => part !== undefined).join(' ');
  return fault.times === undefined ? `${id}, ${how} at every ${what}` : `${id}, ${how} at ${what} ${(fault.skip ?? 0) + 1}`;
}
