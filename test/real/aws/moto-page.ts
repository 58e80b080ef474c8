import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { differences } from './differences.ts';
import type { Request } from './requests.ts';

const page = join(import.meta.dirname, '../../../docs/reference/aws-moto.md');

/** `docs/reference/aws-moto.md` must be what the table says; with `--write-docs` it is made so. */
export async function expectPage(requests: readonly Request[]): Promise<void> {
  const text = pageOf(requests);
  if (process.env['PORTOLAN_WRITE_DOCS'] === '1') await writeFile(page, text);
  expect(await readFile(page, 'utf8')).toBe(text);
}

function pageOf(requests: readonly Request[]): string {
  const rows = requests.flatMap(({ title }) => {
    const row = differences[title];
    return row === undefined ? [] : [`| ${title} | ${row.amazon} | ${row.moto} |`];
  });
  return `# How moto is not Amazon

[moto](https://docs.getmoto.org) answers Amazon's API in a process of its own: the real suite of the provider \`aws\` runs against it, by Amazon's SDK. The provider's simulator is stricter: it refuses what Amazon refuses.
\`npm run test:real -- aws\` asks both the same ${requests.length} requests and compares the answers. They differ in these ${rows.length}, and the suite fails where they differ elsewhere, or here no more; \`--write-docs\` writes this page.
What it knows of Amazon itself is Amazon's documentation: no account of Amazon's is used.

| Request | Amazon | moto |
|---|---|---|
${rows.join('\n')}
`;
}
