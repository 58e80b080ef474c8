import { createHash } from 'node:crypto';
import type { Digest } from './ids.ts';

/**
 * Canonical JSON: keys sorted, absent (undefined) fields left out, so that two values that mean the same have the same
 * text. Arrays keep their order: sort before, where order has no meaning.
 * @throws TypeError on what JSON cannot say (functions, symbols, bigint, NaN, infinities).
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('canonical JSON has no NaN and no infinity');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`canonical JSON has no ${typeof value}`);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}

/** Digest of the canonical JSON of `value`: 16 hexadecimal digits of SHA-256. */
export function digestOf(value: unknown): Digest {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16) as Digest; // the one maker of digests
}
