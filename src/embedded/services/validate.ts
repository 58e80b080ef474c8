import { forbiddenField, invalidField, notSupported, required, type FieldError } from '../field-error.ts';
import { labelErrors } from '../object-meta.ts';
import { cidrText, dnsSubdomain, ipText, portNumber, qualifiedName, specialAddress } from '../name-rules.ts';
import { changedAddressErrors, changedFamilyErrors, clusterIpErrors, externalNameErrors } from './validate-addresses.ts';
import { portErrors, repeatedPortErrors } from './validate-ports.ts';
import { isExternal, isExternalName, isHeadless, isLoadBalancer, needsHealthCheckPort, type ServiceObject } from './service-object.ts';

const sourceRangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const onlyLoadBalancer = "may only be used when `type` is 'LoadBalancer'";
const longestAffinitySeconds = 86_400;

/** What is wrong with a Service, in the API server's words and order. */
export function serviceErrors(service: ServiceObject, old: ServiceObject | undefined): readonly FieldError[] {
  return [
    ...(old === undefined ? [] : changeErrors(service, old)),
    ...typeErrors(service),
    ...portErrors(service),
    ...(service.spec.selector === undefined ? [] : labelErrors(service.spec.selector, 'spec.selector')),
    ...affinityErrors(service),
    ...clusterIpErrors(service, old),
    ...externalIpErrors(service, old),
    ...knownTypeErrors(service),
    ...nodePortTypeErrors(service),
    ...repeatedPortErrors(service),
    ...sourceRangeErrors(service, old),
    ...allocationErrors(service),
    ...classErrors(service),
    ...policyErrors(service),
    ...distributionErrors(service),
  ];
}

function changeErrors(service: ServiceObject, old: ServiceObject): readonly FieldError[] {
  const errors = [...changedAddressErrors(service, old), ...changedFamilyErrors(service, old)];
  const [now, before] = [service.spec, old.spec];
  if (isLoadBalancer(service) && isLoadBalancer(old) && now.loadBalancerClass !== before.loadBalancerClass) {
    errors.push(invalidField('spec.loadBalancerClass', now.loadBalancerClass, 'may not change once set'));
  }
  errors.push(...classErrors(service));
  if (needsHealthCheckPort(service) && needsHealthCheckPort(old) && now.healthCheckNodePort !== before.healthCheckNodePort) {
    errors.push(forbiddenField('spec.healthCheckNodePort', 'field is immutable'));
  }
  return errors;
}

function typeErrors(service: ServiceObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { type, ports = [], clusterIPs = [], externalName = '' } = service.spec;
  if (ports.length === 0 && !isHeadless(service) && !isExternalName(service)) errors.push(required('spec.ports'));
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(service)) {
    errors.push(invalidField('spec.clusterIPs[0]', clusterIPs[0], `may not be set to 'None' for ${type} services`));
  }
  if (!isExternalName(service)) return errors;
  const host = externalName.replace(/\.$/, '');
  const hostErrors =
    host === '' ? [required('spec.externalName')] : dnsSubdomain(host).map((text) => invalidField('spec.externalName', host, text));
  return [...errors, ...externalNameErrors(service), ...hostErrors];
}

function knownTypeErrors(service: ServiceObject): readonly FieldError[] {
  const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
  const { type = '' } = service.spec;
  return types.includes(type) ? [] : [notSupported('spec.type', type, types)];
}

