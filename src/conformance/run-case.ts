import { asLbError } from '../errors.ts';
import type { Capabilities, Feature } from '../model/capabilities.ts';
import { parseRows } from '../settings/parse.ts';
import { perform } from './actions.ts';
import type { ActionStep, CaseStep, ConformanceCase, Hook } from './case.ts';
import type { Ground } from './cluster-api.ts';
import { evaluate } from './checks/checks.ts';
import { readingProvider } from './owned-things.ts';
import { refusedVisibly } from './refused-visibly.ts';
import type { CaseFailure, CaseResult, CheckResult, Outcome } from './result.ts';
import { Rig } from './rig.ts';
import type { RowId } from './rows/row.ts';
import type { ProviderSimulation, Simulate } from './simulation.ts';

export interface CaseOptions {
  readonly simulate: Simulate;
  readonly seed: number;
  readonly ground?: Ground;
}

/** How much of what happened before is shown with a failure. */
const shownTrace = 40;
const counted = ['observe', 'apply', 'inventory'] as const; // verbs that reach the cloud

/** Tells one story on a fresh cluster and a fresh cloud. What goes wrong is a failed check. @throws what `simulate` throws. */
export async function runCase(of: ConformanceCase, options: CaseOptions): Promise<CaseResult> {
  const rig = await Rig.open({ ...options, ...(of.setup === undefined ? {} : { setup: of.setup }) });
  try {
    const capabilities = await capabilitiesOf(rig);
    const lacked = (of.needs ?? []).filter((feature) => capabilities[feature] !== true);
    const missing = (of.hooks ?? []).filter((hook) => !hasHook(rig.simulation, hook));
    // What is lacked can be refused without what only the whole story needs.
    const asks = of.asks ?? (missing.length === 0 ? stepsToFirstService(of.steps) : undefined);
    if (lacked.length > 0 && asks !== undefined) {
      const why = lacked.map((feature) => reasonOf(feature, capabilities));
      return await tellOpposite(of, rig, why, asks);
    }
    if (missing.length > 0) return resultOf(of, rig, notApplicable(of, `the simulated cloud has no ${missing.join(', no ')}`));
    return await tell(of, rig);
  } finally {
    await rig.close();
  }
}

/** The rows a case has a word on, in the order of its steps. */
export function rowsOf({ steps }: ConformanceCase): readonly RowId[] {
  return [...new Set(steps.flatMap((step) => ('check' in step ? step.rows : [])))];
}

/** Area of a case: the part of its id before the slash. */
export const areaOf = ({ id }: ConformanceCase): string => id.split('/')[0] ?? id;

async function tell(of: ConformanceCase, rig: Rig): Promise<CaseResult> {
  const wrong = new Map<RowId, string>();
  const reached = new Set<RowId>();
  let failure: CaseFailure | undefined;
  for (const [index, step] of of.steps.entries()) {
    const seen = await take(rig, step);
    if ('check' in step) for (const row of step.rows) reached.add(row);
    if (seen === undefined) continue;
    failure ??= { step: index, text: seen, trace: rig.trace.tail(shownTrace) };
    if ('check' in step) for (const row of step.rows) if (!wrong.has(row)) wrong.set(row, seen);
    // A story that cannot go on proves nothing of what comes later.
    if ('do' in step) break;
  }
  const checks = rowsOf(of).map((row): CheckResult => {
    const reason = wrong.get(row) ?? (reached.has(row) ? undefined : failure?.text);
    return { caseId: of.id, row, outcome: reason === undefined ? 'passed' : 'failed', ...(reason === undefined ? {} : { reason }) };
  });
  return resultOf(of, rig, checks, failure);
}

function take(rig: Rig, step: CaseStep): Promise<string | undefined> {
  return orWhyNot(async () => {
    if ('do' in step) {
      await perform(rig, step);
      return undefined;
    }
    const seen = await evaluate(rig, step);
    return seen === undefined || step.why === undefined ? seen : `${seen} (${step.why})`;
  });
}

/** A look at the cloud that fails is something seen. */
async function orWhyNot(look: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await look();
  } catch (thrown) {
    return asLbError(thrown).text;
  }
}

/** What the provider lacks must be refused, not ignored: the first Service of the story gets no load balancer and is told why. */
async function tellOpposite(of: ConformanceCase, rig: Rig, lacked: readonly string[], asks: readonly ActionStep[]): Promise<CaseResult> {
  let seen: string | undefined;
  for (const step of asks) seen ??= await take(rig, step);
  await rig.rest(5_000);
  seen ??= await orWhyNot(() => refusedVisibly(rig));
  const outcome: Outcome = seen === undefined ? 'refused-visibly' : 'failed';
  const checks = rowsOf(of).map((row): CheckResult => ({ caseId: of.id, row, outcome, reason: seen ?? lacked.join('; ') }));
  return resultOf(
    of,
    rig,
    checks,
    seen === undefined ? undefined : { step: asks.length - 1, text: seen, trace: rig.trace.tail(shownTrace) },
  );
}

function reasonOf(feature: Feature, capabilities: Capabilities): string {
  const has = capabilities[feature];
  return `lacks ${feature}${has === true ? '' : `: ${has.lacks}`}`;
}

function stepsToFirstService(steps: readonly CaseStep[]): readonly ActionStep[] {
  const first = steps.findIndex((step) => 'do' in step && step.do === 'create');
  return steps.slice(0, first + 1).filter((step) => 'do' in step);
}

function notApplicable(of: ConformanceCase, reason: string): readonly CheckResult[] {
  return rowsOf(of).map((row) => ({ caseId: of.id, row, outcome: 'not-applicable', reason }));
}

function resultOf(of: ConformanceCase, rig: Rig, checks: readonly CheckResult[], failure?: CaseFailure): CaseResult {
  const calls = rig.trace.calls();
  const cloudCalls = Object.fromEntries(counted.map((verb) => [verb, calls.filter((call) => call.verb === verb).length]));
  return { id: of.id, area: areaOf(of), title: of.title, checks, ...(failure === undefined ? {} : { failure }), cloudCalls };
}

export function hasHook(simulation: ProviderSimulation, hook: Hook): boolean {
  switch (hook) {
    case 'data-path':
      return simulation.dataPath !== undefined;
    case 'two-connections':
      return simulation.secondConnection !== undefined;
    case 'smaller-pool':
      return simulation.smallerPool !== undefined;
    case 'plant-foreign':
      return 'plantForeign' in simulation;
    case 'plant-stray':
      return 'plantStray' in simulation;
    case 'places-to-choose':
      return simulation.onePlacePerService !== true;
    case 'node-port-per-protocol':
      return simulation.oneNodePortPerNumber !== true;
    case 'published-names':
      return simulation.resolve !== undefined;
    case 'published-addresses':
      return simulation.resolve === undefined;
    default:
      return Object.keys(simulation.tamper ?? {}).includes(hook.slice('tamper:'.length));
  }
}

async function capabilitiesOf(rig: Rig): Promise<Capabilities> {
  const provider = await rig.during(readingProvider(rig, rig.cluster().id));
  try {
    return provider.capabilities(parseRows(rig.simulation.definition.settings, {}, '').values);
  } finally {
    await rig.during(provider.close());
  }
}
