import * as z from 'zod';
import { unknownKey } from '../settings/parse.ts';
import { nearest } from '../settings/nearest.ts';
import { quote } from '../settings/parse-scalar.ts';
import { valueAt } from './problems.ts';
import type { Path, Problem } from './yaml-source.ts';

/** The file checked against the schema: the shape, or one problem per thing that is wrong, unknown keys with the nearest known one. */
export function checkShape<Schema extends z.ZodType>(
  value: unknown,
  schema: Schema,
): { readonly shape: z.output<Schema> } | { readonly problems: readonly Problem[] } {
  const result = schema.safeParse(value);
  if (result.success) return { shape: result.data };
  return { problems: result.error.issues.flatMap((issue) => problemsOf(issue, value, schema)) };
}

function problemsOf(issue: z.core.$ZodIssue, value: unknown, schema: z.core.$ZodType): readonly Problem[] {
  const path = issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], text: unknownKey(key, knownKeys(path, schema), '').text }));
  }
  const found = valueAt(path, value);
  if (found === undefined) return [{ path: path.slice(0, -1), text: `${String(path.at(-1) ?? 'the file')} is missing` }];
  return [{ path, text: textOf(issue, found) }];
}

function textOf(issue: z.core.$ZodIssue, found: unknown): string {
  switch (issue.code) {
    case 'invalid_value': {
      const values = issue.values.map(String);
      const meant = typeof found === 'string' && values.length > 1 ? nearest(found, values) : undefined;
      return `${quote(found)} is not ${values.length > 1 ? 'one of ' : ''}${values.join(', ')}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
    }
    case 'invalid_type':
      return `${quote(found)} is not ${typeNames[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return issue.origin === 'array' ? 'needs at least one entry' : `${quote(found)} must be at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string' ? `${quote(found)} ${issue.message}` : `${quote(found)} must be at most ${issue.maximum}`;
    case 'invalid_format':
      return `${quote(found)} ${issue.message}`;
    default:
      return issue.message.startsWith('must ') ? `${quote(found)} ${issue.message}` : issue.message;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'a text',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a whole number',
};

/** The keys the schema knows at a path. */
function knownKeys(path: Path, whole: z.core.$ZodType): readonly string[] {
  let schema: z.core.$ZodType | undefined = whole;
  for (const segment of path) {
    const inner = unwrapped(schema);
    if (inner instanceof z.ZodArray) schema = inner.element;
    else schema = inner instanceof z.ZodObject ? (inner.shape as Readonly<Record<string, z.core.$ZodType>>)[segment] : undefined; // shapes are records of schemas
  }
  const inner = unwrapped(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** A schema without its default. */
export const unwrapped = (schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined =>
  schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional
    ? unwrapped(schema.def.innerType)
    : schema;
