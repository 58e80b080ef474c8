import type { Simulate } from '../simulation.ts';
import { Boundaries, boundaryText, type Boundary } from './boundaries.ts';
import type { Scenario } from './scenario.ts';
import { Stage, type End } from './stage.ts';

export interface Telling {
  readonly simulate: Simulate;
  readonly seed: number;
}

/** A scenario told without a crash: every boundary of it, and how it ends. */
export interface Recording {
  readonly boundaries: readonly Boundary[];
  readonly end: End;
  /** What was wrong although nobody died. */
  readonly violations: readonly string[];
}

/** Idle for this long after an undisturbed telling, nothing may happen. */
const idleMs = 660_000;

/** Tells it undisturbed. */
export async function record(scenario: Scenario, { simulate, seed }: Telling): Promise<Recording> {
  const boundaries = new Boundaries();
  const stage = await Stage.open(scenario, { simulate, seed, onCrossing: boundaries.onCrossing });
  try {
    boundaries.start();
    for (const step of scenario.acts) await stage.perform(step);
    boundaries.stop();
    const violations = await stage.violationsAtEnd();
    const end = await stage.end();
    return { boundaries: boundaries.passed, end, violations: [...violations, ...(await stage.noise(idleMs))] };
  } finally {
    await stage.close();
  }
}

/** How the process dies: at the boundary; or so that the call it made there is carried out only after its successor leads. */
export type Death = 'at-once' | 'call-comes-late';

export interface Crash {
  readonly hit: boolean;
  readonly violations: readonly string[];
  /** The last of what happened, for a person who looks into a violation. */
  readonly trace: readonly string[];
}

/** Tells it with a death at one boundary; a successor starts at once, unless the process was to end anyway. */
export async function crashAt(
  scenario: Scenario,
  recording: Recording,
  at: number,
  death: Death,
  { simulate, seed }: Telling,
): Promise<Crash> {
  const boundaries = new Boundaries();
  const stage = await Stage.open(scenario, { simulate, seed, onCrossing: boundaries.onCrossing });
  const { rig } = stage;
  let hit = false;
  let stopping = false;
  const die = (): void => {
    hit = true;
    boundaries.stop();
    rig.note('the process is killed, and another one starts');
    rig.crash();
    rig.install().faults.clear();
    if (!stopping) rig.install().start();
  };
  try {
    if (death === 'at-once') boundaries.start(at, die);
    else dieWithCallUnderWay(boundaries, at, rig, die);
    let sawIt = false;
    for (const step of scenario.acts) {
      stopping = step.do === 'stop';
      await stage.perform(step);
      if (!hit || sawIt || stopping) continue;
      sawIt = true;
      await stage.takeover();
    }
    const kit = prefixViolation(recording.boundaries, boundaries.passed, at, hit);
    const violations = kit === undefined ? await stage.violationsAtEnd(recording.end) : [kit];
    return { hit, violations, trace: violations.length > 0 ? rig.trace.tail(80) : [] };
  } finally {
    await stage.close();
  }
}

/** The call leaves at the boundary; its process dies as soon as it has left. */
function dieWithCallUnderWay(boundaries: Boundaries, at: number, rig: Stage['rig'], die: () => void): void {
  const lateMs = rig.simulation.definition.settleMs * 0.8;
  boundaries.start(at, () => {
    rig.install().faults.add({ verb: 'apply', fault: 'late', ms: lateMs, times: 1 });
    boundaries.start(boundaries.passed.length, die);
  });
}

/** The same seed must lead to the same boundary: else the matrix has holes that nobody sees. */
function prefixViolation(recorded: readonly Boundary[], passed: readonly Boundary[], at: number, hit: boolean): string | undefined {
  if (!hit) return 'the boundary was not reached again: the kit is not deterministic';
  const other = passed
    .slice(0, at + 1)
    .findIndex((boundary, index) => recorded[index] === undefined || boundaryText(boundary) !== boundaryText(recorded[index]));
  if (other < 0) return undefined;
  const [was, is] = [recorded[other], passed[other]].map((boundary) => (boundary === undefined ? 'nothing' : boundaryText(boundary)));
  return `on the way there boundary ${other} was ${is} instead of ${was}: the kit is not deterministic`;
}
