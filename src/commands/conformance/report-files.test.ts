import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planted } from '../../../test/builders/suite-results.ts';
import { junitReport } from '../../conformance/report/junit-report.ts';
import { markdownReport } from '../../conformance/report/markdown-report.ts';
import { parseReportFile, writeReports } from './report-files.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'portolan-reports-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = { command: 'portolan conformance', whole: true };

test.each([
  ['out/junit.xml', 'out/junit.xml', 'junit'],
  ['page.md', 'page.md', 'markdown'],
  ['page:markdown', 'page', 'markdown'],
  ['result.xml:json', 'result.xml', 'json'],
  ['C:/x/report.txt', 'C:/x/report.txt', 'text'],
])('%s', (text, path, format) => {
  expect(parseReportFile(text)).toEqual({ path, format });
});

test.each([
  ['report', 'its name says no format'],
  ['report.html', 'its name says no format'],
  ['report:markdwn', 'markdwn is no format (did you mean markdown?)'],
])('%s is refused', (text, why) => {
  expect(() => parseReportFile(text)).toThrow(why);
});

test('each file gets its format', async () => {
  const [xml, page] = [join(folder, 'a.xml'), join(folder, 'b.md')];
  await writeReports([parseReportFile(xml), parseReportFile(page)], planted, options);

  expect(await readFile(xml, 'utf8')).toBe(junitReport(planted));
  expect(await readFile(page, 'utf8')).toBe(markdownReport(planted));
});

test('a file that cannot be written is the user’s to correct', async () => {
  await expect(writeReports([{ path: join(folder, 'no/such/folder.md'), format: 'markdown' }], planted, options)).rejects.toMatchObject({
    code: 'InvalidFlag',
    field: '--report',
  });
});
