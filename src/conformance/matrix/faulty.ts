import { approvalCodes } from '../approval-shown.ts';
import { ApiFaults, type ApiFault } from '../api-faults.ts';
import { serviceOf } from '../actions.ts';
import type { ActionStep } from '../case.ts';
import type { CallVerb, ContractFault } from '../contract-faults.ts';
import type { Simulate } from '../simulation.ts';
import type { Telling, Recording } from './crash.ts';
import { unexplained } from './explained.ts';
import type { Scenario } from './scenario.ts';
import { Stage } from './stage.ts';

/** What goes wrong in one telling: at the contract, or below the provider. */
export type Mishap = { readonly at: 'contract'; readonly fault: ContractFault } | { readonly at: 'api'; readonly fault: ApiFault };

/** How often each call is made in an undisturbed telling of a scenario. */
export interface CallCounts {
  readonly contract: Readonly<Record<CallVerb, number>>;
  /** `api.method`, only those that can fail as a cloud's calls do. */
  readonly api: ReadonlyMap<string, number>;
}

export interface Told {
  /** The call was made that the mishap was meant for. */
  readonly hit: boolean;
  readonly violations: readonly string[];
  readonly trace: readonly string[];
}

/** So long a user waits for what the controller is to do before the next act: show a code, let a Service go. */
const patienceMs = 400_000;
/** The same while a call hangs: a controller that is stuck is started anew then. */
const stuckMs = 60_000;
/** Within this time a Service must say what is wrong. */
const soonMs = 5_000;

/** A scenario with its faults: the rig's contract, and the APIs below the provider. */
class FaultyStage {
  readonly stage: Stage;
  readonly #faults: ApiFaults;
  readonly #from: { readonly trace: number; readonly api: ReadonlyMap<string, number> };

  private constructor(stage: Stage, faults: ApiFaults) {
    this.stage = stage;
    this.#faults = faults;
    this.#from = { trace: stage.rig.trace.entries.length, api: new Map(faults.counts) };
  }

  static async open(scenario: Scenario, { simulate, seed }: Telling): Promise<FaultyStage> {
    let faults: ApiFaults | undefined;
    const faulty: Simulate = (clock) => {
      faults = new ApiFaults(clock);
      return simulate(clock, faults.wrap);
    };
    const stage = await Stage.open(scenario, { simulate: faulty, seed });
    if (faults === undefined) throw new Error('nothing was simulated');
    return new FaultyStage(stage, faults);
  }

  arm(mishap: Mishap): void {
    if (mishap.at === 'contract') this.stage.rig.install().faults.add(mishap.fault, 'pass');
    else this.#faults.add(mishap.fault);
  }

  disarm(): void {
    this.stage.rig.install().faults.clear('story');
    this.stage.rig.install().faults.clear('pass');
    this.#faults.clear();
  }

  /** Whether it went wrong as it was meant to. */
  wasHit({ at, fault }: Mishap): boolean {
    return at === 'contract' ? this.stage.rig.install().faults.struck(fault) : this.#faults.struck(fault);
  }

