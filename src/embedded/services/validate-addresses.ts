import { duplicate, forbiddenField, invalidField, notSupported, required, type FieldError } from '../field-error.ts';
import { ipText } from '../name-rules.ts';
import { isExternalName, isHeadless, type ServiceObject } from './service-object.ts';

const ipsField = 'spec.clusterIPs';

/** clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy for themselves and against each other. */
export function clusterIpErrors(service: ServiceObject, old: ServiceObject | undefined): readonly FieldError[] {
  if (isExternalName(service)) return [];
  const { clusterIPs = [], ipFamilies = [] } = service.spec;
  const errors = [...pairErrors(service), ...familyErrors(service)];
  const badIps = clusterIPs.flatMap((address, index) => addressErrors(service, address, index, old));
  errors.push(...badIps);
  if (clusterIPs.length > 2) errors.push(invalidField(ipsField, clusterIPs, 'may only hold up to 2 values'));
  if (badIps.length > 0) return errors;
  const isV6 = (address: string) => address.includes(':');
  if (clusterIPs.length > 1 && new Set(clusterIPs.map(isV6)).size !== clusterIPs.length) {
    errors.push(invalidField(ipsField, clusterIPs, 'may specify no more than one IP for each IP family'));
  }
  if (isHeadless(service)) return errors;
  for (const [index, address] of clusterIPs.entries()) {
    const family = ipFamilies[index];
    const fits = family === undefined || (family === 'IPv6') === isV6(address);
    if (!fits)
      errors.push(invalidField(`${ipsField}[${index}]`, address, `expected an ${family} value as indicated by \`ipFamilies[${index}]\``));
  }
  return errors;
}

function pairErrors(service: ServiceObject): readonly FieldError[] {
  const { clusterIP, clusterIPs } = service.spec;
  if (clusterIP === undefined) {
    return clusterIPs === undefined ? [] : [invalidField(ipsField, clusterIPs, 'must be empty when `clusterIP` is not specified')];
  }
  if (clusterIPs === undefined) return [required(ipsField)];
  return clusterIPs[0] === clusterIP ? [] : [invalidField(ipsField, clusterIPs, 'first value must match `clusterIP`')];
}

function familyErrors(service: ServiceObject): readonly FieldError[] {
  const { ipFamilies = [], ipFamilyPolicy } = service.spec;
  const errors: FieldError[] = [];
  for (const [index, family] of ipFamilies.entries()) {
    const field = `spec.ipFamilies[${index}]`;
    if (family !== 'IPv4' && family !== 'IPv6') errors.push(notSupported(field, family, ['IPv4', 'IPv6']));
    if (ipFamilies.indexOf(family) < index) errors.push(duplicate(field, family));
  }
  const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
  if (ipFamilyPolicy !== undefined && !policies.includes(ipFamilyPolicy))
    errors.push(notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, policies));
  return errors;
}

function addressErrors(service: ServiceObject, address: string, index: number, old: ServiceObject | undefined): readonly FieldError[] {
  const all = service.spec.clusterIPs ?? [];
  if (index === 0 && address === 'None') {
    return all.length > 1 ? [invalidField(ipsField, all, "'None' must be the first and only value")] : [];
  }
  if (old?.spec.clusterIPs?.includes(address)) return [];
  return ipText(address).map((text) => invalidField(`${ipsField}[${index}]`, address, text));
}

/** The first address stays; a second one may come, and goes only with the policy SingleStack (contract J1). */
export function changedAddressErrors(service: ServiceObject, old: ServiceObject): readonly FieldError[] {
  if (isExternalName(service) || isExternalName(old) || (isHeadless(service) && isHeadless(old))) return [];
  const [now, before] = [service.spec.clusterIPs ?? [], old.spec.clusterIPs ?? []];
  const once = (index: number) => invalidField(`${ipsField}[${index}]`, now, 'may not change once set');
  if (now.length === before.length) return before.flatMap((address, index) => (address === now[index] ? [] : [once(index)]));
  const errors: FieldError[] = [];
  if (now.length === 0) errors.push(invalidField(`${ipsField}[0]`, now, 'primary clusterIP can not be unset'));
  else if (before.length > 0 && now[0] !== before[0]) errors.push(once(0));
  if (before.length > now.length && now.length === 1) errors.push(...mustBeSingleStack(service, 'releasing the secondary clusterIP'));
  return errors;
}

/** As for the addresses. Headless Services may change their families. */
export function changedFamilyErrors(service: ServiceObject, old: ServiceObject): readonly FieldError[] {
  if (isExternalName(service) || isExternalName(old) || isHeadless(service) || isHeadless(old)) return [];
  const [now, before] = [service.spec.ipFamilies ?? [], old.spec.ipFamilies ?? []];
  const once = () => invalidField('spec.ipFamilies[0]', now, 'may not change once set');
  if (now.length === before.length) return before.flatMap((family, index) => (family === now[index] ? [] : [once()]));
  const errors: FieldError[] = [];
  if (before.length > 0 && now.length > 0 && now[0] !== before[0]) {
    errors.push(invalidField('spec.ipFamilies[0]', service.spec.clusterIPs, 'may not change once set'));
  }
  if (before.length > now.length && now.length === 1) errors.push(...mustBeSingleStack(service, 'releasing the secondary ipFamily'));
  return errors;
}

function mustBeSingleStack(service: ServiceObject, when: string): readonly FieldError[] {
  const { ipFamilyPolicy } = service.spec;
  if (ipFamilyPolicy === 'SingleStack') return [];
  return [invalidField('spec.ipFamilyPolicy', ipFamilyPolicy, `must be set to 'SingleStack' when ${when}`)];
}

/** The fields a Service that is only a name may not have. */
export function externalNameErrors(service: ServiceObject): readonly FieldError[] {
  const text = 'may not be set for ExternalName services';
  return [
    ...(service.spec.clusterIPs === undefined ? [] : [forbiddenField(ipsField, text)]),
    ...(service.spec.ipFamilies === undefined ? [] : [forbiddenField('spec.ipFamilies', text)]),
    ...(service.spec.ipFamilyPolicy === undefined ? [] : [forbiddenField('spec.ipFamilyPolicy', text)]),
  ];
}
