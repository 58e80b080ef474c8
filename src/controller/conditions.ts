import type { LbError } from '../errors.ts';
import type { Reason } from '../reasons.ts';
import type { Held } from '../engine/guard.ts';
import type { PassOutcome, PassResult } from '../engine/pass.ts';
import { conditionTypes, type Condition } from '../model/condition.ts';
import { listenerParts, type ListenerId } from '../model/ids.ts';
import type { Ingress, PortStatus } from '../model/ingress.ts';
import type { Refusal } from '../model/plan.ts';
import type { ListenerReport, Notice, Report } from '../model/report.ts';
import { sentence } from './sentence.ts';

/** What a condition should say; times are the patch's business. */
export type ConditionWish = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** All that is known of a Service after a pass, as far as the user should see it. */
export interface Findings {
  /** From the intent, or from the provider's plan. */
  readonly refusals: readonly Refusal[];
  readonly pass?: PassResult;
  /** Where there was no pass at all. */
  readonly error?: LbError;
  /** To be shown now; health notices only when they have lasted. */
  readonly notices: readonly Notice[];
  /** This very spec was applied, as record or `Programmed` say: neither a failed read nor its members make that untrue. */
  readonly appliedBefore: boolean;
  /** The Service carries the condition for ports that are not served: only then is its end worth saying. */
  readonly hadPortsError?: boolean;
}

/** Reasons that pass by themselves within moments: shown only when they last. */
const passing: ReadonlySet<string> = new Set<Reason>(['Pending', 'Handover', 'Settling', 'ClusterUnitPending']);
export const isPassing = (condition: ConditionWish): boolean => condition.status === 'False' && passing.has(condition.reason);

/** The conditions of a Service we serve or refuse. What is absent from the list stays as it is. */
export function conditionsFor(findings: Findings): readonly ConditionWish[] {
  return [accepted(findings), ...programmed(findings), degraded(findings), ...portsError(findings)];
}

function accepted({ refusals }: Findings): ConditionWish {
  const [first] = refusals;
  if (first === undefined) return good(conditionTypes.accepted, 'True', 'Accepted', 'The Service is understood.');
  return bad(conditionTypes.accepted, 'False', first.reason, refusals.map(sentence).join(' '));
}

function programmed(findings: Findings): readonly ConditionWish[] {
  const wish = (reason: Reason, message: string): readonly ConditionWish[] => [bad(conditionTypes.programmed, 'False', reason, message)];
  const [refusal] = findings.refusals;
  if (refusal !== undefined)
    return wish(refusal.reason, 'What the Service asks for is refused; a load balancer that exists is kept as it stands.');
  const { pass } = findings;
  const error = pass?.error ?? findings.error;
  if (pass === undefined) return error === undefined ? wish('Pending', 'Work has begun.') : failed(findings, error, wish);
  const [held] = pass.held;
  if (held !== undefined) return wish(held.reason, pass.held.map(heldSentence).join(' '));
  if (error !== undefined) return failed(findings, error, wish);
  if (pass.outcome === 'planned') return planned(pass, wish);
  const broken = pass.report?.listeners.find(({ state }) => state === 'failed');
  if (broken !== undefined) return wish(broken.reason ?? 'CloudUnavailable', listenerSentence(broken));
  if (servesAll(pass.report) && (pass.outcome === 'finished' || pass.wait?.reason === 'Handover')) {
    return [good(conditionTypes.programmed, 'True', 'Programmed', 'Every port is served.')];
  }
  if (findings.appliedBefore && pass.plan?.steps.every((step) => step.membersOnly === true) === true) return [];
  if (pass.wait !== undefined) return wish(pass.wait.reason, sentence(pass.wait));
  return wish('Pending', 'Work goes on.');
}

/** A failed member update or a failed look at what is applied leaves the condition as it is. */
function failed(
  findings: Findings,
  error: LbError,
  wish: (reason: Reason, message: string) => readonly ConditionWish[],
): readonly ConditionWish[] {
  const failures = findings.pass?.runs.filter((run) => run.outcome === 'failed') ?? [];
  const membersOnly = failures.length > 0 && failures.every((run) => run.step.membersOnly === true);
  const lookOnly = failures.length === 0 && findings.appliedBefore;
  return membersOnly || lookOnly ? [] : wish(error.code, errorSentence(error));
}

function planned(pass: PassResult, wish: (reason: Reason, message: string) => readonly ConditionWish[]): readonly ConditionWish[] {
  const steps = pass.plan?.steps ?? [];
  if (steps.length > 0) return wish('PlanOnly', `Would be done: ${steps.map((step) => step.summary).join('; ')}.`);
  if (servesAll(pass.report)) return [good(conditionTypes.programmed, 'True', 'Programmed', 'Every port is served.')];
  return wish('Pending', 'Work goes on.');
}

