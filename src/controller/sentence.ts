import { reasons, type Reason } from '../reasons.ts';

/** What is wrong, where, and what to do about it. */
export interface Complaint {
  readonly reason: Reason;
  readonly text: string;
  readonly field?: string | undefined;
  readonly remedy?: string | undefined;
}

/** One line for a condition or an event: `field: cause. Remedy.` A function of the cause alone, so that it never flaps. */
export function sentence({ reason, text, field, remedy = reasons[reason].remedy }: Complaint): string {
  const cause = field === undefined || text.includes(field) ? text : `${field}: ${text}`;
  return [cause, remedy]
    .filter((part) => part !== undefined && part !== '')
    .map((part) => ended(part ?? ''))
    .join(' ');
}

function ended(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
