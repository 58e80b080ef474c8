import { asLbError } from '../../errors.ts';
import type { PassOptions } from '../pass-options.ts';
import type { PassResult, Violation } from '../result.ts';
import { applicable } from './applicable.ts';
import { boundaryText, type Boundary } from './boundaries.ts';
import { crashAt, record, type Crash, type Death } from './crash.ts';
import { scenarios } from './scenarios.ts';
import type { Scenario } from './scenario.ts';

/** A death in a scenario: where, and how. */
interface Doom {
  readonly at: number;
  readonly death: Death;
  readonly boundary: Boundary;
}

/**
 * The crash matrix: each scenario is told once for each of its boundaries, and the controller dies there. Its successor must
 * bring about what an undisturbed telling ends with.
 */
export async function runCrash(options: PassOptions & { readonly scenarios?: readonly Scenario[] }): Promise<PassResult> {
  const { simulate, seed, signal, progress } = options;
  const { told, leftOut, settleMs } = await applicable(options.scenarios ?? scenarios, simulate, seed);
  const lines: string[] = [];
  const violations: Violation[] = [];
  const sum = { recorded: 0, hit: 0, late: 0, lateHit: 0 };
  for (const [index, scenario] of told.entries()) {
    if (signal.aborted) break;
    const recording = await record(scenario, { simulate, seed }).catch((thrown: unknown) => untold(scenario, thrown));
    if ('text' in recording) {
      violations.push(recording);
      continue;
    }
    violations.push(...recording.violations.map((text) => ({ where: `${scenario.id}, undisturbed`, text })));
    const dooms = doomsOf(recording.boundaries, settleMs);
    const hits = { 'at-once': 0, 'call-comes-late': 0 };
    let shownTrace = false;
    for (const { at, death, boundary } of dooms) {
      if (signal.aborted) break;
      const crash = await crashAt(scenario, recording, at, death, { simulate, seed }).catch(untellable);
      if (crash.hit) hits[death]++;
      const where = `${scenario.id}, boundary ${at} (${boundaryText(boundary)})${death === 'at-once' ? '' : ', and the call is carried out late'}`;
      for (const text of crash.violations) {
        violations.push({ where, text: shownTrace ? text : [text, ...crash.trace].join('\n') });
        shownTrace = true;
      }
    }
    const { length: recorded } = recording.boundaries;
    const late = dooms.length - recorded;
    lines.push(
      `${scenario.id}: ${recorded} boundaries, ${hits['at-once']} hit${late === 0 ? '' : `; ${hits['call-comes-late']} of ${late} mutations carried out late`}`,
    );
    sum.recorded += recorded;
    sum.hit += hits['at-once'];
    sum.late += late;
    sum.lateHit += hits['call-comes-late'];
    progress({ kind: 'pass', pass: 'crash', done: index + 1, of: told.length, what: scenario.id });
  }
  lines.push(...leftOut);
  lines.push(
    `${told.length} scenarios: ${sum.recorded} boundaries recorded, ${sum.hit} hit; ${sum.late} calls to come late, ${sum.lateHit} did`,
  );
  return { pass: 'crash', lines, violations, runs: sum.hit + sum.lateHit, expectedRuns: sum.recorded + sum.late };
}

/** A story that cannot be told to its end is no end either. */
const untellable = (thrown: unknown): Crash => ({
  hit: true,
  violations: [`the story cannot go on: ${asLbError(thrown).text}`],
  trace: [],
});

/** A provider on which a story cannot even be told undisturbed fails it; the others are told all the same. */
export const untold = ({ id }: Scenario, thrown: unknown): Violation => ({
  where: `${id}, undisturbed`,
  text: `the story cannot be told: ${asLbError(thrown).text}`,
});

/** Every boundary; and every mutation of a cloud that may be late once more, carried out after its process has died. */
function doomsOf(boundaries: readonly Boundary[], settleMs: number): readonly Doom[] {
  const atOnce = boundaries.map((boundary, at): Doom => ({ at, death: 'at-once', boundary }));
  if (settleMs === 0) return atOnce;
  const mutations = atOnce.filter(
    ({ boundary }) => boundary.side === 'before' && boundary.kind === 'call' && boundary.what.startsWith('apply '),
  );
  return [...atOnce, ...mutations.map((doom): Doom => ({ ...doom, death: 'call-comes-late' }))];
}
