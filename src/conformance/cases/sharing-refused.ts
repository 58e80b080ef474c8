import type { ConformanceCase } from '../case.ts';
import { annotate, create, frozen, refused, remember, remove, rest, served } from '../story.ts';

const group = 'portolan.dev/load-balancer-group';
const metallb = 'metallb.io/allow-shared-ip';

/** One load balancer for several Services: not yet, and seen by whoever asks for it (idea 10). */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'sharing-refused/group',
    title: 'A group is refused for each of its Services, and nothing of it is made',
    steps: [
      create('web', { annotations: { [group]: 'team' } }),
      create('shop', { annotations: { [group]: 'team' }, spec: { ports: [{ port: 81 }] } }),
      rest(),
      ...refused(['idea-10', 'pain-16'], 'web', 'GroupNotSupported', [group]),
      ...refused(['idea-10', 'pain-16'], 'shop', 'GroupNotSupported', [group]),
      { rows: ['idea-10'], check: 'owned-in-all', main: 0 },
      annotate('web', { [group]: null }),
      rest(),
      served(['idea-10'], 'web'),
      { rows: ['idea-10'], check: 'owned-in-all', main: 1 },
    ],
  },
  {
    id: 'sharing-refused/group-later',
    title: 'A served Service that asks for a group keeps the load balancer it has, and it goes with the Service',
    steps: [
      create('web'),
      rest(),
      remember('served'),
      annotate('web', { [group]: 'team' }),
      rest(),
      ...frozen(['idea-10', 'idea-8'], 'web', 'served', 'GroupNotSupported', [group]),
      remove('web'),
      rest(),
      { rows: ['idea-10', 'pain-1'], check: 'owned-in-all', main: 0 },
    ],
  },
  {
    id: 'sharing-refused/same-address',
    title: 'Two Services that ask for one address do not get to share it',
    needs: ['requestedAddress'],
    hooks: ['published-addresses'],
    asks: [create('shop', { annotations: { 'portolan.dev/load-balancer-ips': '240.0.0.1' } })],
    steps: [
      create('web'),
      rest(),
      remember('served'),
      create('shop', {
        annotations: { 'portolan.dev/load-balancer-ips': '{{web@served}}', [metallb]: 'key' },
        spec: { ports: [{ port: 81 }] },
      }),
      rest(),
      ...refused(['idea-10', 'pain-16', 'pain-11'], 'shop', 'AddressInUse', ['{{web@served}}']),
      { rows: ['idea-10'], check: 'owned', service: 'web', same: 'served' },
      served(['idea-8'], 'web'),
    ],
  },
  {
    id: 'sharing-refused/other-namespace',
    title: 'Not even the same name in two namespaces makes two Services one',
    steps: [
      { do: 'add-namespace', namespace: 'shop' },
      create('web'),
      create('web', { namespace: 'shop' }),
      rest(),
      { rows: ['idea-10', 'pain-20'], check: 'owned-in-all', main: 2 },
      remember('both'),
      { do: 'delete', service: 'web', namespace: 'shop' },
      rest(),
      { rows: ['pain-20', 'seed-19'], check: 'owned', service: 'web', same: 'both' },
      { rows: ['pain-20'], check: 'owned-in-all', main: 1 },
    ],
  },
  {
    id: 'sharing-refused/peers',
    title: 'Another controller’s wish to share has no effect, and the Service says so',
    steps: [
      create('web', { annotations: { [metallb]: 'key' } }),
      create('shop', { annotations: { 'metallb.universe.tf/allow-shared-ip': 'key' }, spec: { ports: [{ port: 81 }] } }),
      rest(),
      {
        rows: ['idea-10', 'idea-7'],
        check: 'condition',
        service: 'web',
        type: 'Degraded',
        reason: 'SettingWithoutEffect',
        mentions: [metallb],
      },
      {
        rows: ['idea-10', 'idea-7'],
        check: 'condition',
        service: 'shop',
        type: 'Degraded',
        reason: 'SettingWithoutEffect',
        mentions: ['metallb.universe.tf/allow-shared-ip'],
      },
      { rows: ['idea-10', 'pain-16'], check: 'owned-in-all', main: 2 },
      { rows: ['idea-10'], check: 'owned', service: 'web', main: 1 },
    ],
  },
];