function nodePortTypeErrors(service: ServiceObject): readonly FieldError[] {
  if (service.spec.type !== 'ClusterIP') return [];
  const ports = (service.spec.ports ?? []).entries();
  return [...ports].flatMap(([index, port]) =>
    port.nodePort === undefined ? [] : [forbiddenField(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")],
  );
}

function affinityErrors(service: ServiceObject): readonly FieldError[] {
  const { sessionAffinity = '', sessionAffinityConfig: config } = service.spec;
  const field = 'spec.sessionAffinityConfig';
  if (sessionAffinity === 'None') {
    return config === undefined ? [] : [forbiddenField(field, 'must not be set when session affinity is None')];
  }
  if (sessionAffinity !== 'ClientIP') return [notSupported('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None'])];
  const seconds = config?.clientIP?.timeoutSeconds;
  if (seconds === undefined) return [required(`${field}.clientIP.timeoutSeconds`, 'when session affinity type is ClientIP')];
  if (seconds > 0 && seconds <= longestAffinitySeconds) return [];
  return [invalidField(`${field}.clientIP.timeoutSeconds`, seconds, `must be greater than 0 and less than ${longestAffinitySeconds}`)];
}

function externalIpErrors(service: ServiceObject, old: ServiceObject | undefined): readonly FieldError[] {
  return (service.spec.externalIPs ?? []).flatMap((address, index) => {
    const field = `spec.externalIPs[${index}]`;
    const wrong = old?.spec.externalIPs?.includes(address) ? [] : ipText(address);
    if (wrong.length > 0) return wrong.map((text) => invalidField(field, address, text));
    return specialAddress(address).map((text) => invalidField(field, address, text));
  });
}

function sourceRangeErrors(service: ServiceObject, old: ServiceObject | undefined): readonly FieldError[] {
  const { loadBalancerSourceRanges: ranges = [] } = service.spec;
  const annotation = service.metadata.annotations?.[sourceRangesAnnotation];
  const known = new Set((old?.spec.loadBalancerSourceRanges ?? []).map((range) => range.trim()));
  if (ranges.length > 0) {
    const field = 'spec.LoadBalancerSourceRanges';
    const wrong = ranges.flatMap((range, index) =>
      known.has(range.trim()) ? [] : cidrText(range.trim()).map((text) => invalidField(`${field}[${index}]`, range.trim(), text)),
    );
    return [...(isLoadBalancer(service) ? [] : [forbiddenField(field, onlyLoadBalancer)]), ...wrong];
  }
  if (annotation === undefined) return [];
  const field = `metadata.annotations[${sourceRangesAnnotation}]`;
  const unchanged = old?.metadata.annotations?.[sourceRangesAnnotation] === annotation;
  const list =
    unchanged || annotation.trim() === ''
      ? []
      : annotation
          .trim()
          .split(',')
          .map((range) => range.trim());
  return [
    ...(isLoadBalancer(service) ? [] : [forbiddenField(field, onlyLoadBalancer)]),
    ...list.flatMap((range) => cidrText(range).map((text) => invalidField(field, range, text))),
  ];
}

function allocationErrors(service: ServiceObject): readonly FieldError[] {
  if (service.spec.allocateLoadBalancerNodePorts === undefined || isLoadBalancer(service)) return [];
  return [forbiddenField('spec.allocateLoadBalancerNodePorts', onlyLoadBalancer)];
}

function classErrors(service: ServiceObject): readonly FieldError[] {
  const { loadBalancerClass } = service.spec;
  const field = 'spec.loadBalancerClass';
  if (loadBalancerClass === undefined) return [];
  if (!isLoadBalancer(service)) return [forbiddenField(field, onlyLoadBalancer)];
  return qualifiedName(loadBalancerClass).map((text) => invalidField(field, loadBalancerClass, text));
}

function policyErrors(service: ServiceObject): readonly FieldError[] {
  const { externalTrafficPolicy: external, internalTrafficPolicy: internal, healthCheckNodePort: port } = service.spec;
  const [externalField, portField] = ['spec.externalTrafficPolicy', 'spec.healthCheckNodePort'];
  const errors: FieldError[] = [];
  if (!isExternal(service)) {
    if (external !== undefined) errors.push(invalidField(externalField, external, 'may only be set for externally-accessible services'));
  } else if (external !== 'Cluster' && external !== 'Local') {
    errors.push(notSupported(externalField, external ?? '', ['Cluster', 'Local']));
  }
  if (!needsHealthCheckPort(service)) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    if (port !== undefined) errors.push(invalidField(portField, port, detail));
  } else if (port === undefined) errors.push(required(portField));
  else errors.push(...portNumber(port).map((text) => invalidField(portField, port, text)));
  if (internal !== undefined && internal !== 'Cluster' && internal !== 'Local') {
    errors.push(notSupported('spec.internalTrafficPolicy', internal, ['Cluster', 'Local']));
  }
  return errors;
}

function distributionErrors(service: ServiceObject): readonly FieldError[] {
  const known = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
  const { trafficDistribution } = service.spec;
  if (trafficDistribution === undefined || known.includes(trafficDistribution)) return [];
  return [notSupported('spec.trafficDistribution', trafficDistribution, known)];
}
