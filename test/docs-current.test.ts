import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { referencePages } from '../scripts/reference.ts';

const folder = join(import.meta.dirname, '../docs/reference');
const pages = await referencePages();

test.each([...pages.keys()])('docs/reference/%s is what npm run docs writes', (name) => {
  expect(readFileSync(join(folder, name), 'utf8')).toBe(pages.get(name));
});

/** Held against the real thing elsewhere: a run of the kit, a conversation with the sample provider, suites of real parts, the bench. */
const measured = [
  'aws-calls.md',
  'aws-moto.md',
  'bench.md',
  'conformance.md',
  'e2e.md',
  'kubectl.md',
  'kubernetes.md',
  'provider-protocol.md',
];

test('docs/reference holds nothing that is neither generated nor measured', () => {
  expect(readdirSync(folder).filter((file) => !pages.has(file) && !measured.includes(file))).toEqual([]);
});
