import type { LbError } from '../../errors.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ServiceKey } from '../../model/ids.ts';
import { exitCodes, type ExitCode } from '../io.ts';
import { errorJson, lookJson } from '../look/look-json.ts';
import { outcomeOf, type Look } from '../look/look.ts';

/** What a plan says of one Service. */
export type Planned =
  | { readonly kind: 'looked'; readonly service: ServiceKey; readonly look: Look }
  /** The API server would not have the manifest. */
  | { readonly kind: 'rejected'; readonly service: ServiceKey; readonly from: string; readonly error: LbError };

export function plannedJson(planned: Planned): JsonObject {
  if (planned.kind === 'looked') return lookJson(planned.look);
  return {
    service: planned.service,
    outcome: 'rejected',
    from: planned.from,
    error: { ...errorJson(planned.error), reason: 'ApiRejected' },
  };
}

/** Of several answers the one that most needs somebody: wrong input, then failure, then approval, then changes. */
export function exitCodeOf(all: readonly Planned[]): ExitCode {
  const codes = new Set(all.map(codeOf));
  for (const code of [exitCodes.input, exitCodes.failed, exitCodes.held, exitCodes.no]) if (codes.has(code)) return code;
  return exitCodes.good;
}

function codeOf(planned: Planned): ExitCode {
  if (planned.kind === 'rejected') return exitCodes.input;
  switch (outcomeOf(planned.look)) {
    case 'failed':
      return exitCodes.failed;
    case 'held':
      return exitCodes.held;
    case 'changes':
    case 'waiting':
    case 'refused':
      return exitCodes.no;
    case 'nothing-to-do':
    case 'not-ours':
    case 'left-behind':
      return exitCodes.good;
  }
}
