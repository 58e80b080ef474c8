import { expect, it } from 'vitest';
import type { ListenerProtocol } from '../api/elb.ts';
import type { SimulatedElb } from './simulated-elb.ts';
import { newListener, newLoadBalancer, newTargetGroup, options, refusalOf, region, serving } from './seed-of-tests.ts';

const invalid = 'InvalidSetting ValidationError';
const certificate = 'arn:cert/1';

async function tlsListener(elb: SimulatedElb) {
  const { loadBalancer, targetGroup, listener } = await serving(elb, { name: 'tls', protocol: 'TLS' }, { name: 'tls' });
  return { loadBalancer, targetGroup, arn: listener.arn, shown: async () => (await elb.listeners(loadBalancer.arn, options))[0] };
}

it('answers the one with the same settings; a port is taken for all others, whatever their protocol', async () => {
  const { elb } = region();
  const { loadBalancer, targetGroup, listener } = await serving(elb, { protocol: 'TCP_UDP' });
  const again = newListener(loadBalancer.arn, targetGroup.arn, { protocol: 'TCP_UDP', tags: { another: 'owner' } });
  expect(await elb.createListener(again, options)).toEqual(listener);

  for (const protocol of ['TCP', 'UDP'] as const) {
    expect(await refusalOf(elb.createListener({ ...again, protocol }, options))).toBe('Conflict DuplicateListener');
  }
  const other = await elb.createTargetGroup(newTargetGroup({ name: 'other', protocol: 'TCP_UDP' }), options);
  expect(await refusalOf(elb.createListener({ ...again, targetGroup: other.arn }, options))).toBe('Conflict DuplicateListener');
  expect(await elb.listeners(loadBalancer.arn, options)).toEqual([listener]);
  expect((await elb.tags([listener.arn], options)).get(listener.arn)).toEqual({});
});

const compatible: Record<ListenerProtocol, readonly ListenerProtocol[]> = {
  TCP: ['TCP', 'TCP_UDP'],
  UDP: ['UDP', 'TCP_UDP'],
  TCP_UDP: ['TCP_UDP'],
  TLS: ['TCP', 'TLS'],
};
const protocols = ['TCP', 'UDP', 'TCP_UDP', 'TLS'] as const;

it.each(protocols.flatMap((protocol) => protocols.map((group) => [protocol, group] as const)))(
  'a %s listener and a %s target group go together or are refused',
  async (protocol, group) => {
    const { elb } = region();
    const { arn } = await elb.createLoadBalancer(newLoadBalancer(), options);
    const targetGroup = await elb.createTargetGroup(newTargetGroup({ protocol: group }), options);
    const made = elb.createListener(
      newListener(arn, targetGroup.arn, { protocol, ...(protocol === 'TLS' ? { certificate } : {}) }),
      options,
    );

    if (compatible[protocol].includes(group)) await expect(made).resolves.toMatchObject({ protocol, targetGroups: [targetGroup.arn] });
    else expect(await refusalOf(made)).toBe('InvalidSetting IncompatibleProtocols');
  },
);

it.each([
  ['no load balancer', { loadBalancer: 'arn:none' }, 'NotFound LoadBalancerNotFound'],
  ['no target group', { targetGroup: 'arn:none' }, 'NotFound TargetGroupNotFound'],
  ['port 0', { port: 0 }, invalid],
  ['TLS without certificate', { protocol: 'TLS' }, invalid],
  ['a certificate that is not there', { protocol: 'TLS', certificate: 'arn:none' }, 'InvalidSetting CertificateNotFound'],
  ['a policy that is not there', { protocol: 'TLS', certificate, sslPolicy: 'none' }, 'InvalidSetting SSLPolicyNotFound'],
  ['an ALPN policy that is not there', { protocol: 'TLS', certificate, alpnPolicy: 'none' }, invalid],
  ['a certificate without TLS', { certificate }, invalid],
  ['a policy without TLS', { sslPolicy: 'ELBSecurityPolicy-2016-08' }, invalid],
  ['an ALPN policy without TLS', { alpnPolicy: 'None' }, invalid],
] as const)('refuses a listener with %s', async (_, change, refusal) => {
  const { elb } = region();
  const { loadBalancer, targetGroup } = await serving(elb);
  const of = { ...newListener(loadBalancer.arn, targetGroup.arn, { port: 443 }), ...change };

  expect(await refusalOf(elb.createListener(of, options))).toBe(refusal);
  expect(await elb.listeners(loadBalancer.arn, options)).toHaveLength(1);
});

