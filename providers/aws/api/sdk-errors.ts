import { LbError, type LbErrorOptions } from '../../../src/errors.ts';
import { rowOf, type ErrorRow, type Subject } from './error-table.ts';
import { mutates, type Operation } from './operations.ts';

/** A request as far as a text about its failure needs it: Amazon's own texts are shown to nobody. */
export interface SentRequest {
  readonly operation: Operation;
  /** What it named, by kind. */
  readonly named?: Readonly<Partial<Record<Subject, readonly string[]>>>;
}

/** What of a thrown value is looked at; all of it is outside data. */
interface Seen {
  /** As Amazon spells it, without `Exception`; `Code` first: it is the wire's, `name` the SDK's. */
  readonly names: readonly string[];
  readonly status: number | undefined;
  readonly attempts: number;
  /** Node's own codes (`ECONNRESET`) of it and of what caused it. */
  readonly systemCodes: readonly string[];
  /** True where the SDK made it, or the network did: anything else is a bug on this side. */
  readonly fromOutside: boolean;
}

/** These say that no connection was made: the request cannot have arrived. */
const neverLeft: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED']);
const noCredential: ReadonlySet<string> = new Set(['CredentialsProviderError', 'TokenProviderError', 'ProviderError']);
const longestChain = 8;
/** A batch has up to 200 instances, and Amazon does not always say which. */
const mostNamed = 5;

/**
 * What a failed request of the SDK means, by names, codes and status, never by texts. Whether a change was carried out is in
 * doubt wherever Amazon did not refuse it by a name, except where it certainly never left.
 */
export function sdkError(thrown: unknown, request: SentRequest): LbError {
  if (thrown instanceof LbError) return ofOurs(thrown, request);
  const { service, action } = request.operation;
  const seen = look(thrown);
  if (seen.names.some((name) => noCredential.has(name))) return withoutCredential(thrown, seen, action);
  for (const name of seen.names) {
    const row = rowOf(service, action, name);
    if (row !== undefined) return ofRow(row, thrown, seen, request);
  }
  if (seen.status === 429) return new LbError('CloudThrottled', `${action} is slowed down to what Amazon allows`, { cause: thrown });
  if (seen.status !== undefined && seen.status >= 400 && seen.status < 500) {
    return new LbError('BadAnswer', `${action} was refused with ${toldName(seen)}`, { cause: thrown });
  }
  return unclear(thrown, seen, request);
}

/** Thrown while an answer was read: of a change, that answer was the only witness. */
function ofOurs(error: LbError, { operation }: SentRequest): LbError {
  if (error.code !== 'BadAnswer' || !mutates(operation)) return error;
  return new LbError('BadAnswer', error.text, { cause: error, verdict: 'in-doubt' });
}

function ofRow(row: ErrorRow, cause: unknown, seen: Seen, request: SentRequest): LbError {
  const { service, action } = request.operation;
  const { verdict, remedy } = row;
  const options: LbErrorOptions = { cause, ...(verdict === undefined ? {} : { verdict }), ...(remedy === undefined ? {} : { remedy }) };
  if (row.code === 'unclear') return unclear(cause, { ...seen, fromOutside: true }, request);
  if (row.code === 'QuotaExceeded') return new LbError(row.code, `${action} was refused: the quota "${row.quota}" is used up`, options);
  if (row.code === 'PermissionDenied') {
    const text = row.text === undefined ? `the credential may not call ${service}:${action}` : `${action} ${row.text}`;
    return new LbError(row.code, text, options);
  }
  const text = row.subject === undefined ? `${action} ${row.text}` : `${action}: ${things(row.subject, request)} ${row.text}`;
  return new LbError(row.code, text, options);
}

function things(subject: Subject, { named }: SentRequest): string {
  const names = named?.[subject] ?? [];
  if (names.length === 0) return `${/^[aeiou]/i.test(subject) ? 'an' : 'a'} ${subject} of the request`;
  const more = names.length > mostNamed ? [`one of ${names.length - mostNamed} more`] : [];
  return `the ${subject} ${[...names.slice(0, mostNamed), ...more].join(' or ')}`;
}

function unclear(cause: unknown, seen: Seen, { operation }: SentRequest): LbError {
  const { action } = operation;
  // A repeated request may have arrived before the one that did not.
  const unsent = seen.attempts <= 1 && seen.systemCodes.some((code) => neverLeft.has(code));
  if (unsent) return new LbError('CloudUnavailable', `${action} was not sent: Amazon's endpoint cannot be reached`, { cause });
  if (!seen.fromOutside) {
    return new LbError('InternalError', `${action} failed in this process`, {
      cause,
      ...(mutates(operation) ? { verdict: 'in-doubt' } : {}),
    });
  }
  if (mutates(operation)) return new LbError('OutcomeUnknown', `whether ${action} was carried out is not known`, { cause });
  const status = seen.status === undefined ? 'no answer came' : `HTTP status ${seen.status}`;
  return new LbError('CloudUnavailable', `${action} failed: ${status}`, { cause });
}

/**
 * The request was never signed, so never sent. Where what hands credentials out did not answer it may soon; where nobody has
 * one it may just not be there yet, and asking again costs Amazon nothing.
 */
function withoutCredential(cause: unknown, seen: Seen, action: string): LbError {
  const unreachable = seen.systemCodes.length > 0 || seen.names.includes('TimeoutError');
  if (unreachable) return new LbError('CloudUnavailable', `${action} was not sent: what hands out credentials did not answer`, { cause });
  const remedy = 'Give the process a credential: a role of its service account, of its pod or of its instance, or a profile.';
  return new LbError('PermissionDenied', `${action} was not sent: no credential was found`, { cause, verdict: 'retry', remedy });
}

/** An error name that is none (a page of a proxy, say) is not repeated. */
function toldName({ names }: Seen): string {
  const name = names.find((candidate) => /^[A-Za-z][A-Za-z0-9.]{2,63}$/.test(candidate));
  return name === undefined ? 'an error without a name' : `${name}, which this version does not know`;
}

function look(thrown: unknown): Seen {
  const chain = chainOf(thrown);
  const [first] = chain;
  const metadata = first?.['$metadata'];
  const { httpStatusCode, attempts } = isObject(metadata) ? metadata : {};
  const systemCodes = chain.map((link) => link['code']).filter((code) => typeof code === 'string');
  const names = chain.flatMap((link, depth) => (depth === 0 ? [link['Code'], link['name']] : [link['name']])).filter(isName);
  const own = names.map((name) => name.replace(/Exception$/, ''));
  return {
    names: own,
    status: typeof httpStatusCode === 'number' ? httpStatusCode : undefined,
    attempts: typeof attempts === 'number' ? attempts : 1,
    systemCodes,
    fromOutside: isObject(metadata) || first?.['$fault'] !== undefined || systemCodes.length > 0,
  };
}

/** It and what caused it, outermost first. */
function chainOf(thrown: unknown): readonly Readonly<Record<string, unknown>>[] {
  const chain: Readonly<Record<string, unknown>>[] = [];
  for (let link = thrown; isObject(link) && chain.length < longestChain; link = link['cause']) chain.push(link);
  return chain;
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '' && value !== 'Error';
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
