import { describe, expect, it } from 'vitest';
import { fakeSettings } from '../../test/builders/fake-settings.ts';
import { internalAnnotations } from './internal-annotations.ts';
import { readSettings } from './read.ts';
import type { SettingsTable } from './row.ts';

const read = (annotations: Record<string, string>, classSettings: Record<string, unknown> = {}) =>
  readSettings(fakeSettings, annotations, classSettings);
const beta = 'service.beta.kubernetes.io';
const own = `${beta}/openstack-internal-load-balancer`;

describe('precedence', () => {
  it('Service over class over default', () => {
    expect(read({}).settings.idleTimeout).toBe(60_000);
    expect(read({}, { idleTimeout: 5000 }).settings.idleTimeout).toBe(5000);
    expect(read({ 'portolan.dev/idle-timeout': '7s' }, { idleTimeout: 5000 })).toMatchObject({
      settings: { idleTimeout: 7000 },
      explicit: ['idleTimeout'],
    });
  });

  it('what nobody says is absent', () => {
    expect(read({}).settings).not.toHaveProperty('pool');
    expect(read({ 'metallb.io/address-pool': 'gold' }).settings.pool).toBe('gold');
  });

  it('a default is not explicit; what the Service says is, in a fixed order', () => {
    const annotations = {
      'portolan.dev/scheme': 'public',
      'portolan.dev/load-balancer-ips': '192.0.2.1',
      'metallb.io/address-pool': 'x',
      [`${beta}/load-balancer-source-ranges`]: '10.0.0.0/8',
    };
    expect(read(annotations).explicit).toEqual(['loadBalancerIPs', 'pool', 'scheme', 'sourceRanges']);
    expect(read({}, { algorithm: 'least-connections' }).explicit).toEqual([]);
  });
});

describe('two spellings of one setting', () => {
  const [a, b] = ['loadbalancer.openstack.org/proxy-protocol', 'portolan.dev/proxy-protocol'] as const;

  it('that agree are fine', () => {
    expect(read({ [a]: 'true', [b]: 'True' })).toMatchObject({ settings: { proxyProtocol: true }, refusals: [], proxyProtocol: a });
  });

  it('that disagree are refused, both named', () => {
    expect(read({ [a]: 'true', [b]: 'false' })).toMatchObject({
      complete: false,
      refusals: [{ reason: 'ConflictingSettings', text: `${a} and ${b} say different things`, remedy: `Remove ${a} or ${b}` }],
    });
  });
});

describe('a value that cannot be read', () => {
  it('is refused with its field, and class or default stand in for the other checks', () => {
    expect(read({ 'portolan.dev/idle-timeout': '10' })).toMatchObject({
      complete: false,
      settings: { idleTimeout: 60_000 },
      refusals: [
        { reason: 'InvalidSetting', field: 'portolan.dev/idle-timeout', text: '"10" is not a duration such as 1500ms, 10s, 5m or 1h30m' },
      ],
    });
  });

  it('of a core field leaves the settings of the provider whole', () => {
    expect(read({ 'portolan.dev/scheme': 'intern' })).toMatchObject({
      complete: true,
      refusals: [
        { reason: 'InvalidSetting', field: 'portolan.dev/scheme', text: '"intern" is not one of internal, public; did you mean internal?' },
      ],
    });
  });
});

describe('what must be set', () => {
  const table: SettingsTable<{ network: string }> = {
    network: {
      type: 'string',
      required: true,
      text: 'The network.',
      since: '0.1.0',
      annotations: ['portolan.dev/network'],
      edit: 'changes-address',
    },
  };

  it('is asked for where neither Service nor class set it', () => {
    expect(readSettings(table, {}, {})).toMatchObject({
      complete: false,
      refusals: [{ field: 'portolan.dev/network', text: 'network is not set: The network.' }],
    });
    expect(readSettings(table, {}, { network: 'a' })).toMatchObject({ complete: true, settings: { network: 'a' } });
    expect(readSettings(table, { 'portolan.dev/network': 'b' }, {})).toMatchObject({ complete: true, refusals: [] });
  });
});

