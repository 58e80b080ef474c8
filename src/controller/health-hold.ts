import { conditionTypes, type Condition } from '../model/condition.ts';
import type { Notice } from '../model/report.ts';

/** Health is shown on the object only when it has lasted, and taken back only when good has lasted: 60 s in either direction. */
const healthHoldMs = 60_000;

export interface HealthHold {
  /** What is shown now; empty = health is good, as far as the object says. */
  readonly shown: readonly Notice[];
  /** Monotonic time at which reality began to differ from what is shown. */
  readonly changedAt: number | undefined;
}

/** What the object shows of health from an earlier life of this process: a restart is no reason to take it back sooner. */
export function shownBefore(conditions: readonly Condition[]): HealthHold {
  const bad = conditions.find(
    ({ type, status, reason }) => type === conditionTypes.degraded && status === 'True' && reason === 'NoHealthyMember',
  );
  if (bad === undefined) return { shown: [], changedAt: undefined };
  // The message holds cause and remedy already.
  return { shown: [{ reason: 'NoHealthyMember', text: bad.message, remedy: '', kind: 'health' }], changedAt: undefined };
}

/** What to show of health from now on, and when to look again where a change is on its way. */
export function holdHealth(hold: HealthHold, notices: readonly Notice[], nowMs: number): { hold: HealthHold; lookAfterMs?: number } {
  const bad = notices.filter(({ kind }) => kind === 'health');
  const shownBad = hold.shown.length > 0;
  if (bad.length > 0 === shownBad) return { hold: { shown: bad, changedAt: undefined } };
  const changedAt = hold.changedAt ?? nowMs;
  const left = changedAt + healthHoldMs - nowMs;
  return left <= 0 ? { hold: { shown: bad, changedAt: undefined } } : { hold: { shown: hold.shown, changedAt }, lookAfterMs: left };
}
