import type { Capabilities, Feature } from '../model/capabilities.ts';
import { fieldPath, listenerId, type FieldPath, type Protocol } from '../model/ids.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { Refusal } from '../model/plan.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { Cidr } from '../net/ip.ts';
import type { ReadSettings } from '../settings/read.ts';
import type { Requested } from './addresses.ts';

/** What is asked for, and what there is. */
export interface Asked {
  readonly service: ServiceView;
  readonly class: LoadBalancerClass;
  readonly read: ReadSettings<unknown>;
  readonly requested: readonly Requested[];
  readonly sourceRanges: readonly Cidr[];
  readonly capabilities: Capabilities;
}

const protocolFeature: Readonly<Record<Protocol, Feature>> = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' };

/** Refuses, with its field, everything the Service asks for and the provider declares that it lacks. Families are compiled apart. */
export function checkCapabilities(asked: Asked, refusals: Refusal[]): void {
  const { service, read, capabilities } = asked;
  const need = (feature: Feature, field: FieldPath, remedy?: string): void => {
    const has = capabilities[feature];
    if (has === true) return;
    refusals.push({ reason: 'UnsupportedFeature', text: has.lacks, field, ...(remedy === undefined ? {} : { remedy }) });
  };

  checkPorts(service, capabilities, refusals);
  const schemeField = read.scheme.from ?? fieldPath(`classes[${asked.class.id}].settings.scheme`);
  need(read.scheme.value === 'internal' ? 'internalScheme' : 'publicScheme', schemeField, 'Set the annotation portolan.dev/scheme');
  for (const { from } of asked.requested.slice(0, 1)) need('requestedAddress', from);
  if (asked.sourceRanges.length > 0) need('sourceRanges', rangesField(asked));
  if (service.sessionAffinity === 'ClientIP')
    need('clientIpAffinity', fieldPath('spec.sessionAffinity'), 'Set spec.sessionAffinity to None');
  const local = service.externalTrafficPolicy === 'Local';
  need(local ? 'localTrafficPolicy' : 'clusterTrafficPolicy', fieldPath('spec.externalTrafficPolicy'));
  if (local && service.healthCheckNodePort === 0) {
    refusals.push({
      reason: 'HealthCheckNodePortMissing',
      text: 'the traffic policy is Local and there is no port for its health check',
      field: fieldPath('spec.healthCheckNodePort'),
    });
  }
  if (read.proxyProtocol !== undefined) need('proxyProtocol', read.proxyProtocol);
}

const rangesField = ({ service, read }: Asked): FieldPath =>
  service.sourceRanges.length > 0 || read.sourceRanges === undefined ? fieldPath('spec.loadBalancerSourceRanges') : read.sourceRanges.from;

function checkPorts(service: ServiceView, capabilities: Capabilities, refusals: Refusal[]): void {
  const [first] = service.ports;
  for (const [index, port] of service.ports.entries()) {
    const listener = listenerId(port.protocol, port.port);
    const protocol = capabilities[protocolFeature[port.protocol]];
    if (protocol !== true) {
      const field = fieldPath(`spec.ports[${index}].protocol`);
      refusals.push({ reason: 'UnsupportedProtocol', text: `${listener}: ${protocol.lacks}`, field, listener });
    } else if (capabilities.mixedProtocols !== true && first !== undefined && first.protocol !== port.protocol) {
      refusals.push({
        reason: 'LoadBalancerMixedProtocolNotSupported',
        text: `${listener} beside ${listenerId(first.protocol, first.port)}: ${capabilities.mixedProtocols.lacks}`,
        field: fieldPath(`spec.ports[${index}].protocol`),
        listener,
      });
    }
    if (port.nodePort === 0 && capabilities.noNodePorts !== true) {
      const text = `${listener} has no node port: ${capabilities.noNodePorts.lacks}`;
      refusals.push({ reason: 'NodePortMissing', text, field: fieldPath(`spec.ports[${index}].nodePort`), listener });
    }
  }
}
