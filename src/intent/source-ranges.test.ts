import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aService } from '../../test/builders/views.ts';
import { fieldPath } from '../model/ids.ts';
import type { Refusal } from '../model/plan.ts';
import type { Notice } from '../model/report.ts';
import { contains, familyOf, parseCidr, parseIp, type Cidr, type Family } from '../net/ip.ts';
import { canonicalRanges, compileRanges } from './source-ranges.ts';

const cidrs = (...texts: string[]): Cidr[] => texts.map((text) => parseCidr(text)!);
const [v4, v6]: Family[] = ['IPv4', 'IPv6'];

describe('canonicalRanges', () => {
  it.each<[string, string[], Family[], string[]]>([
    ['nothing said', [], ['IPv4'], []],
    ['sorted, each once, host bits cleared', ['10.1.2.3/8', '9.0.0.0/8', '10.0.0.0/8'], ['IPv4'], ['9.0.0.0/8', '10.0.0.0/8']],
    ['the wider one first', ['10.0.0.0/16', '10.0.0.0/8'], ['IPv4'], ['10.0.0.0/8', '10.0.0.0/16']],
    ['IPv4 before IPv6', ['2001:db8::/32', '10.0.0.0/8'], ['IPv4', 'IPv6'], ['10.0.0.0/8', '2001:db8::/32']],
    ['open', ['10.0.0.0/8', '0.0.0.0/0'], ['IPv4'], []],
    ['open by a range that only normalises to all', ['192.168.0.0/0'], ['IPv4'], []],
    ['open IPv6', ['::/0'], ['IPv6'], []],
    ['both open', ['::/0', '0.0.0.0/0', '10.0.0.0/8'], ['IPv4', 'IPv6'], []],
    ['one open, the other closed', ['10.0.0.0/8', '0.0.0.0/0'], ['IPv4', 'IPv6'], ['0.0.0.0/0']],
    ['one open, the other limited', ['0.0.0.0/0', '2001:db8::/32', '10.0.0.0/8'], ['IPv4', 'IPv6'], ['0.0.0.0/0', '2001:db8::/32']],
    ['a family the Service does not have', ['10.0.0.0/8', '2001:db8::/32'], ['IPv4'], ['10.0.0.0/8']],
    ['only a family the Service does not have stays closed', ['2001:db8::/32'], ['IPv4'], ['2001:db8::/32']],
    ['open only where the Service is not stays closed', ['::/0'], ['IPv4'], ['::/0']],
  ])('%s', (_title, ranges, families, expected) => {
    expect(canonicalRanges(cidrs(...ranges), families)).toEqual(expected);
  });

  const octet = fc.integer({ min: 0, max: 3 });
  const range4 = fc.tuple(octet, octet, fc.constantFrom(0, 4, 8, 16, 32)).map(([a, b, bits]) => `${a * 64}.${b * 64}.0.0/${bits}`);
  const range6 = fc.tuple(octet, fc.constantFrom(0, 16, 32, 128)).map(([a, bits]) => `200${a}::/${bits}`);
  const families = fc.constantFrom<Family[]>(['IPv4'], ['IPv6'], ['IPv4', 'IPv6'], ['IPv6', 'IPv4']);

  it('lets in whom the list as written lets in, in every order and however often said', () => {
    const probes = ['0.0.0.0', '64.128.0.1', '192.192.0.0', '2001::', '2003::1', '9999::'].map((text) => parseIp(text)!);
    fc.assert(
      fc.property(fc.array(fc.oneof(range4, range6), { maxLength: 6 }), families, fc.nat(), (texts, has, turn) => {
        const canonical = canonicalRanges(cidrs(...texts), has);
        const turned = [...texts.slice(turn % (texts.length + 1)), ...texts, ...texts.slice(0, turn % (texts.length + 1))];

        expect(canonicalRanges(cidrs(...turned), has)).toEqual(canonical);
        for (const probe of probes.filter((address) => has.includes(familyOf(address)))) {
          const asWritten = texts.length === 0 || cidrs(...texts).some((range) => contains(range, probe));
          expect(canonical.length === 0 || canonical.some((range) => contains(range, probe))).toBe(asWritten);
        }
      }),
    );
  });
});

describe('compileRanges', () => {
  const key = fieldPath('service.beta.kubernetes.io/load-balancer-source-ranges');
  const compiled = (sourceRanges: string[], annotation?: string[], families: Family[] = [v4!]) => {
    const [refusals, notices]: [Refusal[], Notice[]] = [[], []];
    const said = annotation === undefined ? undefined : { value: annotation, from: key };
    const ranges = compileRanges(aService({ sourceRanges }), said, families, refusals, notices);
    return { ranges, refusals, notices };
  };

  it('takes the list of the spec, and says that the annotation is not read', () => {
    const { ranges, notices } = compiled(['10.0.0.0/8'], ['192.0.2.0/24']);
    expect(ranges).toEqual(['10.0.0.0/8']);
    expect(notices).toEqual([
      {
        reason: 'SettingWithoutEffect',
        text: 'spec.loadBalancerSourceRanges is set and wins',
        field: key,
        remedy: 'Remove the annotation',
        kind: 'info',
      },
    ]);
  });

  it('takes the annotation where the spec says nothing', () => {
    expect(compiled([], ['192.0.2.0/24'])).toEqual({ ranges: ['192.0.2.0/24'], refusals: [], notices: [] });
  });

  it.each(['10.0.0.0/33', '10.0.0.0', '', '10.0.0.0/08', '010.0.0.0/8', 'fe80::/200', 'all'])('refuses %j', (text) => {
    expect(compiled(['192.0.2.0/24', text]).refusals).toMatchObject([{ reason: 'InvalidSetting', field: 'spec.loadBalancerSourceRanges' }]);
  });

  it('names the annotation where that is what is wrong, and what was read', () => {
    const text = '"all" is not a range such as 192.0.2.0/24';
    expect(compiled([], ['all']).refusals).toEqual([{ reason: 'InvalidSetting', text, field: key }]);
  });

  it('trims what the API server lets through', () => {
    expect(compiled([' 10.0.0.0/8 ']).ranges).toEqual(['10.0.0.0/8']);
  });

  it('says which family is closed altogether', () => {
    const { notices } = compiled(['10.0.0.0/8'], undefined, [v4!, v6!]);
    const text = 'it names no IPv6 range, so no IPv6 client may connect';
    expect(notices).toEqual([{ reason: 'SettingWithoutEffect', text, field: 'spec.loadBalancerSourceRanges', kind: 'info' }]);
    expect(compiled(['10.0.0.0/8', '2001:db8::/32'], undefined, [v4!, v6!]).notices).toEqual([]);
    expect(compiled([], undefined, [v4!, v6!]).notices).toEqual([]);
  });
});
