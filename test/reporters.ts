/** As people read it; for `.ci/run` also as JSON, in the file it names. */
export function reporters(): ('default' | ['json', { outputFile: string }])[] {
  const outputFile = process.env['PORTOLAN_REPORT'] ?? '';
  return outputFile === '' ? ['default'] : ['default', ['json', { outputFile }]];
}
