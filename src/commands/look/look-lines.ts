import { errorSentence, heldSentence } from '../../controller/conditions.ts';
import { approveAnnotation } from '../../controller/key-state.ts';
import { sentence, type Complaint } from '../../controller/sentence.ts';
import { parseApprovals } from '../../engine/approval-code.ts';
import type { LbError } from '../../errors.ts';
import type { AnyStep } from '../../model/plan.ts';
import { worstOf } from '../../plan/disruption.ts';
import { formatDuration } from '../../settings/duration.ts';
import { classOf, type Look } from './look.ts';
import { printable, type Paint } from './paint.ts';

const signs = {
  create: { sign: '+', style: 'green' },
  update: { sign: '~', style: 'yellow' },
  delete: { sign: '-', style: 'red' },
} as const;

/** What is refused, held, to be done, waited for or failed with this Service: one line each, none where there is nothing to do. */
export function lookLines(look: Look, paint: Paint): readonly string[] {
  const { steps, meanwhile, wait, error } = look;
  const handoverMs = classOf(look)?.handoverMs ?? 0;
  const lines = [
    ...look.refusals.map((refusal) => complaintLine('refused', refusal, paint)),
    ...steps.map((step) => stepLine(step, handoverMs, paint)),
    ...heldLines(look, paint),
    ...(meanwhile.length === 0 ? [] : ['meanwhile, because members follow the nodes:']),
    ...meanwhile.map((step) => stepLine(step, handoverMs, paint)),
    ...(wait === undefined ? [] : [complaintLine('waits', wait, paint)]),
    ...(error === undefined ? [] : [failureLine(error, paint)]),
  ];
  if (steps.length > 0) lines.push(stepSummary(look));
  return lines;
}

/** `cause (Reason)` with field and remedy, after a word that says what it is. */
export const complaintLine = (word: string, complaint: Complaint, paint: Paint): string =>
  `${paint('red', word)} ${complaint.reason}: ${printable(sentence(complaint))}`;

export const failureLine = (error: LbError, paint: Paint): string =>
  `${paint('red', 'failed')} ${error.code}: ${printable(errorSentence(error))}`;

function stepLine({ verb, summary, disruption, releases = [] }: AnyStep, handoverMs: number, paint: Paint): string {
  const { sign, style } = signs[verb];
  const notes = [
    ...(disruption === 'none' ? [] : [disruption]),
    ...(releases.length === 0 ? [] : [`${releases.join(', ')} is served until no status has named it for ${formatDuration(handoverMs)}`]),
  ];
  return `${paint(style, sign)} ${printable(summary)}${notes.length === 0 ? '' : paint('dim', `  [${printable(notes.join('; '))}]`)}`;
}

function heldLines({ service, held }: Look, paint: Paint): readonly string[] {
  if (held.length === 0) return [];
  const codes = [...parseApprovals(service.annotations[approveAnnotation]), ...held.map(({ code }) => code)];
  return [
    ...held.map((one) => `${paint('red', 'held')} ${one.reason} ${paint('bold', one.code)}: ${printable(heldSentence(one))}`),
    printable(
      `approve with: kubectl annotate service --namespace ${service.namespace} ${service.name} --overwrite ${approveAnnotation}=${codes.join(',')}`,
    ),
  ];
}

function stepSummary(look: Look): string {
  const { steps, held, claim } = look;
  const count = `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}, disruption: ${worstOf(steps.map(({ disruption }) => disruption))}`;
  if (held.length > 0) return `${count}; none of it is done before it is approved`;
  const planOnly = claim.kind === 'ours' && claim.class.mode === 'plan-only';
  return planOnly ? `${count}; the class runs in plan-only mode, so none of it is done` : count;
}
