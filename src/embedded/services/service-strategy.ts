import { forbiddenField, invalidField, notSupported, required, type FieldError } from '../field-error.ts';
import { parseIp } from '../../net/ip.ts';
import { dnsLabel, dnsSubdomain, ipText } from '../name-rules.ts';
import type { Strategy } from '../strategy.ts';
import type { Allocators } from './allocate.ts';
import { withDefaults } from './defaults.ts';
import { asService, isLoadBalancer, type ServiceObject } from './service-object.ts';
import { dropWhatNoLongerApplies } from './transition.ts';
import { serviceErrors } from './validate.ts';

/** How Services are written: allocation, what a change of type clears, validation, a status of its own. */
export function serviceStrategy(allocators: Allocators): Strategy {
  return {
    nameRule: dnsLabel,
    createOnUpdate: true,
    returnsDeleted: true,
    defaults: (object) => withDefaults(asService(object)),
    reserve: (object, old, dryRun) => allocators.reserve(asService(object), old === undefined ? undefined : asService(old), dryRun),
    prepareCreate: (object) => ({ ...object, status: { loadBalancer: {} } }),
    prepareUpdate: (object, old) => dropWhatNoLongerApplies({ ...asService(object), status: asService(old).status }, asService(old)),
    prepareStatus: (object, old) => ({ ...object, spec: asService(old).spec }),
    validate: (object, old) => serviceErrors(asService(object), old === undefined ? undefined : asService(old)),
    validateStatus: (object, old) => statusErrors(asService(object), asService(old)),
    release: (object) => allocators.release(asService(object)),
  };
}

/** Contract D4, F5, F6. */
function statusErrors(service: ServiceObject, old: ServiceObject): readonly FieldError[] {
  const ingress = service.status.loadBalancer.ingress ?? [];
  const field = 'status.loadBalancer.ingress';
  if (!isLoadBalancer(service) && ingress.length > 0) {
    return [forbiddenField(field, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  const known = new Set((old.status.loadBalancer.ingress ?? []).map((entry) => entry.ip));
  return ingress.flatMap((entry, index) => {
    const { ip, ipMode, hostname } = entry;
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (ip !== undefined && !known.has(ip)) errors.push(...ipText(ip).map((text) => invalidField(`${at}.ip`, ip, text)));
    if (ipMode === undefined) {
      if (ip !== undefined) errors.push(required(`${at}.ipMode`, 'must be specified when `ip` is set'));
    } else if (ip === undefined) errors.push(forbiddenField(`${at}.ipMode`, 'may not be specified when `ip` is not set'));
    else if (ipMode !== 'VIP' && ipMode !== 'Proxy') errors.push(notSupported(`${at}.ipMode`, ipMode, ['Proxy', 'VIP']));
    if (hostname === undefined) return errors;
    errors.push(...dnsSubdomain(hostname).map((text) => invalidField(`${at}.hostname`, hostname, text)));
    if (parseIp(hostname) !== undefined) errors.push(invalidField(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address'));
    return errors;
  });
}