  /** Calls since the scenario began. */
  counts(): CallCounts {
    const calls = this.stage.rig.trace.calls(this.#from.trace);
    const of = (verb: CallVerb): number => calls.filter((call) => call.verb === verb).length;
    const api = new Map<string, number>();
    for (const call of Object.keys(this.stage.rig.simulation.apiCalls ?? {}))
      api.set(call, (this.#faults.counts.get(call) ?? 0) - (this.#from.api.get(call) ?? 0));
    return { contract: { start: of('start'), observe: of('observe'), apply: of('apply'), inventory: of('inventory') }, api };
  }

  /** What Services that a fault hit since the scenario began do not say. */
  unexplained(): readonly string[] {
    return unexplained(this.stage.rig, this.#from.trace);
  }
}

/** Counts the calls of an undisturbed telling, and those until its first act has had a little time. */
export async function countCalls(
  scenario: Scenario,
  telling: Telling,
): Promise<{ readonly whole: CallCounts; readonly first: CallCounts }> {
  const [begun] = firstAct(scenario);
  const first = await counted(scenario, telling, async ({ stage }) => {
    for (const step of begun) await stage.perform(step);
    await stage.rig.rest(soonMs);
  });
  // Apart, because acts that follow each other at once may share calls.
  const whole = await counted(scenario, telling, async ({ stage }) => {
    for (const step of scenario.acts) await stage.perform(step);
  });
  return { whole, first };
}

async function counted(scenario: Scenario, telling: Telling, tell: (faulty: FaultyStage) => Promise<void>): Promise<CallCounts> {
  const faulty = await FaultyStage.open(scenario, telling);
  try {
    await tell(faulty);
    return faulty.counts();
  } finally {
    await faulty.stage.close();
  }
}

/** Tells a scenario in which one call goes wrong; its end must be that of the undisturbed telling. */
export async function tellWith(scenario: Scenario, mishap: Mishap, recording: Recording, telling: Telling): Promise<Told> {
  const faulty = await FaultyStage.open(scenario, telling);
  const { stage } = faulty;
  try {
    faulty.arm(mishap);
    const hurt = await acts(scenario.acts, stage, isHang(mishap));
    const hit = faulty.wasHit(mishap);
    faulty.disarm();
    const violations = [...hurt, ...(await stage.violationsAtEnd(recording.end))];
    return { hit, violations, trace: violations.length > 0 ? stage.rig.trace.tail(80) : [] };
  } finally {
    await stage.close();
  }
}

/** Tells a scenario in which calls go wrong until somebody puts it right: meanwhile the Service says so. */
export async function tellWhile(scenario: Scenario, mishap: Mishap, recording: Recording, telling: Telling): Promise<Told> {
  const faulty = await FaultyStage.open(scenario, telling);
  const { stage } = faulty;
  try {
    faulty.arm(mishap);
    const [begun, rest] = firstAct(scenario);
    for (const step of begun) await stage.perform(step);
    await stage.rig.rest(soonMs);
    const silent = faulty.unexplained();
    const hit = faulty.wasHit(mishap);
    faulty.disarm();
    await stage.takeover();
    const hurt = await acts(rest, stage, false);
    const violations = [...silent, ...hurt, ...(await stage.violationsAtEnd(recording.end))];
    return { hit, violations, trace: violations.length > 0 ? stage.rig.trace.tail(80) : [] };
  } finally {
    await stage.close();
  }
}

/** The first thing that somebody does to Services or nodes, with what comes before it; and the rest. */
function firstAct({ acts: steps }: Scenario): readonly [readonly ActionStep[], readonly ActionStep[]] {
  const first = steps.findIndex(({ do: what }) => !['stop', 'crash', 'fault', 'no-faults'].includes(what));
  return [steps.slice(0, first + 1), steps.slice(first + 1)];
}

/** Does the steps; a code that is asked for is waited for. A controller that hangs is started anew, when nobody else was hurt by it. */
async function acts(steps: readonly ActionStep[], stage: Stage, hangs: boolean): Promise<readonly string[]> {
  const violations: string[] = [];
  let stuck = hangs;
  for (const step of steps) {
    if (!(await isReadyFor(stage, step, stuck ? stuckMs : patienceMs)) && stuck) {
      violations.push(...(await hurtOthers(stage)));
      await restart(stage);
      stuck = false;
      await isReadyFor(stage, step, patienceMs);
    }
    await stage.perform(step);
  }
  if (!stuck) return violations;
  violations.push(...(await hurtOthers(stage)));
  await restart(stage);
  return violations;
}

/** Waits until a step can be done: a code is there to be repeated, a name is free to be used again. */
async function isReadyFor({ rig }: Stage, step: ActionStep, longestMs: number): Promise<boolean> {
  const ready = (): boolean => {
    if (step.do === 'approve') return approvalCodes(serviceOf(rig, step.service)).length > 0;
    return step.do !== 'create' || rig.cluster().view('default', step.service) === undefined;
  };
  for (let waitedMs = 0; !ready(); waitedMs += 5_000) {
    if (waitedMs >= longestMs) return false;
    await rig.rest(5_000);
  }
  return true;
}

async function restart(stage: Stage): Promise<void> {
  stage.rig.note('the process is killed, and another one starts');
  stage.rig.crash();
  stage.rig.install().faults.clear();
  await stage.rig.start();
  await stage.takeover();
}

/** A Service that comes while a call for another one hangs must be served. */
async function hurtOthers(stage: Stage): Promise<readonly string[]> {
  if (!stage.rig.install().runs) return [];
  await stage.perform({ do: 'create', service: 'passer-by' });
  await stage.rig.rest(10_000);
  const served = serviceOf(stage.rig, 'passer-by').ingress.length > 0;
  await stage.perform({ do: 'delete', service: 'passer-by' });
  await stage.rig.rest(10_000);
  return served ? [] : ['hurts nobody else: a call that hangs keeps another Service from being served'];
}

const isHang = ({ fault }: Mishap): boolean => fault.fault === 'hang';
