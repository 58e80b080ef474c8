import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listenerId } from '../../../src/model/ids.ts';
import type { Listener } from '../../../src/model/spec.ts';
import type { Settings } from '../settings/settings.ts';
import { mergeListeners } from './listeners.ts';
import { findings, listener, silent, told } from './stand-ins.ts';

function mergedOf(listeners: readonly Listener[], settings: Partial<Settings> = {}) {
  const found = findings();
  const merged = mergeListeners(listeners, { ...silent, ...settings }, found);
  return { merged, said: merged.map(({ protocol, port }) => `${protocol}/${port}`), found, refused: told(found.refusals) };
}

const web = listener('TCP', 80, 30_080, { name: 'http' });
const secure = listener('TCP', 443, 30_443, { name: 'https' });
const quic = listener('UDP', 443, 30_443, { name: 'quic' });
const dns = [listener('TCP', 53, 30_053), listener('UDP', 53, 30_053)] as const;

describe('TCP and UDP of one port', () => {
  it('are one listener and one target group, whichever comes first', () => {
    const both = mergedOf([dns[1], web, dns[0]]);

    expect(both.said).toEqual(['TCP_UDP/53', 'TCP/80']);
    expect(both.merged[0]).toMatchObject({ targetProtocol: 'TCP_UDP', nodePort: 30_053, of: [dns[0], dns[1]], certificates: [] });
    expect(both.refused).toEqual([]);
  });

  it('are refused with both named where their node ports differ', () => {
    const { said, found } = mergedOf([dns[0], { ...dns[1], nodePort: 30_999 }, web]);

    expect(said).toEqual(['TCP/80']);
    expect(found.refusals).toEqual([
      {
        reason: 'UnsupportedFeature',
        field: 'spec.ports',
        listener: 'UDP/53',
        text: expect.stringMatching(/^TCP\/53 has node port 30053 and UDP\/53 has node port 30999: /),
        remedy: 'Set the nodePort of UDP/53 to 30053, or serve it by another Service',
      },
    ]);
  });

  it('are refused where nobody may merge them', () => {
    const { said, found } = mergedOf(dns, { tcpUdpListener: false });

    expect(said).toEqual([]);
    expect(found.refusals).toMatchObject([{ reason: 'ConflictingSettings', field: 'tcpUdpListener', listener: 'UDP/53' }]);
    expect(mergedOf([web, listener('UDP', 53, 30_053)], { tcpUdpListener: false }).said).toEqual(['TCP/80', 'UDP/53']);
  });

  it('cannot be where TCP ends TLS', () => {
    const { said, found } = mergedOf([secure, quic], { sslCert: ['cert-1'] });

    expect(said).toEqual([]);
    expect(found.refusals).toMatchObject([{ reason: 'UnsupportedFeature', field: 'sslPorts', listener: 'UDP/443' }]);
  });
});

