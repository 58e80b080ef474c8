import { sentence } from '../../controller/sentence.ts';
import { approveAnnotation } from '../../controller/key-state.ts';
import type { LbError } from '../../errors.ts';
import type { JsonObject } from '../../model/json.ts';
import type { AnyStep, Refusal, Wait } from '../../model/plan.ts';
import type { Notice } from '../../model/report.ts';
import { classOf, outcomeOf, type Look } from './look.ts';

/** A look as data. Operations and proofs are the provider's own and are left out. */
export function lookJson(look: Look): JsonObject {
  const klass = classOf(look);
  return {
    service: look.service.key,
    ...(klass === undefined ? {} : { class: klass.id, provider: klass.provider, mode: klass.mode }),
    outcome: outcomeOf(look),
    steps: look.steps.map(stepJson),
    meanwhile: look.meanwhile.map(stepJson),
    held: look.held.map(({ reason, code, disruption, claim, steps }) => ({
      reason,
      code,
      disruption,
      loses: claim.loses,
      because: claim.because.map(({ field, from, to }) => ({ field, from, to })),
      steps,
      approve: { annotation: approveAnnotation, code },
    })),
    refusals: look.refusals.map(complaintJson),
    notices: look.notices.map((notice) => ({ ...complaintJson(notice), kind: notice.kind })),
    ...(look.wait === undefined ? {} : { wait: waitJson(look.wait) }),
    ...(look.error === undefined ? {} : { error: errorJson(look.error) }),
  };
}

export const errorJson = ({ code, text, field, remedy }: LbError): JsonObject => ({
  reason: code,
  text,
  ...(field === undefined ? {} : { field }),
  ...(remedy === undefined || remedy === '' ? {} : { remedy }),
});

const stepJson = ({ id, after, verb, resource, summary, disruption, membersOnly, releases, claim }: AnyStep): JsonObject => ({
  id,
  after,
  verb,
  resource: { ...resource },
  summary,
  disruption,
  ...(membersOnly === undefined ? {} : { membersOnly }),
  ...(releases === undefined ? {} : { releases }),
  ...(claim === undefined ? {} : { loses: claim.loses }),
});

const complaintJson = ({ reason, text, field, remedy }: Refusal | Notice): JsonObject => ({
  reason,
  text,
  ...(field === undefined ? {} : { field }),
  ...(remedy === undefined ? {} : { remedy }),
  sentence: sentence({ reason, text, field, remedy }),
});

const waitJson = ({ reason, text, retryAfterMs, on }: Wait): JsonObject => ({
  reason,
  text,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  ...(on === undefined ? {} : { on }),
});
