import type { Json, JsonObject } from '../model/json.ts';
import type { FieldError } from './field-error.ts';
import { bodyOf } from './field-error.ts';
import { quoted } from './go-text.ts';

/** A group and the plural name of a resource, or a kind: what a Status names. */
export interface Subject {
  readonly group: string;
  readonly kind: string;
}

/** A request that is answered with a Status object. Thrown by the parts of the embedded API, caught at its door. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly code: number;
  readonly body: JsonObject;
  readonly retryAfterSeconds: number | undefined;

  constructor(fields: { code: number; reason?: string; message: string; details?: JsonObject; metadata?: JsonObject }) {
    super(fields.message);
    this.code = fields.code;
    const retry = fields.details?.['retryAfterSeconds'];
    this.retryAfterSeconds = typeof retry === 'number' ? retry : undefined;
    this.body = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: fields.metadata ?? {},
      status: 'Failure',
      message: fields.message,
      ...(fields.reason === undefined ? {} : { reason: fields.reason }),
      ...(fields.details === undefined ? {} : { details: fields.details }),
      code: fields.code,
    };
  }
}

const fullName = (subject: Subject): string => (subject.group === '' ? subject.kind : `${subject.kind}.${subject.group}`);

function details(subject: Subject, name: string, more: Readonly<Record<string, Json>> = {}): JsonObject {
  return { ...(name === '' ? {} : { name }), ...(subject.group === '' ? {} : { group: subject.group }), kind: subject.kind, ...more };
}

export function notFound(subject: Subject, name: string): StatusError {
  return new StatusError({
    code: 404,
    reason: 'NotFound',
    message: `${fullName(subject)} ${quoted(name)} not found`,
    details: details(subject, name),
  });
}

/** An URL that leads nowhere inside a known group. */
export function noSuchResource(): StatusError {
  return new StatusError({ code: 404, reason: 'NotFound', message: 'the server could not find the requested resource', details: {} });
}

export function alreadyExists(subject: Subject, name: string, deleting: boolean): StatusError {
  const text = `${fullName(subject)} ${quoted(name)} already exists`;
  return new StatusError({
    code: 409,
    reason: 'AlreadyExists',
    message: deleting ? `object is being deleted: ${text}` : text,
    details: details(subject, name),
  });
}

export function conflict(subject: Subject, name: string, why: string): StatusError {
  return new StatusError({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${fullName(subject)} ${quoted(name)}: ${why}`,
    details: details(subject, name),
  });
}

export function badRequest(message: string): StatusError {
  return new StatusError({ code: 400, reason: 'BadRequest', message });
}

export function forbidden(subject: Subject, name: string, why: string, causes?: readonly JsonObject[]): StatusError {
  return new StatusError({
    code: 403,
    reason: 'Forbidden',
    message: `${fullName(subject)} ${quoted(name)} is forbidden: ${why}`,
    details: details(subject, name, causes === undefined ? {} : { causes }),
  });
}

/** 422 with one cause per field error; the message names each distinct error once. */
export function invalid(subject: Subject, name: string, errors: readonly FieldError[]): StatusError {
  const texts = [...new Set(errors.map((error) => `${error.field}: ${bodyOf(error)}`))];
  const causes = errors.map((error) => ({ reason: error.type, message: bodyOf(error), field: error.field }));
  const all = texts.length === 1 ? texts.join('') : `[${texts.join(', ')}]`;
  return new StatusError({
    code: 422,
    reason: 'Invalid',
    message: `${fullName(subject)} ${quoted(name)} is invalid: ${all}`,
    details: {
      ...(name === '' ? {} : { name }),
      ...(subject.group === '' ? {} : { group: subject.group }),
      ...(subject.kind === '' ? {} : { kind: subject.kind }),
      causes,
    },
  });
}

/** 422 whose cause the API server does not tell. */
export function unprocessable(): StatusError {
  return new StatusError({
    code: 422,
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
    details: {},
  });
}

/** 500 for errors the API server has no type for: neither reason nor details. */
export function unexplained(message: string): StatusError {
  return new StatusError({ code: 500, message });
}

export function internalError(message: string): StatusError {
  return new StatusError({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    details: { causes: [{ message }] },
  });
}

/** 410: the history that was asked for is gone. `next` is a continue token that goes on without consistency. */
export function expired(message: string, next?: string): StatusError {
  return new StatusError({ code: 410, reason: 'Expired', message, ...(next === undefined ? {} : { metadata: { continue: next } }) });
}

/** 504: a resource version from the future was asked for. */
export function tooLargeVersion(asked: number, current: number): StatusError {
  return new StatusError({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
  });
}

export function methodNotAllowed(): StatusError {
  return new StatusError({
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
    details: {},
  });
}

export function unsupportedMediaType(): StatusError {
  return new StatusError({ code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} });
}

/** Server-side apply needs to know who owns which field; that is not kept here. */
export function noServerSideApply(): StatusError {
  const message = 'this API server does not track who owns a field: use kubectl apply without --server-side';
  return new StatusError({ code: 415, reason: 'UnsupportedMediaType', message, details: {} });
}