function degraded({ notices, pass, error = pass?.error, appliedBefore }: Findings): ConditionWish {
  const shown = notices.filter(({ kind }) => kind !== 'info');
  const [first] = shown;
  if (first !== undefined) return bad(conditionTypes.degraded, 'True', first.reason, shown.map(sentence).join(' '));
  if (error !== undefined && appliedBefore) return bad(conditionTypes.degraded, 'True', error.code, errorSentence(error));
  return good(conditionTypes.degraded, 'False', 'AsExpected', 'Nothing is degraded.');
}

function portsError({ pass, refusals, hadPortsError = false }: Findings): readonly ConditionWish[] {
  const mixed = refusals.find(({ reason }) => reason === 'LoadBalancerMixedProtocolNotSupported');
  if (mixed !== undefined) return [bad(conditionTypes.portsError, 'True', mixed.reason, sentence(mixed))];
  const broken = pass?.report?.listeners.filter(({ state }) => state === 'failed') ?? [];
  const [first] = broken;
  if (first !== undefined)
    return [bad(conditionTypes.portsError, 'True', first.reason ?? 'CloudUnavailable', broken.map(listenerSentence).join(' '))];
  return pass?.report === undefined || !hadPortsError
    ? []
    : [good(conditionTypes.portsError, 'False', 'PortsServed', 'Every port is served.')];
}

/**
 * Ingress as it should be published: one port entry per listener, and one with its error per port of the Service that is not
 * served because of a refusal or because the change waits for approval (contract F9).
 */
export function ingressFor(
  report: Report | undefined,
  { refusals, held = [], asked = [] }: { refusals: readonly Refusal[]; held?: readonly Held[]; asked?: readonly ListenerId[] },
): readonly Ingress[] | undefined {
  if (report === undefined || report.ingress === 'unknown') return undefined;
  const refusalOf = (id: ListenerId): Reason | undefined => refusals.find(({ listener }) => listener === id)?.reason;
  const ports = report.listeners.map(({ id, state, reason }): PortStatus => {
    const error = refusalOf(id) ?? (state === 'failed' ? (reason ?? 'CloudUnavailable') : undefined);
    return { ...listenerParts(id), ...(error === undefined ? {} : { error: portError(error) }) };
  });
  const blocked = refusals[0]?.reason ?? held[0]?.reason;
  for (const id of asked) {
    if (blocked === undefined || report.listeners.some((listener) => listener.id === id)) continue;
    ports.push({ ...listenerParts(id), error: portError(refusalOf(id) ?? blocked) });
  }
  return report.ingress.map((entry) => (entry.ports === undefined && ports.length > 0 ? { ...entry, ports } : entry));
}

/** Built-in errors are CamelCase, a controller's own carry its domain (contract F9). */
const portError = (reason: Reason): string => (reason === 'LoadBalancerMixedProtocolNotSupported' ? reason : `portolan.dev/${reason}`);

const servesAll = (report: Report | undefined): boolean => report?.listeners.every(({ state }) => state === 'serving') ?? false;

/** What is lost and why, and the word that allows it. */
export function heldSentence(held: Held): string {
  const because = held.claim.because.map(({ field, from, to }) => `${field}: ${from || '(unset)'} → ${to || '(unset)'}`).join(', ');
  const cause = `This would lose ${held.claim.loses.join(', ')}${because === '' ? '' : ` because of ${because}`}`;
  return sentence({
    reason: held.reason,
    text: cause,
    remedy: `To allow it set the annotation portolan.dev/approve: "${held.code}"; else undo the change`,
  });
}

export const errorSentence = (error: LbError): string =>
  sentence({ reason: error.code, text: error.text, field: error.field, remedy: error.remedy });

const listenerSentence = ({ id, reason, text }: ListenerReport): string =>
  sentence({
    reason: reason ?? 'CloudUnavailable',
    text: text ?? `${id} is not served`,
    ...(text?.includes(id) === true ? {} : { field: id }),
  });

const good = (type: string, status: 'True' | 'False', reason: Reason, message: string): ConditionWish => ({
  type,
  status,
  reason,
  message,
});
const bad = (type: string, status: 'True' | 'False', reason: Reason, message: string): ConditionWish => ({
  type,
  status,
  reason,
  message: cut(message),
});

/** Conditions have a limit of 32,768 characters; far less is readable. */
const cut = (message: string): string => (message.length <= 1024 ? message : `${message.slice(0, 1021)}…`);

/** Outcomes after which the user must act before anything goes on. */
export const needsUser = (outcome: PassOutcome): boolean => outcome === 'held' || outcome === 'refused';
