import { classOf, type Look } from '../look/look.ts';
import { listenerId } from '../../model/ids.ts';
import type { ServiceView } from '../../model/service-view.ts';
import type { LoadBalancerSpec } from '../../model/spec.ts';
import { formatDuration } from '../../settings/duration.ts';
import { settingsSaid, type SettingSaid } from './settings-said.ts';

/** What a Service asks for, in the words of the load balancer. */
export interface Asked {
  readonly listeners: readonly string[];
  readonly trafficPolicy: string;
  readonly affinity: string;
  /** These are known only where nothing of the Service is refused. */
  readonly scheme?: string;
  readonly addresses?: readonly string[];
  readonly sourceRanges?: readonly string[];
  /** Labels that members must have; absent where all nodes may be. */
  readonly nodes?: readonly string[];
  readonly settings: readonly SettingSaid[];
}

export function askedOf(look: Look): Asked {
  const { service, intent, table } = look;
  const classSettings = classOf(look)?.settings ?? {};
  const spec = intent?.kind === 'spec' ? intent.spec : undefined;
  const explicit = spec?.explicit ?? [];
  const selector = intent?.chosen?.selector ?? [];
  const settings = intent?.kind === 'refused' ? intent.settings : spec?.settings;
  return {
    listeners: listenersOf(service),
    trafficPolicy: policyOf(service),
    affinity:
      service.sessionAffinity === 'ClientIP' ? `client address, for ${formatDuration(service.affinityTimeoutSeconds * 1000)}` : 'none',
    ...(spec === undefined ? {} : specAsks(spec)),
    ...(selector.length === 0 ? {} : { nodes: selector }),
    settings: table === undefined ? [] : settingsSaid(table, settings, explicit, classSettings),
  };
}

const listenersOf = ({ ports }: ServiceView): readonly string[] =>
  ports.map(({ protocol, port, nodePort, name }) => {
    const to = nodePort === 0 ? 'no node port' : `node port ${nodePort}`;
    return `${listenerId(protocol, port)}${name === '' ? '' : ` (${name})`} to ${to}`;
  });

const policyOf = ({ externalTrafficPolicy, healthCheckNodePort }: ServiceView): string =>
  externalTrafficPolicy === 'Cluster'
    ? 'Cluster: every node forwards'
    : `Local: only nodes with an endpoint, as they say on port ${healthCheckNodePort}`;

function specAsks(spec: LoadBalancerSpec<unknown>): Pick<Asked, 'scheme' | 'addresses' | 'sourceRanges'> {
  const explicit: readonly string[] = spec.explicit;
  return {
    scheme: `${spec.scheme}, said by ${explicit.includes('scheme') ? 'the Service' : 'class or default'}`,
    addresses: spec.addresses.map(({ family, requested, required }) => {
      const which = requested === undefined ? 'any' : `${requested.address}, by ${requested.from}`;
      return `${family}: ${which}${required ? '' : ' (may be missing)'}`;
    }),
    sourceRanges: spec.sourceRanges,
  };
}
