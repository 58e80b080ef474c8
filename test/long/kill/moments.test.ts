import { expect, test } from 'vitest';
import { momentsOf } from './moments.ts';

test.each([1, 60])('%i deaths are as many as were asked for, the same for the same seed and others for another', (deaths) => {
  const moments = momentsOf(17, deaths);

  expect(moments.reduce((sum, { againMs }) => sum + (againMs === undefined ? 1 : 2), 0)).toBe(deaths);
  expect(momentsOf(17, deaths)).toEqual(moments);
  expect(momentsOf(18, deaths)).not.toEqual(moments);
});
