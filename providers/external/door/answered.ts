import type { Json } from '../../../src/model/json.ts';
import type { Answer } from '../process/session.ts';
import type { Verb } from '../protocol.ts';
import { parseError } from './error-door.ts';

/** The result of an answer. @throws LbError the error it says, or `BadAnswer` */
export function answered(answer: Answer, verb: Verb): Json {
  if ('error' in answer) throw parseError(answer.error, verb);
  return answer.result;
}
