import { expect, it } from 'vitest';
import { parsePortRange } from './port-range.ts';

it.each([
  ['30000-32767', [30_000, 32_767]],
  ['1-65535', [1, 65_535]],
  ['8080-8080', [8080, 8080]],
])('%s is a range of ports', (text, range) => {
  expect(parsePortRange(text)).toEqual(range);
});

it.each(['', '30000', '32767-30000', '0-1', '1-65536', '1 - 2', '-1-2', '30000-32767-1'])('%s is none', (text) => {
  expect(() => parsePortRange(text)).toThrow(
    expect.objectContaining({ code: 'InvalidConfig', field: 'connection.nodePortRange' }) as Error,
  );
});
