import type { SettingsTable } from '../../src/settings/row.ts';

/** One entry under `providers:`. */
export interface Connection {
  readonly ranges: { readonly public?: readonly string[]; readonly internal?: readonly string[] };
  readonly stateFile: string;
  readonly probeInterval: number;
}

/** Per load balancer, as parsed from the rows. */
export interface Settings {
  readonly drainTimeout: number;
  readonly udpIdleTimeout: number;
  readonly proxyProtocol: keyof typeof proxyVersions;
}

/** What each spelling of the PROXY protocol's version means: `true` as OpenStack's provider reads it, `*` as AWS's does. */
export const proxyVersions = { off: undefined, v1: 1, v2: 2, true: 1, false: undefined, '*': 2 } as const;
export type ProxyVersion = 1 | 2;

/** As it stands in the state file. A type alias because it is JSON. */
export type RecordedSettings = {
  readonly drainTimeout: number;
  readonly udpIdleTimeout: number;
  /** Absent: none is sent. */
  readonly proxyProtocol?: ProxyVersion;
};

export const connection: SettingsTable<Connection> = {
  ranges: {
    type: 'object',
    rows: {
      public: {
        type: 'cidr-list',
        text: 'Networks of IPv4 and IPv6 that public addresses are taken from.',
        since: '0.1',
        edit: 'only-at-creation',
      },
      internal: {
        type: 'cidr-list',
        text: 'Networks of IPv4 and IPv6 that internal addresses are taken from.',
        since: '0.1',
        edit: 'only-at-creation',
      },
    },
    required: true,
    text: 'The address ranges, per scheme. The machine must have the addresses; every Linux has all of 127.0.0.0/8, and of IPv6 ::1 only.',
    since: '0.1',
    edit: 'only-at-creation',
  },
  stateFile: {
    type: 'string',
    required: true,
    text: 'Path of the file that holds every load balancer and its address. One process writes it; keep it to keep addresses.',
    since: '0.1',
    edit: 'only-at-creation',
  },
  probeInterval: {
    type: 'duration',
    default: 2000,
    minimum: 100,
    maximum: 300_000,
    text: 'Time between two health checks of one node.',
    since: '0.1',
    edit: 'in-place',
  },
};

/** Only the fields that are known: the state file holds no others. */
export function recordedSettings({ drainTimeout, udpIdleTimeout, proxyProtocol: said }: Settings): RecordedSettings {
  const proxyProtocol = proxyVersions[said];
  return { drainTimeout, udpIdleTimeout, ...(proxyProtocol === undefined ? {} : { proxyProtocol }) };
}

/** What a Service gets that says nothing. */
export const defaultSettings: Settings = { drainTimeout: 30_000, udpIdleTimeout: 60_000, proxyProtocol: 'off' };

export const settings: SettingsTable<Settings> = {
  drainTimeout: {
    type: 'duration',
    default: defaultSettings.drainTimeout,
    minimum: 0,
    maximum: 3_600_000,
    text: 'For how long established TCP connections to a node live on after it is no member any more.',
    since: '0.1',
    annotations: ['portolan.dev/drain-timeout'],
    edit: 'in-place',
  },
  udpIdleTimeout: {
    type: 'duration',
    default: defaultSettings.udpIdleTimeout,
    minimum: 1000,
    maximum: 3_600_000,
    text: 'After how long without a datagram in either direction a UDP client may be sent to another node.',
    since: '0.1',
    annotations: ['portolan.dev/udp-idle-timeout'],
    edit: 'in-place',
  },
  proxyProtocol: {
    type: 'enum',
    values: ['off', 'v1', 'v2', 'true', 'false', '*'],
    default: defaultSettings.proxyProtocol,
    text: 'Whether each new TCP connection to a node begins with a PROXY protocol header that names the client, and in which version; `true` is v1, `*` is v2. UDP ports are served without it.',
    since: '0.1',
    annotations: [
      'portolan.dev/proxy-protocol',
      'loadbalancer.openstack.org/proxy-protocol',
      'service.beta.kubernetes.io/aws-load-balancer-proxy-protocol',
    ],
    edit: 'in-place',
    sets: 'proxy-protocol',
  },
};
