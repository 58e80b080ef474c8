import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { referencePages } from '../scripts/reference.ts';

const folder = join(import.meta.dirname, '../docs/reference');
const pages = await referencePages();

test.each([...pages.keys()])('docs/reference/%s is what npm run docs writes', (name) => {
  expect(readFileSync(join(folder, name), 'utf8')).toBe(pages.get(name));
});

test('docs/reference holds nothing that is not generated', () => {
  // Some are held against the real thing elsewhere: a run of the kit, a conversation with the sample provider, Kubernetes' own tests,
  // and what a stock kubectl says.
  expect(readdirSync(folder).sort()).toEqual([...pages.keys(), 'conformance.md', 'e2e.md', 'kubectl.md', 'provider-protocol.md'].sort());
});
