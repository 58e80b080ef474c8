import type { SettingsTable } from '../../src/settings/row.ts';

/** One entry under `providers:`. */
export interface Connection {
  readonly ranges: { readonly public?: readonly string[]; readonly internal?: readonly string[] };
  readonly stateFile: string;
  readonly probeInterval: number;
}

/** Per load balancer. A type alias because it is recorded as JSON. */
export type Settings = {
  readonly drainTimeout: number;
  readonly udpIdleTimeout: number;
};

export const connection: SettingsTable<Connection> = {
  ranges: {
    type: 'object',
    rows: {
      public: { type: 'cidr-list', text: 'IPv4 networks that public addresses are taken from.', since: '0.1', edit: 'only-at-creation' },
      internal: {
        type: 'cidr-list',
        text: 'IPv4 networks that internal addresses are taken from.',
        since: '0.1',
        edit: 'only-at-creation',
      },
    },
    required: true,
    text: 'The address ranges, per scheme. The machine must have the addresses; every Linux has all of 127.0.0.0/8.',
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
export const recordedSettings = ({ drainTimeout, udpIdleTimeout }: Settings): Settings => ({ drainTimeout, udpIdleTimeout });

/** What a Service gets that says nothing. */
export const defaultSettings: Settings = { drainTimeout: 30_000, udpIdleTimeout: 60_000 };

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
};
