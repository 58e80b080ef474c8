import * as z from 'zod';
import { LbError } from '../../../src/errors.ts';

/**
 * What a provider sent, as a domain value. Strict: a field that is missing, null, of another type or unknown makes the whole
 * of it invalid. Absence is never guessed.
 * @throws LbError `BadAnswer` that names the verb and the place, never what stood there; the rest is its cause, for the log.
 */
export function parsed<T>(schema: z.ZodType<T>, value: unknown, verb: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  const words = first === undefined ? 'is invalid' : wordsOf(first);
  const place = first === undefined || first.path.length === 0 ? 'the answer' : first.path.map(segment).join('.');
  const cause = new Error(z.prettifyError(result.error).slice(0, 1_000));
  throw new LbError('BadAnswer', `the provider answered ${verb} with what the protocol does not allow: ${place} ${words}`, { cause });
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `is not ${issue.expected}`;
  if (issue.code === 'unrecognized_keys') return 'has a field the protocol does not know';
  if (issue.code === 'custom') return issue.message;
  return 'has a value the protocol does not allow';
}

/** Keys of an answer are the provider's to choose: only plain ones are repeated to users. */
const segment = (part: PropertyKey): string => (/^[\w./-]{1,60}$/.test(String(part)) ? String(part) : '?');
