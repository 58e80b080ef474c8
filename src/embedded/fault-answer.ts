import type { ApiResponse } from './api-types.ts';
import type { FaultKind } from './faults.ts';
import { StatusError } from './status-object.ts';

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** The answer a fault gives in the place of the real one. 429 is plain text, as the API server's own. */
export function faultAnswer(fault: Extract<FaultKind, { kind: 'status' }>): ApiResponse {
  const retryAfter = fault.retryAfterSeconds ?? (fault.code === 429 ? 1 : undefined);
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  if (fault.code === 429) {
    const body = `${fault.message ?? 'Too many requests, please try again later.'}\n`;
    return { status: 429, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
  }
  const error = new StatusError({
    code: fault.code,
    reason: fault.reason ?? reasons[fault.code] ?? 'Unknown',
    message: fault.message ?? 'a fault was injected',
    ...(retryAfter === undefined ? {} : { details: { retryAfterSeconds: retryAfter } }),
  });
  return { status: fault.code, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(error.body) };
}
