import * as z from 'zod';
import { LbError } from '../../../src/errors.ts';
import type { Verb } from '../protocol.ts';
import { printable } from '../process/stderr-log.ts';
import { parsed } from './parsed.ts';
import { aWait, name, providerReasons } from './texts.ts';

const longestText = 300;

export const errorShape = z.strictObject({
  code: name(100),
  verdict: z.enum(['retry', 'retry-after', 'wait-for-user', 'in-doubt', 'gone', 'bug']).exactOptional(),
  message: z.string().min(1),
  retryAfterMs: aWait.exactOptional(),
  field: name(500).exactOptional(),
  remedy: z.string().min(1).exactOptional(),
});

/**
 * The error of an answer. A code outside of the catalogue is the provider's bug, and its text is for the log only: nobody
 * vouches for what is in it.
 * @throws LbError `BadAnswer` where it is not even an error of the protocol
 */
export function parseError(error: unknown, verb: Verb): LbError {
  const { code, verdict, message, retryAfterMs, field, remedy } = parsed(errorShape, error, verb);
  const known = providerReasons.find((reason) => reason === code);
  if (known === undefined) {
    const cause = new Error(`${code.slice(0, 100)}: ${shown(message)}`);
    return new LbError('ProviderBug', `the provider answered ${verb} with an error code that is not for providers to use`, { cause });
  }
  return new LbError(known, shown(message), {
    ...(verdict === undefined ? {} : { verdict }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(field === undefined ? {} : { field: printable(field) }),
    ...(remedy === undefined ? {} : { remedy: shown(remedy) }),
  });
}

/** One line for people, of what may be an exception's whole text. */
const shown = (text: string): string => {
  const [first = ''] = text.trim().split(/[\r\n]/, 1);
  const clean = printable(first).trim();
  return clean.length <= longestText ? clean || 'no reason was given' : `${clean.slice(0, longestText - 1)}…`;
};
