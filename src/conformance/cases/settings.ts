import type { ConformanceCase } from '../case.ts';
import { annotate, asked, create, edit, frozen, refused, remember, rest, served } from '../story.ts';

const scheme = 'portolan.dev/scheme';
const openStackInternal = 'service.beta.kubernetes.io/openstack-internal-load-balancer';

/** How each cloud says internal, by cloud. */
const internalWords: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  openstack: { [openStackInternal]: 'true' },
  aws: { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true' },
  'aws-by-range': { 'service.beta.kubernetes.io/aws-load-balancer-internal': '0.0.0.0/0' },
  'aws-by-scheme': { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' },
  azure: { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' },
  oracle: { 'service.beta.kubernetes.io/oci-load-balancer-internal': 'true' },
  baidu: { 'service.beta.kubernetes.io/cce-load-balancer-internal-vpc': 'true' },
  gke: { 'networking.gke.io/load-balancer-type': 'Internal' },
  'gke-of-old': { 'cloud.google.com/load-balancer-type': 'Internal' },
  ibm: { 'service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type': 'private' },
  alibaba: { 'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type': 'intranet' },
  tencent: { 'service.kubernetes.io/qcloud-loadbalancer-internal-subnetid': 'subnet-0abc' },
};
const clouds = Object.entries(internalWords);

/** What annotations and classes may say (idea 7; design §8). */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'settings/unknown',
    title: 'An unknown annotation of ours is refused, with the one that was meant',
    steps: [
      create('web', { annotations: { 'portolan.dev/load-balancer-ip': '192.0.2.1' } }),
      create('shop', { annotations: { 'portolan.dev/aprove': 'x' } }),
      rest(),
      ...refused(['idea-7', 'pain-22'], 'web', 'UnknownSetting', ['portolan.dev/load-balancer-ip', 'portolan.dev/load-balancer-ips']),
      ...refused(['idea-7', 'pain-22'], 'shop', 'UnknownSetting', ['portolan.dev/aprove', 'portolan.dev/approve']),
    ],
  },
  {
    id: 'settings/misspelt-prefix',
    title: 'A typing error in our prefix is a typing error, not somebody else’s annotation',
    steps: [
      create('web', { annotations: { 'portalan.dev/scheme': 'internal' } }),
      rest(),
      ...refused(['idea-7', 'pain-22'], 'web', 'UnknownSetting', ['portalan.dev/scheme', scheme]),
    ],
  },
  {
    id: 'settings/bad-value',
    title: 'A value that a setting cannot have is refused, never defaulted',
    steps: [
      create('web', { annotations: { [scheme]: 'intern' } }),
      create('shop', { annotations: { [scheme]: '' } }),
      rest(),
      ...refused(['idea-7', 'pain-22'], 'web', 'InvalidSetting', [scheme, 'intern', 'internal']),
      ...refused(['idea-7'], 'shop', 'InvalidSetting', [scheme]),
      annotate('web', { [scheme]: null }),
      rest(),
      served(['idea-7'], 'web'),
    ],
  },
  {
    id: 'settings/bad-value-later',
    title: 'A bad value in a later edit freezes what is served, and its end thaws it',
    steps: [
      create('web'),
      rest(),
      remember('served'),
      annotate('web', { [scheme]: 'intern' }),
      rest(),
      ...frozen(['idea-7', 'idea-8'], 'web', 'served', 'InvalidSetting', [scheme]),
      {
        rows: ['F1'],
        check: 'patches',
        service: 'web',
        since: 'served',
        atLeast: 1,
        without: ['/status/loadBalancer', '/metadata/finalizers'],
        why: 'what does not differ is not written',
      },
      annotate('web', { [scheme]: null }),
      rest(),
      served(['idea-8'], 'web'),
      { rows: ['idea-6'], check: 'ingress', service: 'web', same: 'served' },
    ],
  },
  {
    id: 'settings/disagreement',
    title: 'Two spellings that disagree are refused, both named',
    steps: [
      create('web', { annotations: { [scheme]: 'public', [openStackInternal]: 'true' } }),
      rest(),
      ...refused(['idea-7', 'design-8', 'H10'], 'web', 'ConflictingSettings', [scheme, openStackInternal]),
    ],
  },
  {
    id: 'settings/agreement',
    title: 'Two spellings that agree are one wish',
    needs: ['internalScheme'],
    steps: [
      create('web', { annotations: { [scheme]: 'internal', [openStackInternal]: 'true' } }),
      rest(),
      served(['design-8', 'H10'], 'web'),
      asked(['design-8', 'H10'], 'web', '/scheme', 'internal'),
    ],
  },
  {
    id: 'settings/internal-in-every-tongue',
    title: 'Every cloud’s annotation for an internal load balancer means internal',
    needs: ['internalScheme'],
    steps: [
      ...clouds.map(([cloud, annotations]) => create(cloud, { annotations })),
      rest(),
      ...clouds.map(([cloud]) => asked(['H10', 'design-8'], cloud, '/scheme', 'internal')),
      ...clouds.map(([cloud]) => served(['H10'], cloud)),
    ],
  },
  {
    id: 'settings/internal-said-no',
    title: 'An annotation for internal that says no makes nothing internal; one that says neither is refused',
    needs: ['publicScheme'],
    steps: [
      create('web', { annotations: { [openStackInternal]: 'false' } }),
      create('shop', { annotations: { [openStackInternal]: 'maybe' } }),
      create('aws', { annotations: { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'no' } }),
      create('gke', { annotations: { 'networking.gke.io/load-balancer-type': 'External' } }),
      rest(),
      asked(['H10'], 'web', '/scheme', 'public'),
      asked(['H10'], 'aws', '/scheme', 'public'),
      asked(['H10'], 'gke', '/scheme', 'public'),
      ...refused(['idea-7', 'H10'], 'shop', 'InvalidSetting', [openStackInternal, 'maybe']),
    ],
  },
  {
    id: 'settings/class-and-service',
    title: 'The class decides where the Service is silent, the Service where it speaks',
    needs: ['internalScheme', 'publicScheme'],
    asks: [create('web', { annotations: { [scheme]: 'internal' } })],
    setup: { classes: [{ id: 'kit', default: true, settings: { scheme: 'internal' } }] },
    steps: [
      create('web'),
      create('shop', { annotations: { [scheme]: 'public' } }),
      rest(),
      asked(['design-8', 'H10'], 'web', '/scheme', 'internal'),
      asked(['design-8', 'H10'], 'shop', '/scheme', 'public'),
    ],
  },
  {
    id: 'settings/unknown-of-a-peer',
    title: 'An unknown annotation under another controller’s prefix is served, and shown with what was meant',
    steps: [
      create('web', { annotations: { 'service.beta.kubernetes.io/aws-load-balancer-atributes': 'x=y' } }),
      rest(),
      served(['idea-7', 'design-8'], 'web'),
      {
        rows: ['idea-7', 'pain-22', 'design-8'],
        check: 'condition',
        service: 'web',
        type: 'Degraded',
        reason: 'UnknownSetting',
        mentions: ['aws-load-balancer-atributes', 'service.beta.kubernetes.io/aws-load-balancer-attributes'],
      },
      annotate('web', { 'service.beta.kubernetes.io/aws-load-balancer-atributes': null }),
      rest(10_000),
      {
        rows: ['design-7'],
        check: 'condition',
        service: 'web',
        type: 'Degraded',
        status: 'False',
        why: 'what is wrong with the Service itself comes and goes at once',
      },
    ],
  },
  {
    id: 'settings/strangers',
    title: 'Annotations that nobody here reads are no business of ours',
    steps: [
      create('web', { annotations: { 'example.com/owner': 'shop', 'kubectl.kubernetes.io/last-applied-configuration': '{}' } }),
      rest(),
      served(['idea-7'], 'web'),
      { rows: ['idea-7'], check: 'condition', service: 'web', type: 'Degraded', status: 'False' },
    ],
  },
  {
    id: 'settings/scheme-not-had',
    title: 'A scheme the provider does not have is refused, and none is taken in its place',
    setup: { withheld: ['internalScheme'] },
    steps: [
      create('web', { annotations: { [scheme]: 'internal' } }),
      create('shop', { annotations: { [openStackInternal]: 'true' } }),
      rest(),
      ...refused(['idea-7', 'H10'], 'web', 'UnsupportedFeature', [scheme]),
      ...refused(['idea-7', 'H10'], 'shop', 'UnsupportedFeature', [openStackInternal]),
    ],
  },
  {
    id: 'settings/address-wish-not-had',
    title: 'A wish for an address where the provider takes none is refused, never ignored',
    setup: { withheld: ['requestedAddress'] },
    steps: [
      create('web', { spec: { loadBalancerIP: '192.0.2.1' } }),
      create('shop', { annotations: { 'portolan.dev/load-balancer-ips': '192.0.2.1' } }),
      create('served'),
      rest(),
      ...refused(['H1', 'P12'], 'web', 'UnsupportedFeature', ['spec.loadBalancerIP']),
      ...refused(['H1', 'P12'], 'shop', 'UnsupportedFeature', ['portolan.dev/load-balancer-ips']),
      remember('served'),
      edit('served', { loadBalancerIP: '192.0.2.1' }),
      rest(),
      ...frozen(['H2', 'P12'], 'served', 'served', 'UnsupportedFeature', ['spec.loadBalancerIP']),
    ],
  },
];
