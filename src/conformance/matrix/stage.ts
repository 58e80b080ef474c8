import type { Simulate } from '../simulation.ts';
import type { ActionStep } from '../case.ts';
import { verdicts } from '../oracles/oracle.ts';
import { courseOracles, restOracles } from '../oracles/oracles.ts';
import { lookAtRest, type AtRest } from '../oracles/at-rest.ts';
import { Chronicle } from '../oracles/chronicle.ts';
import { silence } from '../oracles/silence.ts';
import { saysTrue } from '../../controller/short-cut.ts';
import { conditionTypes } from '../../model/condition.ts';
import { addressOfIngress } from '../../model/ingress.ts';
import { Rig, type RigOptions } from '../rig.ts';
import type { Scenario } from './scenario.ts';

/** Until a successor leads: the Lease of the dead runs out after 15 s, and is asked for every few seconds. */
const takeoverMs = 22_000;
/** After this much of time nothing may be unsettled any more: back-off, waits for a user and settle times have passed. */
const patienceMs = 1_500_000;

/** How a scenario ended, in what must not depend on how it went. */
export interface End {
  /** By `namespace/name`. */
  readonly services: ReadonlyMap<string, { readonly state: string; readonly addresses: readonly string[] }>;
  readonly things: number;
}

/** One telling of a scenario on a rig of its own. */
export class Stage {
  readonly rig: Rig;
  readonly chronicle = new Chronicle();
  readonly #scenario: Scenario;
  #before: End | undefined;

  private constructor(rig: Rig, scenario: Scenario) {
    this.rig = rig;
    this.#scenario = scenario;
  }

  /** At rest where the scenario begins, with something foreign beside it where the cloud can have that. */
  static async open(scenario: Scenario, options: Omit<RigOptions, 'setup'> & { readonly simulate: Simulate }): Promise<Stage> {
    const rig = await Rig.open({ ...options, ...(scenario.setup === undefined ? {} : { setup: scenario.setup }) });
    const stage = new Stage(rig, scenario);
    for (const [index, step] of scenario.given.entries()) {
      await stage.perform(step);
      if (index === 0) await stage.#plant(step);
    }
    stage.#before = endOf(await lookAtRest(rig));
    return stage;
  }

  /** Something of another cluster that looks like the first Service's. */
  async #plant(first: ActionStep): Promise<void> {
    if (first.do !== 'create' || this.rig.simulation.plantForeign === undefined) return;
    await this.perform({ do: 'plant-foreign', what: 'other-cluster', like: first.service });
  }

  perform(step: ActionStep): Promise<void> {
    return this.chronicle.perform(this.rig, step);
  }

  /** Time for a successor to lead and to learn what became of what was under way. */
  takeover(): Promise<void> {
    return this.rig.rest(takeoverMs + this.rig.simulation.definition.settleMs);
  }

  /** Waits until every promise holds, or as long as it may take, and gives what is still wrong then. */
  async violationsAtEnd(like?: End): Promise<readonly string[]> {
    let waitMs = 1_000;
    let waitedMs = 0;
    let violations = await this.#lookForViolations(like);
    while (violations.length > 0 && waitedMs < patienceMs) {
      await this.rig.rest(waitMs);
      waitedMs += waitMs;
      waitMs = Math.min(waitMs * 2, 300_000);
      violations = await this.#lookForViolations(like);
    }
    return [...violations, ...this.#courseViolations()];
  }

  /** What happens in so much time although there is nothing to do. */
  async noise(ms: number): Promise<readonly string[]> {
    const from = this.rig.trace.entries.length;
    await this.rig.rest(ms);
    return verdicts([silence], { trace: this.rig.trace.entries.slice(from), ms });
  }

  async end(): Promise<End> {
    return endOf(await lookAtRest(this.rig));
  }

  async #lookForViolations(like: End | undefined): Promise<readonly string[]> {
    const rest = await lookAtRest(this.rig);
    return [...verdicts(restOracles, rest), ...this.#moved(endOf(rest)), ...(like === undefined ? [] : differences(endOf(rest), like))];
  }

  #courseViolations(): readonly string[] {
    const { rig, chronicle } = this;
    return verdicts(courseOracles, {
      trace: rig.trace.entries,
      chronicle,
      clusterOf: (install) => rig.install(install).clusterId,
    });
  }

  /** Addresses that are not the ones of before although nobody gave them up. */
  #moved(now: End): readonly string[] {
    const moving = new Set((this.#scenario.moves ?? []).map((name) => `default/${name}`));
    return [...(this.#before?.services ?? [])].flatMap(([name, before]) => {
      const after = now.services.get(name);
      if (moving.has(name) || after === undefined || after.addresses.length === 0 || before.addresses.length === 0) return [];
      // A family may come or go; how many there are is compared with the undisturbed end.
      const [few, many] = after.addresses.length < before.addresses.length ? [after, before] : [before, after];
      const same = few.addresses.every((address) => many.addresses.includes(address));
      return same ? [] : [`same address: ${name} had ${before.addresses.join(', ')} and has ${after.addresses.join(', ')}`];
    });
  }

  close(): Promise<void> {
    return this.rig.close();
  }
}

function endOf({ services, things }: AtRest): End {
  return {
    services: new Map(
      services.map(({ view, things: own }) => {
        // What was applied last is no part of how a Service stands that is held or refused: a frozen pass writes no record.
        const served = saysTrue(view, conditionTypes.programmed);
        const shown = view.conditions.filter(({ type }) => served || type !== conditionTypes.applied);
        const conditions = shown.map(({ type, status, reason }) => `${type}=${status}/${reason}`).sort();
        const finalizers = [...view.finalizers].sort();
        const addresses = view.ingress.map(addressOfIngress);
        const state = `${view.type}, [${conditions.join(' ')}], [${finalizers.join(' ')}], ${own.length} things, ${addresses.length} addresses`;
        return [view.key, { state, addresses }] as const;
      }),
    ),
    things: things.length,
  };
}

/** Where an end is not the end of the undisturbed telling. */
function differences(end: End, like: End): readonly string[] {
  const wrong: string[] = [];
  for (const [name, { state }] of like.services) {
    const found = end.services.get(name)?.state;
    if (found !== state) wrong.push(`same end: ${name} is ${found ?? 'gone'}; undisturbed it is ${state}`);
  }
  for (const name of end.services.keys()) if (!like.services.has(name)) wrong.push(`same end: ${name} is still there`);
  if (end.things !== like.things) wrong.push(`same end: there are ${end.things} things of ours; undisturbed there are ${like.things}`);
  return wrong;
}
