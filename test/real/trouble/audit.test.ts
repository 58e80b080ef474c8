import { expect, it } from 'vitest';
import { writesWithoutLease, type Audited } from './audit.ts';

const at = (seconds: number, resource: string, more: Partial<Audited> = {}): Audited => ({
  at: seconds * 1_000,
  isPortolans: true,
  verb: 'update',
  resource,
  isLease: resource === 'leases',
  uri: '/',
  code: 200,
  ...more,
});

it('finds a write before the Lease, after it has run out, and after it was seen to be stolen', () => {
  const early = at(0, 'services/status');
  const late = at(17, 'events');
  const robbed = [at(24, 'services/status'), at(26, 'services/status')];
  const log = [
    early,
    at(1, 'leases'),
    at(15, 'services/status'),
    late,
    at(20, 'leases'),
    at(21, 'leases', { isPortolans: false }),
    at(22, 'services/status'),
    at(23, 'leases', { code: 409 }),
    ...robbed,
    at(30, 'leases'),
    at(31, 'leases', { isPortolans: false }),
    at(33, 'events'),
    at(35, 'leases'),
    at(36, 'services/status'),
    at(60, 'services', { verb: 'list' }),
    at(60, 'services', { isPortolans: false }),
  ];
  expect(writesWithoutLease(log)).toEqual([early, late, ...robbed]);
});
