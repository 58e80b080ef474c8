import type { Capabilities } from '../model/capabilities.ts';
import { digestOf } from '../model/digest.ts';
import { fieldPath, listenerId, type ClusterId, type FieldPath } from '../model/ids.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { Refusal } from '../model/plan.ts';
import type { Notice } from '../model/report.ts';
import type { ServicePortView, ServiceView } from '../model/service-view.ts';
import type { Affinity, Listener, LoadBalancerSpec } from '../model/spec.ts';
import { readNodeSelector, type NodeSelector } from '../settings/node-selector.ts';
import { readSettings, type ReadSettings } from '../settings/read.ts';
import type { AnySettingsTable, SettingsTable } from '../settings/row.ts';
import { compileAddresses, familiesOf, requestedAddresses } from './addresses.ts';
import { checkCapabilities } from './check-capabilities.ts';
import { deepFreeze } from './deep-freeze.ts';
import { ownerOf } from './frozen.ts';
import { inputDigestOf } from './input.ts';
import type { Members, NodeSet } from './nodes.ts';
import { compileRanges } from './source-ranges.ts';

export interface CompileInput<S> {
  readonly service: ServiceView;
  readonly clusterId: ClusterId;
  readonly class: LoadBalancerClass;
  /** The provider's settings rows. */
  readonly table: SettingsTable<S>;
  readonly capabilities: (settings: S) => Capabilities;
  /** The nodes the Service's selector chooses of. */
  readonly nodes: Pick<NodeSet, 'select'>;
}

/** Which nodes a Service's load balancer forwards to. */
export interface ChosenNodes extends Members {
  readonly selector: NodeSelector;
  /** Who asked for a choice. */
  readonly from?: FieldPath;
}

/** What a Service comes to: a spec, or every reason why not. */
export type Intent<S> =
  | { readonly kind: 'spec'; readonly spec: LoadBalancerSpec<S>; readonly notices: readonly Notice[]; readonly chosen: ChosenNodes }
  | {
      readonly kind: 'refused';
      readonly refusals: readonly Refusal[];
      readonly notices: readonly Notice[];
      /** Absent where the Service's settings cannot be read. */
      readonly settings?: S;
      /** Absent where nobody can tell which nodes are meant. */
      readonly chosen?: ChosenNodes;
    };

/**
 * Turns a Service that is ours into the spec of its load balancer. Pure; the result is frozen, its member set shared.
 * Everything that is wrong is found at once, each with its field and what the user can do.
 */
export function compile<S>(input: CompileInput<S>): Intent<S> {
  const { service, table } = input;
  const read = readSettings(table, service.annotations, input.class.settings);
  const capabilities = input.capabilities(read.settings);
  const [refusals, notices] = [[...read.refusals], [...read.notices]];

  const requested = requestedAddresses(service, read.requested, refusals);
  const addresses = compileAddresses(service, requested, capabilities, refusals, notices);
  const sourceRanges = compileRanges(service, read.sourceRanges, familiesOf(service), refusals, notices);
  checkCapabilities({ service, class: input.class, read, requested, sourceRanges, capabilities }, refusals);
  const chosen = choose(input.nodes, read.nodeSelector);
  if (refusals.length > 0 || chosen === undefined) {
    const settings = read.complete ? { settings: read.settings } : {};
    return deepFreeze({ kind: 'refused', refusals, notices, ...settings, ...(chosen === undefined ? {} : { chosen }) });
  }

  const said = {
    owner: ownerOf(service, input.clusterId),
    scheme: read.scheme.value,
    addresses,
    listeners: service.ports.map((port) => listenerOf(service, port)),
    sourceRanges,
    affinity: affinityOf(service),
    explicit: read.explicit,
    frozen: [],
    settings: read.settings,
  };
  const spec: LoadBalancerSpec<S> = {
    ...said,
    members: chosen.members,
    published: service.ingress,
    origin: originOf(input, read),
    inputDigest: inputDigestOf(service),
    // Which nodes are asked for is part of what is asked for; which nodes those are now is not.
    specDigest: digestOf({ ...said, ...(chosen.selector.length === 0 ? {} : { nodeSelector: chosen.selector }) }),
    membersDigest: chosen.digest,
  };
  return deepFreeze({ kind: 'spec', spec, notices, chosen });
}

/** The nodes a Service's words choose; undefined where nobody can tell. */
export function chosenFor(
  { annotations }: Pick<ServiceView, 'annotations'>,
  table: AnySettingsTable,
  classSettings: Readonly<Record<string, unknown>>,
  nodes: CompileInput<unknown>['nodes'],
): ChosenNodes | undefined {
  return choose(nodes, readNodeSelector(table, annotations, classSettings, []));
}

function choose(nodes: CompileInput<unknown>['nodes'], said: ReadSettings<unknown>['nodeSelector']): ChosenNodes | undefined {
  if (said === 'unreadable') return undefined;
  const selector = said?.value ?? [];
  return { ...nodes.select(selector), selector, ...(said === undefined ? {} : { from: said.from }) };
}

/** Who said what may move or cut off what exists. */
function originOf(
  { service, class: { id } }: Pick<CompileInput<unknown>, 'service' | 'class'>,
  { scheme, sourceRanges }: ReadSettings<unknown>,
): LoadBalancerSpec<unknown>['origin'] {
  const ofClass = scheme.classSetting === undefined ? undefined : fieldPath(`classes[${id}].settings.${scheme.classSetting}`);
  const schemeFrom = scheme.from ?? ofClass;
  const rangesFrom = service.sourceRanges.length > 0 ? fieldPath('spec.loadBalancerSourceRanges') : sourceRanges?.from;
  return { ...(schemeFrom === undefined ? {} : { scheme: schemeFrom }), ...(rangesFrom === undefined ? {} : { sourceRanges: rangesFrom }) };
}

function listenerOf(service: ServiceView, port: ServicePortView): Listener {
  const local = service.externalTrafficPolicy === 'Local';
  return {
    id: listenerId(port.protocol, port.port),
    service: service.uid,
    protocol: port.protocol,
    port: port.port,
    name: port.name,
    nodePort: port.nodePort,
    ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
    trafficPolicy: service.externalTrafficPolicy,
    healthCheck: local ? { kind: 'local', port: service.healthCheckNodePort } : { kind: 'cluster' },
  };
}

const affinityOf = (service: ServiceView): Affinity =>
  service.sessionAffinity === 'ClientIP' ? { kind: 'client-ip', timeoutSeconds: service.affinityTimeoutSeconds } : { kind: 'none' };
