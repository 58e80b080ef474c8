import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { cloudId, type Digest } from '../model/ids.ts';
import { formatRecord, ingressDigest, readRecord, type AppliedRecord } from './record.ts';
import { parseIp } from '../net/ip.ts';

const digest = fc.stringMatching(/^[0-9a-f]{16}$/).map((text) => text as Digest); // shape of a digest

it('reads back what it wrote, whatever the cloud calls its things (property)', () => {
  const record = fc.record(
    {
      applied: fc.boolean(),
      input: digest,
      spec: digest,
      id: fc.string({ minLength: 1 }).map(cloudId),
      status: digest,
      byClass: fc.constant(true as const),
    },
    { requiredKeys: ['applied', 'input', 'spec'] },
  );
  fc.assert(
    fc.property(record, (written: AppliedRecord) => {
      const wellFormed = written.id === undefined || written.id.isWellFormed();
      fc.pre(wellFormed);
      expect(readRecord([{ ...formatRecord(written) }])).toEqual(written);
    }),
  );
});

it.each(['', 'v2 input=a spec=b', 'v1', 'v1 input=a', 'prose somebody wrote'])('takes %o for no record', (message) => {
  expect(readRecord([{ type: 'portolan.dev/Applied', status: 'True', reason: 'Applied', message }])).toBeUndefined();
  expect(readRecord([])).toBeUndefined();
});

it('treats an id that cannot be decoded as no id, because the record is only a cache', () => {
  const message = 'v1 input=a spec=b id=%zz';
  expect(readRecord([{ type: 'portolan.dev/Applied', status: 'False', reason: 'Applying', message }])).toEqual({
    applied: false,
    input: 'a',
    spec: 'b',
  });
});

it('digests an ingress the same with ipMode absent and VIP, and differently with another address', () => {
  const ip = parseIp('10.0.0.1');
  const other = parseIp('10.0.0.2');
  if (ip === undefined || other === undefined) throw new Error('these are addresses');
  expect(ingressDigest([{ ip }])).toBe(ingressDigest([{ ip, ipMode: 'VIP', ports: [] }]));
  expect(ingressDigest([{ ip }])).not.toBe(ingressDigest([{ ip: other }]));
  expect(ingressDigest([{ ip }])).not.toBe(ingressDigest([{ ip, ipMode: 'Proxy' }]));
});
