import { describe, expect, it } from 'vitest';
import { isIni, parseIni } from './ini.ts';

describe('upstream’s INI', () => {
  it('has sections, sections with names, keys with values, and bare keys', () => {
    const { entries, problems } = parseIni(
      '[Global]\nZone = eu-central-1a\nDisable\n\n[ServiceOverride "a \\"b\\""]\r\n  URL=https://x ; why\n',
    );
    expect(problems).toEqual([]);
    expect(entries).toEqual([
      { line: 2, section: 'Global', key: 'Zone', value: 'eu-central-1a' },
      { line: 3, section: 'Global', key: 'Disable' },
      { line: 6, section: 'ServiceOverride', name: 'a "b"', key: 'URL', value: 'https://x' },
    ]);
  });

  it.each([
    ['plain', 'plain'],
    ['"quoted"', 'quoted'],
    ['"with ; and # inside" # and after', 'with ; and # inside'],
    ['" spaces " ', ' spaces '],
    ['two words # comment', 'two words'],
    ['"a\\"b\\\\c\\n\\t"', 'a"b\\c\n\t'],
    ['half"quoted"', 'halfquoted'],
    ['', ''],
  ])('a value %s is %j', (said, value) => {
    expect(parseIni(`[S]\nkey = ${said}`).entries[0]?.value).toBe(value);
  });

  it('is told where it is wrong', () => {
    expect(parseIni('early = 1\n[S]\n= 2\nkey = "open\nother = \\x\n[un"closed]').problems).toEqual([
      { line: 1, text: 'early stands before any section' },
      { line: 3, text: 'this is neither a section, nor a key with a value' },
      { line: 4, text: 'key: its value has a quote without an end, or an escape that there is not' },
      { line: 5, text: 'other: its value has a quote without an end, or an escape that there is not' },
      { line: 6, text: 'this is neither a section, nor a key with a value' },
    ]);
  });

  it('is told from YAML', () => {
    expect(['[Global]', '# hello\n\n; there\n [Global]\nZone = x', '\r\n[ServiceOverride "1"]'].map(isIni)).toEqual([true, true, true]);
    expect(['', 'connection:\n  region: x', '# [Global]\nclusterId: x', '[1, 2]'].map(isIni)).toEqual([false, false, false, false]);
  });
});
