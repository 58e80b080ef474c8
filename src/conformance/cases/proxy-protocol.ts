import type { ConformanceCase } from '../case.ts';
import { annotate, create, refused, remember, rest, served } from '../story.ts';

const setting = 'portolan.dev/proxy-protocol';
const client = '198.51.100.7';

/** Clients told to members by the PROXY protocol, where the provider has it. */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'proxy-protocol/mode',
    title: 'With the PROXY protocol every connection has to come by the load balancer: ipMode Proxy',
    needs: ['proxyProtocol'],
    steps: [
      create('web', { annotations: { [setting]: 'v2' } }),
      rest(),
      served(['F7', 'P21'], 'web'),
      {
        rows: ['F7', 'P21'],
        check: 'ingress',
        service: 'web',
        count: 1,
        mode: 'Proxy',
        why: 'kube-proxy would short-circuit a VIP, and Pods would wait for a header that never comes',
      },
    ],
  },
  {
    id: 'proxy-protocol/version-1',
    title: 'Version 1 names the client',
    needs: ['proxyProtocol'],
    hooks: ['data-path'],
    steps: [
      create('web', { annotations: { [setting]: 'v1' } }),
      rest(),
      { rows: ['F7', 'idea-7'], check: 'traffic', service: 'web', port: 80, from: client, expect: 'answered', proxied: 1 },
    ],
  },
  {
    id: 'proxy-protocol/version-2',
    title: 'Version 2 names the client',
    needs: ['proxyProtocol'],
    hooks: ['data-path'],
    steps: [
      create('web', { annotations: { [setting]: 'v2' } }),
      rest(),
      { rows: ['F7', 'idea-7'], check: 'traffic', service: 'web', port: 80, from: client, expect: 'answered', proxied: 2 },
    ],
  },
  {
    id: 'proxy-protocol/ipv6',
    title: 'Clients of IPv6 are named too',
    needs: ['proxyProtocol', 'ipv6'],
    hooks: ['data-path'],
    steps: [
      create('web', { annotations: { [setting]: 'v2' }, spec: { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv6'] } }),
      rest(),
      { rows: ['F7', 'pain-13'], check: 'traffic', service: 'web', port: 80, from: '2001:db8::7', expect: 'answered', proxied: 2 },
      annotate('web', { [setting]: 'v1' }),
      rest(),
      { rows: ['F7', 'pain-13'], check: 'traffic', service: 'web', port: 80, from: '2001:db8::7', expect: 'answered', proxied: 1 },
    ],
  },
  {
    id: 'proxy-protocol/switched',
    title: 'Without the setting no header is sent; it is switched on, changed and off in place',
    needs: ['proxyProtocol'],
    hooks: ['data-path'],
    asks: [create('web', { annotations: { [setting]: 'v1' } })],
    steps: [
      create('web'),
      rest(),
      remember('without'),
      { rows: ['idea-7'], check: 'traffic', service: 'web', port: 80, from: client, expect: 'answered', proxied: 'no' },
      annotate('web', { [setting]: 'v2' }),
      rest(),
      { rows: ['F7', 'idea-7'], check: 'traffic', service: 'web', port: 80, from: client, expect: 'answered', proxied: 2 },
      annotate('web', { [setting]: 'v1' }),
      rest(),
      { rows: ['F7', 'idea-7'], check: 'traffic', service: 'web', port: 80, from: client, expect: 'answered', proxied: 1 },
      annotate('web', { [setting]: null }),
      rest(),
      { rows: ['idea-7'], check: 'traffic', service: 'web', port: 80, from: client, expect: 'answered', proxied: 'no' },
      { rows: ['idea-6'], check: 'ingress', service: 'web', same: 'without' },
      { rows: ['idea-1'], check: 'settled', service: 'web' },
    ],
  },
  {
    id: 'proxy-protocol/bad-value',
    title: 'A version that there is not is refused',
    needs: ['proxyProtocol'],
    steps: [create('web', { annotations: { [setting]: 'v3' } }), rest(), ...refused(['idea-7'], 'web', 'InvalidSetting', [setting, 'v3'])],
  },
];