it('a target group serves one load balancer, of its own VPC', async () => {
  const { elb } = region();
  const { targetGroup } = await serving(elb);
  const other = await elb.createLoadBalancer(newLoadBalancer({ name: 'other' }), options);
  const elsewhere = await elb.createTargetGroup(newTargetGroup({ name: 'elsewhere', vpcId: 'vpc-2' }), options);

  const taken = elb.createListener(newListener(other.arn, targetGroup.arn), options);
  expect(await refusalOf(taken)).toBe('QuotaExceeded TargetGroupAssociationLimit');
  const far = elb.createListener(newListener(other.arn, elsewhere.arn), options);
  expect(await refusalOf(far)).toBe('InvalidSetting InvalidConfigurationRequest');
});

it('forwards to IPv6 targets, and serves no UDP, only where it is dual-stack', async () => {
  const { elb } = region();
  const plain = await elb.createLoadBalancer(newLoadBalancer({ name: 'plain' }), options);
  const dual = await elb.createLoadBalancer(newLoadBalancer({ name: 'dual', ipAddressType: 'dualstack' }), options);
  const six = await elb.createTargetGroup(newTargetGroup({ name: 'six', ipAddressType: 'ipv6' }), options);
  const udp = await elb.createTargetGroup(newTargetGroup({ name: 'udp', protocol: 'UDP' }), options);

  const refusal = 'InvalidSetting InvalidConfigurationRequest';
  expect(await refusalOf(elb.createListener(newListener(plain.arn, six.arn), options))).toBe(refusal);
  expect(await refusalOf(elb.createListener(newListener(dual.arn, udp.arn, { protocol: 'UDP' }), options))).toBe(refusal);
  await elb.createListener(newListener(dual.arn, six.arn), options);
  await elb.createListener(newListener(plain.arn, udp.arn, { protocol: 'UDP' }), options);
});

it('has 50 listeners a load balancer', async () => {
  const { elb } = region();
  const { loadBalancer, targetGroup } = await serving(elb);
  for (let port = 1001; port < 1050; port++) await elb.createListener(newListener(loadBalancer.arn, targetGroup.arn, { port }), options);

  // One that is there already is answered all the same.
  await elb.createListener(newListener(loadBalancer.arn, targetGroup.arn), options);
  const other = elb.createListener(newListener(loadBalancer.arn, targetGroup.arn, { port: 81 }), options);
  expect(await refusalOf(other)).toBe('QuotaExceeded TooManyListeners');
});

it('shows a policy on TLS listeners only, where none was asked for the default one', async () => {
  const { elb } = region();
  const { listener } = await serving(elb);
  const tls = await tlsListener(elb);

  expect(listener).not.toHaveProperty('sslPolicy');
  expect(await tls.shown()).toMatchObject({ protocol: 'TLS', certificate, sslPolicy: 'ELBSecurityPolicy-2016-08' });
});

it('changes what is named and nothing else', async () => {
  const { elb } = region();
  const { arn, shown } = await tlsListener(elb);
  const before = await shown();
  await elb.setListener(arn, { certificate: 'arn:cert/2', alpnPolicy: 'HTTP2Preferred' }, options);

  expect(await shown()).toEqual({ ...before, certificate: 'arn:cert/2', alpnPolicy: 'HTTP2Preferred' });
  expect(await refusalOf(elb.setListener(arn, { sslPolicy: 'none' }, options))).toBe('InvalidSetting SSLPolicyNotFound');
  expect(await refusalOf(elb.setListener('arn:none', {}, options))).toBe('NotFound ListenerNotFound');
});

it('changes its protocol in place, with a target group that goes with it; what only TLS has goes', async () => {
  const { elb } = region();
  const { arn, shown, loadBalancer, targetGroup } = await tlsListener(elb);
  const tcp = await elb.createTargetGroup(newTargetGroup(), options);
  await elb.addCertificates(arn, ['arn:cert/2'], options);

  expect(await refusalOf(elb.setListener(arn, { protocol: 'TCP' }, options))).toBe('InvalidSetting IncompatibleProtocols');
  await elb.setListener(arn, { protocol: 'TCP', targetGroup: tcp.arn }, options);
  expect(await shown()).toEqual({ arn, port: 80, protocol: 'TCP', targetGroups: [tcp.arn] });
  expect(await elb.extraCertificates(arn, options)).toEqual([]);
  await elb.deleteTargetGroup(targetGroup.arn, options);
  await elb.setListenerAttributes(arn, { 'tcp.idle_timeout.seconds': '60' }, options);
  expect(await refusalOf(elb.setListener(arn, { protocol: 'TLS' }, options))).toBe(invalid);
  await elb.setListener(arn, { protocol: 'TLS', certificate }, options);
  expect(await elb.listenerAttributes(arn, options)).toEqual({});
  expect((await elb.targetGroups(options)).map((it) => it.loadBalancers)).toEqual([[loadBalancer.arn]]);
});

