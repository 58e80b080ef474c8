import { describe, expect, it } from 'vitest';
import type { LoadBalancerSpec } from '../../../src/model/spec.ts';
import type { Settings } from '../settings/settings.ts';
import { listener, spec, TestBed } from '../test-bed.ts';

const ipv6: LoadBalancerSpec<Settings>['addresses'] = [{ family: 'IPv6', required: true }];
const both: LoadBalancerSpec<Settings>['addresses'] = [{ family: 'IPv4', required: true }, ...ipv6];
const at = (over: Partial<LoadBalancerSpec<Settings>>, annotations: Readonly<Record<string, string>> = {}) =>
  spec(over, { subnets: 'subnet-a', ...annotations });
const udp = { listeners: [listener('UDP', 443, 30_443)] };
const tcp = { listeners: [listener('TCP', 443, 30_443)] };

describe('a load balancer', () => {
  it.each([
    ['gains IPv6 where UDP goes', at(udp), at({ ...tcp, addresses: both })],
    ['gains IPv6 where UDP becomes TCP over IPv6', at(udp), at({ ...tcp, addresses: ipv6 })],
    ['gains IPv6 where UDP becomes TLS over IPv6', at(udp), at({ ...tcp, addresses: ipv6 }, { 'ssl-cert': 'arn:cert/1,arn:cert/2' })],
    ['loses IPv6 where UDP comes', at({ ...tcp, addresses: both }), at(udp)],
    ['loses IPv6 where TCP over IPv6 becomes UDP', at({ ...tcp, addresses: ipv6 }), at(udp)],
    ['loses IPv6 where TCP over IPv6 becomes TCP over IPv4', at({ ...tcp, addresses: ipv6 }), at(tcp)],
    [
      'loses IPv6, gains a zone and UDP at once',
      at({ ...tcp, addresses: both }),
      spec({ listeners: [...tcp.listeners, listener('UDP', 53, 30_053)] }, { subnets: 'subnet-a,subnet-b' }),
    ],
  ])('%s, in the order Amazon takes', async (_what, before, after) => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(before);
    const first = await bed.pass(after);
    const second = await bed.pass(after, Number.POSITIVE_INFINITY);
    expect([...first.failed, ...second.failed]).toEqual([]);
    expect(second.again).toEqual({ steps: [], refusals: [] });
  });

  it('says what is lost where a listener must be made anew', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(at(udp));
    const { plan } = await bed.pass(at({ ...tcp, addresses: ipv6 }));
    expect(plan.steps.find(({ op }) => op.do === 'delete-listener')).toMatchObject({
      disruption: 'drops-connections',
      claim: {
        loses: [expect.stringMatching(/^listener UDP\/443 \(arn:/)],
        because: [{ field: 'spec.ipFamilies', from: 'ipv4', to: 'dualstack' }],
      },
    });
  });
});
