import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { admissionPolicy } from '../../../scripts/admission-policy.ts';
import { systemClock } from '../../../src/clock.ts';
import { asLbError } from '../../../src/errors.ts';
import { KubeClient } from '../../../src/kube/client.ts';
import { connect, type Connection } from '../../../src/kube/connection.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { nearest } from '../../../src/settings/nearest.ts';
import { parseText } from '../../../src/settings/parse.ts';
import { controlKeys } from '../../../src/settings/portable.ts';
import type { AnySettingsTable, SettingRow } from '../../../src/settings/row.ts';
import { missingForControlPlane, portBase, startControlPlane, type ControlPlane } from '../control-plane.ts';
import { realSuite } from '../real-suite.ts';

const signal = new AbortController().signal;
const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const bindings = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';
const services = '/api/v1/namespaces/default/services';
const shipped = join(import.meta.dirname, '../../../deploy/base/admission-policy.yaml');

realSuite('the admission policy on a real API server', missingForControlPlane(), () => {
  let kube: ControlPlane;
  let connection: Connection;
  let client: KubeClient;

  beforeAll(async () => {
    kube = await startControlPlane(portBase(1), { KUBE_UP_CONTROLLER_ARGS: '--controllers=validatingadmissionpolicy-status-controller' });
    connection = await connect({ kubeconfig: kube.kubeconfig }, {});
    client = new KubeClient({ transport: connection.transport, clock: systemClock });
  });
  afterAll(async () => {
    await connection.transport.close();
    await kube.wipe();
  });

  const service = (name: string, annotations: Readonly<Record<string, string>>, type = 'LoadBalancer'): JsonObject => ({
    metadata: { name, annotations },
    spec: { type, ports: [{ port: 80 }] },
  });

  /** Why a request is refused; empty where it is not. */
  const refusal = (request: Promise<unknown>): Promise<string> =>
    request.then(
      () => '',
      (thrown: unknown) => asLbError(thrown).text,
    );

  const tried = (annotations: Readonly<Record<string, string>>, type?: string, path = services): Promise<string> =>
    refusal(client.create(`${path}?dryRun=All`, service('tried', annotations, type), signal));

  const eventually = <T>(look: () => Promise<T>): Promise<T> => vi.waitFor(look, { timeout: 30_000, interval: 50 });

  async function install([policy, binding]: readonly JsonObject[]): Promise<void> {
    await client.create(policies, policy ?? {}, signal);
    await client.create(bindings, binding ?? {}, signal);
  }

  describe('as it is shipped', () => {
    beforeAll(async () => {
      await client.create(services, service('older', { 'portolan.dev/drian-timeout': '1m' }), signal);
      await client.create(services, service('inside', { 'portolan.dev/shceme': 'internal' }, 'ClusterIP'), signal);
      const documents = parseAllDocuments(await readFile(shipped, 'utf8')).map((document) => document.toJS() as JsonObject); // our own file
      await install(documents);
      await eventually(async () => expect(await tried({ 'portolan.dev/drian-timeout': '1m' })).not.toBe(''));
    });

    test('its expressions have the types they should have', async () => {
      const status = await eventually(async () => {
        const policy = await client.get(`${policies}/portolan-annotations`, signal);
        expect(policy['status']).toHaveProperty('typeChecking');
        return policy['status'];
      });

      expect(status).toEqual({ observedGeneration: 1, typeChecking: {} });
    });

    test('what the controller takes passes', async () => {
      const good = {
        'portolan.dev/scheme': 'internal',
        'portolan.dev/drain-timeout': '1h',
        'portolan.dev/udp-idle-timeout': ' 90s ',
        'portolan.dev/load-balancer-ips': '192.0.2.1, 2001:db8::1',
        'portolan.dev/proxy-protocol': '*',
        'portolan.dev/approve': '26eaee2ebe',
        'portolan.dev/release': 'true',
        'portolan.dev/Applied': 'a name of ours that says nothing here',
        'service.beta.kubernetes.io/aws-load-balancer-typo': "another controller's to judge",
      };

      expect(await tried(good)).toBe('');
    });

    test.each([
      ['portolan.dev/scheme', 'privat', 'portolan.dev/scheme: must be one of internal, public'],
      ['portolan.dev/drain-timeout', '61m', 'at least 0s and at most 1h'],
      ['portolan.dev/load-balancer-ips', '192.0.2.1,192.0.2.256', 'must be a list of IP addresses'],
      ['portolan.dev/release', 'yes', 'must be "true", or be removed'],
      ['portolan.dev/load-balancer-group', 'a', 'several Services cannot share a load balancer yet'],
      ['portolan.dev/colour', 'red', 'unknown annotation; known are portolan.dev/approve, portolan.dev/drain-timeout'],
    ])('%s: %s is refused in words', async (key, value, why) => {
      expect(await tried({ [key]: value })).toContain(why);
      expect(await tried({ [key]: value }, 'ClusterIP')).toBe('');
    });

    test('two letters in the wrong order: it names the key that the controller would name', async () => {
      const known = ['approve', 'drain-timeout', 'load-balancer-ips', 'proxy-protocol', 'release', 'scheme', 'udp-idle-timeout'].map(
        (word) => `portolan.dev/${word}`,
      );
      const typos = known.flatMap((key) =>
        Array.from({ length: key.length - 14 }, (_, index) => swapped(key, index + 13)).filter((typo) => !known.includes(typo)),
      );
      expect(typos.length).toBeGreaterThan(60);

      for (const typo of typos)
        expect(await tried({ [typo]: 'x' })).toContain(`${typo}: unknown annotation; did you mean ${nearest(typo, known)}?`);
    });

    test('what is stored already hinders no other edit, and is judged when the Service becomes a load balancer', async () => {
      const edit = (name: string, body: JsonObject) => refusal(client.patch(`${services}/${name}`, 'merge', body, signal));

      expect(await edit('older', { metadata: { labels: { team: 'shop' } } })).toBe('');
      expect(await edit('older', { metadata: { annotations: { 'portolan.dev/scheme': 'internal' } } })).toBe('');
      expect(await edit('older', { metadata: { annotations: { 'portolan.dev/drian-timeout': '2m' } } })).toContain('did you mean');
      expect(await edit('inside', { spec: { type: 'LoadBalancer' } })).toContain('did you mean portolan.dev/scheme?');
      await client.delete(`${services}/older`, signal);
    });

    test('a key of another provider is let through by the patch that the guide shows', async () => {
      const patched = { spec: { variables: await withFirst("['portolan.dev/colour']") } };
      await client.patch(`${policies}/portolan-annotations`, 'merge', patched, signal);

      await eventually(async () => expect(await tried({ 'portolan.dev/colour': 'red' })).toBe(''));
      expect(await tried({ 'portolan.dev/color': 'red' })).toContain('unknown annotation');
    });

    async function withFirst(expression: string): Promise<JsonObject[]> {
      const { spec } = await client.get(`${policies}/portolan-annotations`, signal);
      const [first, ...others] = (spec as { variables: JsonObject[] }).variables; // of a policy
      return [{ ...first, expression }, ...others];
    }
  });

  test('of every type of row it takes what the parser takes, and refuses what that refuses', async () => {
    const row = (type: SettingRow['type'], more: Partial<SettingRow> = {}): SettingRow => ({
      type,
      text: '',
      since: '',
      edit: 'in-place',
      annotations: [`portolan.dev/x-${type}`],
      ...more,
    });
    const table: AnySettingsTable = {
      string: row('string'),
      boolean: row('boolean'),
      integer: row('integer', { minimum: -5, maximum: 300 }),
      duration: row('duration', { minimum: 1000, maximum: 3_600_000 }),
      enum: row('enum', { values: ["it's", 'a"b', String.raw`c\d`] }),
      ip: row('ip'),
      ipList: row('ip-list'),
      cidrList: row('cidr-list'),
      map: row('map'),
    };
    const texts = [
      '',
      '0',
      '1',
      '-6',
      '+7',
      '301',
      '1.5',
      '1e2',
      't',
      'TRUE',
      'yes',
      '999ms',
      '1s',
      '1h',
      '1h1ms',
      '60m',
      '1m1h',
      '1s1s',
    ].concat(
      [
        "it's",
        'a"b',
        String.raw`c\d`,
        'its',
        '192.0.2.1',
        '192.0.2.01',
        '192.0.2',
        'fe80::1%eth0',
        '2001:db8::1',
        '2001:DB8::1',
        '::ffff:192.0.2.1',
      ],
      [
        '192.0.2.1,2001:db8::1',
        '192.0.2.1 , 192.0.2.2',
        '192.0.2.1,',
        '192.0.2.0/24',
        '192.0.2.1/24',
        '192.0.2.0/33',
        '192.0.2.0/08',
        '2001:db8::/32',
        'a=b',
      ],
    );
    await client.create('/api/v1/namespaces', { metadata: { name: 'rows' } }, signal);
    const documents = admissionPolicy([table], 'rows').map((document) => inNamespace(document, 'rows'));
    const inRows = (annotations: Readonly<Record<string, string>>) =>
      tried(annotations, 'LoadBalancer', '/api/v1/namespaces/rows/services');
    await client.delete(`${bindings}/portolan-annotations`, signal);
    await install(documents);
    await eventually(async () => expect(await inRows({ 'portolan.dev/x-ip': 'none' })).toContain("'rows'"));
    await eventually(async () => expect(await inRows({ 'portolan.dev/x-ip': '192.0.2.1' })).toBe(''));

    const different: string[] = [];
    for (const { type, annotations, ...rest } of Object.values(table)) {
      const [key = ''] = annotations ?? [];
      for (const text of texts) {
        const refused = (await inRows({ [key]: text })) !== '';
        if (refused === isGood({ type, ...rest }, text)) different.push(`${type} ${JSON.stringify(text)} ${refused ? 'refused' : 'taken'}`);
      }
    }

    // What a map looks like is for the controller to judge. An IPv4 address in the clothes of IPv6 is none to Kubernetes.
    const mapped = ['ip "::ffff:192.0.2.1" refused', 'ip-list "::ffff:192.0.2.1" refused'];
    expect(different.filter((line) => !line.startsWith('map '))).toEqual(mapped);
    expect(different.filter((line) => line.endsWith('refused'))).toEqual(mapped);
  });
});

const swapped = (text: string, index: number): string =>
  text.slice(0, index) + (text[index + 1] ?? '') + (text[index] ?? '') + text.slice(index + 2);

function isGood(row: SettingRow, text: string): boolean {
  try {
    parseText(row, text, controlKeys.approve);
    return true;
  } catch {
    return false;
  }
}

/** A binding that holds in one namespace; a policy as it is. */
function inNamespace(document: JsonObject, name: string): JsonObject {
  if (document['kind'] !== 'ValidatingAdmissionPolicyBinding') return document;
  const matchResources = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } };
  return { ...document, spec: { ...(document['spec'] as JsonObject), matchResources } }; // a spec is an object
}
