import { describe, expect, it } from 'vitest';
import { fakeSettings } from '../../test/builders/fake-settings.ts';
import { checkTable } from './check-table.ts';
import { controlKeys, portableRows, reservedKeys } from './portable.ts';
import type { AnySettingsTable } from './row.ts';
import { findUnknownKeys } from './unknown-keys.ts';
import { isWatched } from './watched.ts';

const find = (key: string, table: AnySettingsTable = fakeSettings) => findUnknownKeys(table, { [key]: 'x' });
const none = { refusals: [], notices: [] };
const beta = 'service.beta.kubernetes.io';

describe('an unknown key of ours', () => {
  it('is refused with the nearest', () => {
    expect(find('portolan.dev/shceme').refusals).toMatchObject([
      { reason: 'UnknownSetting', field: 'portolan.dev/shceme', text: 'unknown annotation; did you mean portolan.dev/scheme?' },
    ]);
  });

  it('is refused with all known ones where none is near', () => {
    expect(find('portolan.dev/colour-of-the-sky', {}).refusals[0]?.text).toBe(
      'unknown annotation; known are portolan.dev/approve, portolan.dev/load-balancer-ips, portolan.dev/node-selector, portolan.dev/release, portolan.dev/scheme',
    );
  });

  it('is known where the provider has a row for it, and only there', () => {
    expect(find('portolan.dev/idle-timeout')).toEqual(none);
    expect(find('portolan.dev/idle-timeout', {}).refusals).toHaveLength(1);
  });

  it('is refused too where the typing error is in the prefix', () => {
    expect(find('portolan.de/scheme').refusals).toMatchObject([{ reason: 'UnknownSetting', field: 'portolan.de/scheme' }]);
    expect(find('portolan.dev.scheme').refusals).toMatchObject([{ text: 'unknown annotation; did you mean portolan.dev/scheme?' }]);
    expect(find('portolan.de/whatever')).toEqual(none);
  });

  it('words to the controller and names of conditions are no settings', () => {
    for (const key of [controlKeys.approve, ...reservedKeys]) expect(find(key)).toEqual(none);
    expect(find(controlKeys.group).refusals).toMatchObject([{ reason: 'GroupNotSupported', field: controlKeys.group }]);
    expect(find('portolan.dev/relase').refusals[0]?.text).toContain('portolan.dev/release');
    expect(find('portolan.dev/aprove').refusals[0]?.text).toContain('portolan.dev/approve');
  });
});

it('a release that is not asked for with "true" is refused, not passed over', () => {
  expect(findUnknownKeys({}, { [controlKeys.release]: 'true' })).toEqual(none);
  for (const value of ['True', 'false', '']) {
    expect(findUnknownKeys({}, { [controlKeys.release]: value }).refusals).toMatchObject([
      { reason: 'InvalidSetting', field: controlKeys.release, text: `${JSON.stringify(value)} is not "true"` },
    ]);
  }
});

describe("a key under a peer's prefix", () => {
  it('that nobody knows is served and shown, with the nearest', () => {
    expect(find(`${beta}/aws-load-balancer-scheem`)).toEqual({
      refusals: [],
      notices: [
        {
          reason: 'UnknownSetting',
          kind: 'service',
          field: `${beta}/aws-load-balancer-scheem`,
          text: `unknown annotation, which has no effect; did you mean ${beta}/aws-load-balancer-scheme?`,
        },
      ],
    });
    expect(find('metallb.io/qqqqqqqqqqqq').notices[0]?.text).toBe('unknown annotation, which has no effect');
  });

  it('that the peer knows and this provider does not is served and shown', () => {
    for (const key of [
      `${beta}/aws-load-balancer-ssl-cert`,
      'loadbalancer.openstack.org/flavor-id',
      'metallb.io/allow-shared-ip',
      `${beta}/aws-load-balancer-listener-attributes.TCP-80`,
    ]) {
      expect(find(key)).toMatchObject({ refusals: [], notices: [{ reason: 'SettingWithoutEffect', kind: 'service', field: key }] });
    }
  });

  it('that this provider has a row for is known', () => {
    expect(find('metallb.io/address-pool')).toEqual(none);
    expect(find('metallb.io/address-pool', {}).notices).toMatchObject([{ reason: 'SettingWithoutEffect' }]);
  });

  it('that another controller writes itself says nothing', () => {
    for (const key of ['loadbalancer.openstack.org/load-balancer-address', 'metallb.io/ip-allocated-from-pool'])
      expect(find(key)).toEqual(none);
  });

  it('is shown too where the typing error is in the prefix', () => {
    expect(find(`${beta}/aws-load-balancr-type`).notices).toMatchObject([{ reason: 'UnknownSetting' }]);
    expect(find('metallb.oi/address-pool').notices).toMatchObject([{ reason: 'UnknownSetting' }]);
    expect(find('metallb.oi/other')).toEqual(none);
  });
});

it('a misspelt key that would open or publish a load balancer is shown', () => {
  expect(find(`${beta}/load-balancer-source-range`).notices).toMatchObject([{ reason: 'UnknownSetting' }]);
  expect(find(`${beta}/azure-load-balancer-interal`).notices).toMatchObject([{ reason: 'UnknownSetting' }]);
});

it("other controllers' annotations are none of ours", () => {
  for (const key of [
    'kubectl.kubernetes.io/last-applied-configuration',
    'external-dns.alpha.kubernetes.io/hostname',
    'demo.portolan.dev/endpoints',
    'networking.gke.io/other',
    'a',
  ]) {
    expect(find(key)).toEqual(none);
  }
});

/** Every text that is one typing error away: a character left out, put in, replaced, or swapped with its neighbour. */
function* typos(key: string): Generator<string> {
  for (let at = 0; at <= key.length; at++) {
    const [before, after] = [key.slice(0, at), key.slice(at)];
    for (const character of 'aeiostz-/.5E') {
      yield before + character + after;
      if (after !== '') yield before + character + after.slice(1);
    }
    if (after.length > 0) yield before + after.slice(1);
    if (after.length > 1) yield before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2);
  }
}

const documented = [
  ...Object.values<AnySettingsTable[string]>({ ...portableRows, ...fakeSettings }).flatMap((row) => row.annotations ?? []),
  ...Object.values(controlKeys),
];
it.each(documented)('every single typing error in %s is seen', (key) => {
  const known = new Set([...documented, ...reservedKeys]);
  let tried = 0;
  for (const typo of typos(key)) {
    if (known.has(typo)) continue;
    tried += 1;
    const { refusals, notices } = find(typo);
    if (refusals.length + notices.length !== 1) expect.fail(`${typo} is not seen`);
    if (key.startsWith('portolan.dev/')) expect(refusals[0]?.reason).toBe('UnknownSetting');
    if (!isWatched(typo)) expect.fail(`${typo} wakes nobody`);
  }
  expect(tried).toBeGreaterThan(300);
});

describe('checkTable', () => {
  const row = { type: 'string', text: 'x', since: '0', edit: 'in-place' } as const;

  it('accepts annotations under prefixes that are read', () => {
    expect(() => checkTable('fake', fakeSettings)).not.toThrow();
  });

  it('refuses an annotation that could not reach it, and a mapping with an annotation', () => {
    expect(() => checkTable('x', { a: { ...row, annotations: ['example.com/a'] } })).toThrow(/example\.com\/a/);
    expect(() => checkTable('x', { a: { ...row, type: 'object', annotations: ['portolan.dev/a'] } })).toThrow(/mapping/);
  });
});
