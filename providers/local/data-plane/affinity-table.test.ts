import { expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock.ts';
import { fromBigInt } from '../../../src/net/ip.ts';
import { ip } from '../test-bed.ts';
import { AffinityTable } from './affinity-table.ts';

it('forgets the client not seen for longest when there are too many', () => {
  const table = new AffinityTable(new ManualClock());
  const client = (index: number) => fromBigInt(0x0a_00_00_00n + BigInt(index), 'IPv4');
  const member = ip('10.200.0.1');
  for (let index = 0; index < 16_384; index++) table.remember(client(index), member, 1000);
  table.remember(client(0), member, 1000);

  table.remember(client(16_384), member, 1000);

  expect([table.size, table.member(client(0)), table.member(client(1)), table.member(client(16_384))]).toEqual([
    16_384,
    member,
    undefined,
    member,
  ]);
});
