import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failuresOf } from '../src/conformance/report/failures.ts';
import { markdownReport } from '../src/conformance/report/markdown-report.ts';
import { conformanceOf } from './conformance-page.ts';
import { generatedManifests } from './deploy.ts';
import { referencePages } from './reference.ts';

/** `npm run docs`: writes the generated pages and manifests. The page on conformance is made by running the kit. */
for (const [file, text] of await generatedManifests()) {
  writeFileSync(join(import.meta.dirname, '..', file), text);
  process.stdout.write(`${file}\n`);
}
const folder = join(import.meta.dirname, '../docs/reference');
mkdirSync(folder, { recursive: true });
for (const [name, text] of await referencePages()) {
  writeFileSync(join(folder, name), text);
  process.stdout.write(`docs/reference/${name}\n`);
}
const result = await conformanceOf('local');
writeFileSync(join(folder, 'conformance.md'), markdownReport(result));
process.stdout.write('docs/reference/conformance.md\n');
for (const { where, text } of failuresOf(result)) process.stderr.write(`does not conform: ${where}: ${text}\n`);
