import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';

const page = join(import.meta.dirname, '../../../docs/reference/kubernetes.md');

/** A part of `docs/reference/kubernetes.md` must be what a suite has found; with `--write-docs` it is made so. */
export async function expectSection(name: string, found: string): Promise<void> {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const text = await readFile(page, 'utf8');
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  expect([from, to], `${page} has no place for ${name}`).not.toContain(-1);
  if (process.env['PORTOLAN_WRITE_DOCS'] === '1') await writeFile(page, `${text.slice(0, from)}\n\n${found}\n\n${text.slice(to)}`);
  else expect(text.slice(from, to).trim()).toBe(found);
}
