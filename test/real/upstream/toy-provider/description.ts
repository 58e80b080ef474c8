import { features, type Capabilities, type Feature } from '../../../../src/model/capabilities.ts';

const lacks: Readonly<Partial<Record<Feature, string>>> = {
  sctp: 'the toy cloud has TCP and UDP',
  ipv6: 'the toy cloud has IPv4 addresses only',
  dualStack: 'the toy cloud has IPv4 addresses only',
  internalScheme: 'the toy cloud has one kind of addresses',
  requestedAddress: 'the toy cloud chooses addresses itself',
  sourceRanges: 'the toy cloud is open to all',
  clientIpAffinity: 'the toy cloud carries no traffic',
  noNodePorts: 'the toy cloud reaches nodes by node ports',
  proxyProtocol: 'the toy cloud carries no traffic',
};

// One entry per feature, each of which is asked for by name.
const capabilities = Object.fromEntries(
  features.map((feature) => [feature, lacks[feature] === undefined ? true : { lacks: lacks[feature] }]),
) as Capabilities;

export const description = {
  protocol: 'portolan.dev/provider/v1',
  kind: 'toy',
  settleMs: 0,
  clusterUnit: false,
  endpointSlices: false,
  connection: {
    rows: { backend: { type: 'string', text: 'URL of the toy backend.', since: '1', edit: 'only-at-creation', required: true } },
    schema: { type: 'object', properties: { backend: { type: 'string' } }, required: ['backend'] },
  },
  settings: { rows: {}, schema: { type: 'object', properties: {} } },
  capabilities: { features: capabilities, unless: [] },
  permissions: [{ action: 'call the toy backend', why: 'it is the cloud', mutates: true }],
  verbs: [],
  sandbox: { backend: 'http://127.0.0.1:9' },
};
