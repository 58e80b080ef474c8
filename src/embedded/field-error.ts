import type { Json } from '../model/json.ts';
import { quoted, shownJson } from './go-text.ts';

/** One thing wrong with one field, worded as the API server words it. Becomes a cause of a 422. */
export interface FieldError {
  readonly type: keyof typeof words;
  readonly field: string;
  /** Shown in the message where the type shows values; absent where it never does. */
  readonly value?: Json;
  readonly detail: string;
}

const words = {
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
} as const;

export const required = (field: string, detail = ''): FieldError => ({ type: 'FieldValueRequired', field, detail });
export const forbiddenField = (field: string, detail: string): FieldError => ({ type: 'FieldValueForbidden', field, detail });
export const tooLong = (field: string, bytes: number): FieldError => ({
  type: 'FieldValueTooLong',
  field,
  detail: `may not be more than ${bytes} bytes`,
});
export const duplicate = (field: string, value: Json): FieldError => ({ type: 'FieldValueDuplicate', field, value, detail: '' });
export const invalidField = (field: string, value: Json | undefined, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  value: value ?? null,
  detail,
});
export const notSupported = (field: string, value: Json, known: readonly string[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  value,
  detail: `supported values: ${known.map(quoted).join(', ')}`,
});

/** The error without the name of the field. */
export function bodyOf(error: FieldError): string {
  const shown = error.value === undefined ? '' : `: ${shownJson(error.value)}`;
  return `${words[error.type]}${shown}${error.detail === '' ? '' : `: ${error.detail}`}`;
}
