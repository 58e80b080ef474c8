import { LbError } from '../errors.ts';
import type { Reason } from '../reasons.ts';
import type { KubeResponse } from './transport.ts';

/** How long to stay away when the server says "too many" without saying how long. */
const defaultRetryAfterMs = 1_000;
const longestText = 300;

/**
 * An answer that is not success, as an error with a verdict (`Retry-After` of 429 and 503 kept).
 * @param what the call, for people: `PATCH /api/v1/…`
 */
export function errorOfAnswer(answer: KubeResponse, what: string): LbError {
  const status = parseStatus(answer.body);
  const retryAfterMs = retryAfter(answer.headers['retry-after'], status);
  return statusError(answer.status, what, status, retryAfterMs);
}

/** The object of an `ERROR` event in a watch, as an error with a verdict. */
export function errorOfStatusObject(object: unknown, what: string): LbError {
  const status = isRecord(object) ? object : {};
  const code = typeof status['code'] === 'number' ? status['code'] : 500;
  return statusError(code, what, status, retryAfter(undefined, status));
}

function statusError(code: number, what: string, status: Record<string, unknown>, retryAfterMs: number | undefined): LbError {
  const said = typeof status['message'] === 'string' ? oneLine(status['message']) : '';
  const text = `${what}: ${said === '' ? `the API server answered ${code}` : said}`;
  const reason = codes.get(code) ?? (code >= 500 || code < 400 ? 'ApiUnavailable' : 'ApiRejected');
  if (reason === 'ApiThrottled') return new LbError(reason, text, { retryAfterMs: retryAfterMs ?? defaultRetryAfterMs });
  if (reason === 'ApiUnavailable' && retryAfterMs !== undefined) return new LbError(reason, text, { retryAfterMs });
  return new LbError(reason, text);
}

const codes = new Map<number, Reason>([
  [401, 'ApiForbidden'],
  [403, 'ApiForbidden'],
  [404, 'ApiNotFound'],
  [409, 'ApiConflict'],
  [410, 'ApiExpired'],
  [429, 'ApiThrottled'],
]);

/** Seconds, of the header first, else of the Status object. Dates are not sent by API servers. */
function retryAfter(header: string | undefined, status: Record<string, unknown>): number | undefined {
  const details = isRecord(status['details']) ? status['details'] : {};
  const seconds = header === undefined ? details['retryAfterSeconds'] : Number(header);
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
}

/** A Status object, or nothing: the body may as well be text (429) or a proxy's page. */
function parseStatus(body: string): Record<string, unknown> {
  if (!body.startsWith('{')) return {};
  try {
    const parsed: unknown = JSON.parse(body);
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {}; // the status code alone decides then
  }
}

/** First line of a message, shortened: fit for a condition or a log line. */
export function oneLine(text: string): string {
  const line = text.trim().split(/[\r\n]/, 1)[0] ?? '';
  return line.length > longestText ? `${line.slice(0, longestText - 1)}…` : line;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
