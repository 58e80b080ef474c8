import { expect, test } from 'vitest';
import { checkpoints } from '../../../src/model/checkpoint.ts';
import { doomText, parseDoom } from './doom.ts';

test('a doom is read as it was written, and nothing else is one', () => {
  for (const at of checkpoints) expect(parseDoom(doomText({ at, occurrence: 12 }))).toEqual({ at, occurrence: 12 });

  for (const text of ['', 'step/after', 'step/after#', 'step/after#0', 'step/later#1']) expect(parseDoom(text)).toBeUndefined();
});