describe('TLS', () => {
  it.each<[string, Partial<Settings>, readonly string[]]>([
    ['no certificate', {}, ['TCP/80', 'TCP/443']],
    ['no list of ports', { sslCert: ['c'] }, ['TLS/80', 'TLS/443']],
    ['an empty list', { sslCert: ['c'], sslPorts: [] }, ['TLS/80', 'TLS/443']],
    ['*', { sslCert: ['c'], sslPorts: ['*'] }, ['TLS/80', 'TLS/443']],
    ['a number', { sslCert: ['c'], sslPorts: ['443'] }, ['TCP/80', 'TLS/443']],
    ['a name', { sslCert: ['c'], sslPorts: ['http'] }, ['TLS/80', 'TCP/443']],
    ['both', { sslCert: ['c'], sslPorts: ['80', 'https'] }, ['TLS/80', 'TLS/443']],
  ])('with %s', (_, settings, said) => {
    expect(mergedOf([web, secure], settings)).toMatchObject({ said, refused: [] });
  });

  it('leaves UDP ports as they are', () => {
    expect(mergedOf([web, listener('UDP', 53, 30_053)], { sslCert: ['c'] })).toMatchObject({ said: ['TLS/80', 'UDP/53'], refused: [] });
  });

  it('is told which port an entry may have meant', () => {
    const settings = { sslCert: ['c'], sslPorts: ['htps', 'admin', 'dns', '*'] };
    expect(mergedOf([web, secure, listener('TCP', 8080, 30_088), listener('UDP', 53, 30_053, { name: 'dns' })], settings).refused).toEqual([
      'sslPorts: "htps" is no port of the Service; did you mean https?',
      'sslPorts: "admin" is no port of the Service; known are http, https, 8080',
      'sslPorts: "dns" is UDP/53, and only TCP ports can end TLS',
    ]);
  });

  it('has certificates, a policy and always an ALPN policy, so that a removed one goes back', () => {
    const { merged } = mergedOf([secure], { sslCert: ['a', 'b', 'a'], sslNegotiationPolicy: 'p' });
    expect(merged).toEqual([
      {
        port: 443,
        protocol: 'TLS',
        targetProtocol: 'TCP',
        nodePort: 30_443,
        of: [secure],
        certificates: ['a', 'b'],
        tls: { sslPolicy: 'p', alpnPolicy: 'None' },
      },
    ]);
  });

  it('goes on to the nodes where asked, on TLS ports only', () => {
    const settings = { sslCert: ['c'], sslPorts: ['443'], backendProtocol: 'ssl', alpnPolicy: 'HTTP2Only' } as const;
    const { merged } = mergedOf([web, secure], settings);
    expect(merged.map(({ targetProtocol, tls }) => [targetProtocol, tls?.alpnPolicy])).toEqual([
      ['TCP', undefined],
      ['TLS', 'HTTP2Only'],
    ]);
  });

  it.each([
    ['http', 'TCP', []],
    ['https', 'TCP', ['SettingWithoutEffect backendProtocol']],
    ['tcp', 'TCP', []],
    ['ssl', 'TLS', []],
  ] as const)('goes on by the word %s as %s, as with both peers', (backendProtocol, target, noted) => {
    const { merged, found } = mergedOf([secure], { sslCert: ['c'], backendProtocol });
    expect(merged.map(({ targetProtocol }) => targetProtocol)).toEqual([target]);
    expect(found.notices.map(({ reason, field }) => `${reason} ${field}`)).toEqual(noted);
  });

  it('settings without a certificate have no effect, and it is said', () => {
    const { found, refused } = mergedOf([web], { sslPorts: ['nothing'], backendProtocol: 'ssl', alpnPolicy: 'None' });
    expect(refused).toEqual([]);
    expect(found.notices.map(({ reason, field }) => `${reason} ${field}`)).toEqual([
      'SettingWithoutEffect sslPorts',
      'SettingWithoutEffect backendProtocol',
      'SettingWithoutEffect alpnPolicy',
    ]);
    expect(mergedOf([web]).found.notices).toEqual([]);
  });
});

it('SCTP is refused', () => {
  const sctp: Listener = { ...web, protocol: 'SCTP', id: listenerId('SCTP', 80) };
  expect(mergedOf([sctp])).toMatchObject({ said: [], found: { refusals: [{ reason: 'UnsupportedProtocol', listener: 'SCTP/80' }] } });
});

it('every port is served once or refused, and no two listeners have one port', () => {
  const ports = fc.uniqueArray(
    fc.record({
      protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
      port: fc.constantFrom(53, 80, 443),
      nodePort: fc.constantFrom(30_001, 30_002),
    }),
    { selector: ({ protocol, port }) => `${protocol}/${port}` },
  );
  const said = fc.record({
    tcpUdpListener: fc.boolean(),
    sslCert: fc.constantFrom([], ['c']),
    sslPorts: fc.subarray(['53', '443'], { minLength: 1 }),
  });
  fc.assert(
    fc.property(ports, said, (of, settings) => {
      const { merged, found } = mergedOf(
        of.map(({ protocol, port, nodePort }) => listener(protocol, port, nodePort)),
        settings,
      );
      expect(new Set(merged.map(({ port }) => port)).size).toBe(merged.length);
      const served = merged.flatMap((one) => one.of.map(({ id }) => id));
      expect(new Set(served).size).toBe(served.length);
      if (found.refusals.length === 0) expect(served.length).toBe(of.length);
      for (const one of merged) expect(one.of.every(({ nodePort, port }) => nodePort === one.nodePort && port === one.port)).toBe(true);
    }),
  );
});
