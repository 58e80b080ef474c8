import * as z from 'zod';
import { LbError } from '../../../src/errors.ts';

/**
 * What Amazon answered, as a domain value. A field that is missing, or of another type or an unknown value, makes the whole
 * answer invalid where it is of a kind that is ours; fields nobody here asks for may be as they like.
 * @throws LbError `BadAnswer` that names the action and the place, never what stood there; the rest is its cause, for the log
 */
export function parsedAnswer<T>(schema: z.ZodType<T>, answer: unknown, action: string): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const path = result.error.issues[0]?.path ?? [];
  const place = path.length === 0 ? 'the answer' : path.map((part) => String(part)).join('.');
  const cause = new Error(z.prettifyError(result.error).slice(0, 1_000));
  throw new LbError('BadAnswer', `${action} answered with what Amazon does not document: ${place}`, { cause });
}

/** An id, an ARN or a name: never empty. */
export const word = z.string().min(1);
/** One that may be absent; empty means so, too. */
export const optionalWord = z
  .string()
  .optional()
  .transform((text) => (text === '' ? undefined : text));
export const count = z.int().min(0);

/** Both services write tags like this; one without a value has the empty one. */
export const tags = z
  .array(z.object({ Key: word, Value: z.string().default('') }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ Key, Value }) => [Key, Value])));