it('moves to a free port only', async () => {
  const { elb } = region();
  const { loadBalancer, targetGroup, listener } = await serving(elb);
  await elb.createListener(newListener(loadBalancer.arn, targetGroup.arn, { port: 81 }), options);

  expect(await refusalOf(elb.setListener(listener.arn, { port: 81 }, options))).toBe('Conflict DuplicateListener');
  await elb.setListener(listener.arn, { port: 82 }, options);
  expect((await elb.listeners(loadBalancer.arn, options)).map(({ port }) => port)).toEqual([82, 81]);
});

it('has further certificates beside the default one, each once', async () => {
  const { elb } = region();
  const { arn } = await tlsListener(elb);
  await elb.addCertificates(arn, [certificate, 'arn:cert/2', 'arn:cert/3'], options);
  await elb.addCertificates(arn, ['arn:cert/2'], options);
  expect(await elb.extraCertificates(arn, options)).toEqual(['arn:cert/2', 'arn:cert/3']);

  expect(await refusalOf(elb.addCertificates(arn, ['arn:none'], options))).toBe('InvalidSetting CertificateNotFound');
  const theDefault = elb.removeCertificates(arn, ['arn:cert/2', certificate], options);
  expect(await refusalOf(theDefault)).toBe('UnsupportedFeature OperationNotPermitted');
  await elb.removeCertificates(arn, ['arn:cert/2', 'arn:none'], options);
  expect(await elb.extraCertificates(arn, options)).toEqual(['arn:cert/3']);
  await elb.setListener(arn, { certificate: 'arn:cert/3' }, options);
  expect(await elb.extraCertificates(arn, options)).toEqual([]);
  const { listener } = await serving(elb);
  const plain = elb.addCertificates(listener.arn, [certificate], options);
  expect(await refusalOf(plain)).toBe('InvalidSetting InvalidConfigurationRequest');
});

it('has 25 further certificates over all listeners of a load balancer', async () => {
  const certificates = [certificate, ...Array.from({ length: 26 }, (_, index) => `arn:more/${index}`)];
  const { elb } = region({}, { certificates });
  const { arn, loadBalancer, targetGroup } = await tlsListener(elb);
  const second = newListener(loadBalancer.arn, targetGroup.arn, { port: 443, protocol: 'TLS', certificate });
  const other = await elb.createListener(second, options);
  await elb.addCertificates(arn, certificates.slice(1, 21), options);
  await elb.addCertificates(other.arn, certificates.slice(21, 26), options);

  const more = elb.addCertificates(other.arn, certificates.slice(26), options);
  expect(await refusalOf(more)).toBe('QuotaExceeded TooManyCertificates');
});

it('has an idle timeout where it speaks TCP', async () => {
  const { elb } = region();
  const { listener } = await serving(elb);
  const udp = await serving(elb, { name: 'udp', protocol: 'UDP' }, { name: 'udp' });
  const set = (arn: string, seconds: string) => elb.setListenerAttributes(arn, { 'tcp.idle_timeout.seconds': seconds }, options);
  expect(await elb.listenerAttributes(listener.arn, options)).toEqual({ 'tcp.idle_timeout.seconds': '350' });
  await set(listener.arn, '6000');

  expect(await elb.listenerAttributes(listener.arn, options)).toEqual({ 'tcp.idle_timeout.seconds': '6000' });
  expect(await refusalOf(set(listener.arn, '59'))).toBe(invalid);
  expect(await refusalOf(set(udp.listener.arn, '60'))).toBe(invalid);
});

it('goes by itself or with its load balancer; what is gone is deleted already', async () => {
  const { elb } = region();
  const { loadBalancer, targetGroup, listener } = await serving(elb);
  await elb.deleteListener(listener.arn, options);
  await elb.deleteListener(listener.arn, options);
  expect(await elb.listeners(loadBalancer.arn, options)).toEqual([]);
  const second = await elb.createListener(newListener(loadBalancer.arn, targetGroup.arn), options);
  await elb.deleteLoadBalancer(loadBalancer.arn, options);

  expect(await elb.tags([listener.arn, second.arn], options)).toEqual(new Map());
  expect(await refusalOf(elb.listenerAttributes(second.arn, options))).toBe('NotFound ListenerNotFound');
});