describe('the scheme', () => {
  it('is public where nobody says anything, else the provider default, else the class', () => {
    expect(read({}).scheme).toEqual({ value: 'public' });
    const table = { ...fakeSettings, internal: { ...fakeSettings.internal, default: true } };
    expect(readSettings(table, {}, {}).scheme).toEqual({ value: 'internal' });
    expect(readSettings(table, {}, { scheme: 'public' }).scheme).toEqual({ value: 'public', classSetting: 'scheme' });
    expect(read({}, { internal: true }).scheme).toEqual({ value: 'internal', classSetting: 'internal' });
  });

  const internal: readonly [string, string][] = [
    [own, 'true'],
    [own, 'True'],
    [`${beta}/aws-load-balancer-internal`, 'true'],
    [`${beta}/aws-load-balancer-internal`, '0.0.0.0/0'],
    [`${beta}/aws-load-balancer-scheme`, 'internal'],
    [`${beta}/azure-load-balancer-internal`, 'true'],
    [`${beta}/oci-load-balancer-internal`, 'true'],
    [`${beta}/cce-load-balancer-internal-vpc`, 'true'],
    ['networking.gke.io/load-balancer-type', 'Internal'],
    ['cloud.google.com/load-balancer-type', 'Internal'],
    ['service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type', 'private'],
    [`${beta}/alibaba-cloud-loadbalancer-address-type`, 'intranet'],
    ['service.kubernetes.io/qcloud-loadbalancer-internal-subnetid', 'subnet-1'],
    ['service.kubernetes.io/qcloud-loadbalancer-internal-subnetid', ''],
  ];
  it.each(internal)('%s: %j is internal on every provider, with a note unless it is its own', (key, text) => {
    const { scheme, explicit, notices, refusals } = read({ [key]: text });
    expect(scheme).toEqual({ value: 'internal', from: key });
    expect(explicit).toEqual(['scheme']);
    expect(refusals).toEqual([]);
    expect(notices.map(({ reason, field, kind }) => ({ reason, field, kind }))).toEqual(
      key === own ? [] : [{ reason: 'OtherCloudsSetting', field: key, kind: 'info' }],
    );
  });

  it('every annotation of the table is tried above', () => {
    expect(new Set(internal.map(([key]) => key))).toEqual(new Set(internalAnnotations.map(({ key }) => key)));
  });

  it.each([
    [`${beta}/aws-load-balancer-internal`, 'false'],
    [`${beta}/aws-load-balancer-internal`, '0'],
    [`${beta}/aws-load-balancer-internal`, 'no'],
    [`${beta}/aws-load-balancer-internal`, ''],
    [`${beta}/aws-load-balancer-scheme`, 'internet-facing'],
    [`${beta}/azure-load-balancer-internal`, 'false'],
    ['service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type', 'public'],
  ])("%s: %j, another cloud's word for public, never makes anything public", (key, text) => {
    expect(read({ [key]: text }, { scheme: 'internal' })).toMatchObject({ scheme: { value: 'internal' }, explicit: [], refusals: [] });
    expect(read({ [key]: text, 'portolan.dev/scheme': 'internal' })).toMatchObject({ scheme: { value: 'internal' }, refusals: [] });
  });

  it("the provider's own word for public counts", () => {
    expect(read({ [own]: 'false' }, { scheme: 'internal' })).toMatchObject({
      scheme: { value: 'public', from: own },
      explicit: ['scheme'],
    });
  });

  it('a row without a place in the table of all clouds counts as the row says', () => {
    expect(read({ 'loadbalancer.openstack.org/internal': 'true' })).toMatchObject({
      scheme: { value: 'internal' },
      notices: [],
      refusals: [],
    });
  });

  it.each([
    ['ours', { 'portolan.dev/scheme': 'public', [`${beta}/azure-load-balancer-internal`]: 'true' }],
    ["the provider's own", { [own]: 'false', 'networking.gke.io/load-balancer-type': 'Internal' }],
  ])('public by %s and internal by a cloud is refused, both named', (_title, annotations) => {
    const [a, b] = Object.keys(annotations) as [string, string]; // two keys are written above
    const { refusals } = read(annotations);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ reason: 'ConflictingSettings' });
    expect(refusals[0]?.text).toContain(a);
    expect(refusals[0]?.text).toContain(b);
  });

  it.each([
    [`${beta}/azure-load-balancer-internal`, 'yes'],
    [`${beta}/aws-load-balancer-scheme`, 'intranal'],
    [own, '1'],
  ])('%s: %j, of which nobody knows whether it means internal, is refused', (key, text) => {
    expect(read({ [key]: text }).refusals).toMatchObject([{ reason: 'InvalidSetting', field: key }]);
  });
});

describe('core fields', () => {
  it('addresses and ranges of any spelling come out canonical, and must agree as sets', () => {
    const annotations = {
      'portolan.dev/load-balancer-ips': '2001:DB8::1,192.0.2.1',
      'metallb.universe.tf/loadBalancerIPs': '192.0.2.1,2001:db8::1',
    };
    expect(read(annotations)).toMatchObject({
      requested: { value: ['192.0.2.1', '2001:db8::1'], from: 'portolan.dev/load-balancer-ips' },
      refusals: [],
    });
    expect(read({}).requested).toBeUndefined();
  });

  it('a bad range in the annotation is refused (contract H4)', () => {
    const key = `${beta}/load-balancer-source-ranges`;
    expect(read({ [key]: '10.0.0.0/8, ' }).refusals).toMatchObject([{ reason: 'InvalidSetting', field: key }]);
    expect(read({ [key]: '  ' })).toMatchObject({ sourceRanges: undefined, refusals: [] });
  });

  it('a feature that is asked for names who asks', () => {
    expect(read({}, { proxyProtocol: true }).proxyProtocol).toBe('settings.proxyProtocol');
    expect(read({}, { proxyProtocol: false }).proxyProtocol).toBeUndefined();
  });
});
