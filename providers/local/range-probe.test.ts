import { expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { silentLog, type Facts, type Log } from '../../src/log.ts';
import { parseRanges } from './address-range.ts';
import { MachineNetwork } from './api/machine-network.ts';
import { warnOfMissing } from './range-probe.ts';
import { connection } from './test-bed.ts';

it('names the range and the remedy where the machine lacks the address, and leaves no socket', async () => {
  const lines: Facts[] = [];
  const log: Log = { ...silentLog, warn: (facts: Facts) => void lines.push(facts) };
  const ranges = parseRanges({ ...connection, ranges: { public: ['127.80.0.128/25'], internal: ['fd6c:6f63:616c::/120'] } });

  await warnOfMissing([...ranges.public, ...ranges.internal], new MachineNetwork(systemClock), log);

  expect(lines).toMatchObject([
    {
      range: 'fd6c:6f63:616c::/120',
      address: 'fd6c:6f63:616c::1',
      error: { code: 'AddressNotAvailable' },
      remedy: expect.stringContaining('ip address add'),
    },
  ]);
});
