import type { Capabilities } from '../model/capabilities.ts';
import { fieldPath, type FieldPath } from '../model/ids.ts';
import type { Refusal } from '../model/plan.ts';
import type { Notice } from '../model/report.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { AddressWant } from '../model/spec.ts';
import { familyOf, parseIp, type Family, type IpAddress } from '../net/ip.ts';
import { conflict, type Said } from '../settings/spellings.ts';

/** An address somebody asked for, and where. */
export interface Requested {
  readonly address: IpAddress;
  readonly from: FieldPath;
}

const deprecatedField = fieldPath('spec.loadBalancerIP');
const families = fieldPath('spec.ipFamilies');

/** The families of a Service, primary first. The API server resolves the policy into them (contract J3). */
export const familiesOf = (service: ServiceView): readonly Family[] => (service.ipFamilies.length === 0 ? ['IPv4'] : service.ipFamilies);

/**
 * The addresses asked for: the annotation's list, else the deprecated field (contract H1). One per family of the Service.
 * Where both are set the field must be one of the list.
 */
export function requestedAddresses(
  service: ServiceView,
  list: Said<readonly string[]> | undefined,
  refusals: Refusal[],
): readonly Requested[] {
  const field = deprecatedAddress(service, refusals);
  if (list === undefined) return field === undefined ? [] : ofFamilies(service, [field], refusals);
  const requested = list.value.map((text) => ({ address: text as IpAddress, from: list.from })); // parsed by a row of type ip or ip-list
  if (field !== undefined && !requested.some(({ address }) => address === field.address)) refusals.push(conflict(list.from, field.from));
  return ofFamilies(service, requested, refusals);
}

function deprecatedAddress(service: ServiceView, refusals: Refusal[]): Requested | undefined {
  const text = service.loadBalancerIP ?? '';
  if (text === '') return undefined;
  const address = parseIp(text);
  if (address !== undefined) return { address, from: deprecatedField };
  refusals.push({ reason: 'InvalidSetting', text: `${JSON.stringify(text)} is not an IP address`, field: deprecatedField });
  return undefined;
}

function ofFamilies(service: ServiceView, requested: readonly Requested[], refusals: Refusal[]): readonly Requested[] {
  const good: Requested[] = [];
  for (const wish of requested) {
    const family = familyOf(wish.address);
    const twin = good.find(({ address }) => familyOf(address) === family);
    if (!familiesOf(service).includes(family)) {
      const text = `${wish.address} is an ${family} address, and the Service has no ${family} (spec.ipFamilies)`;
      refusals.push({
        reason: 'InvalidSetting',
        text,
        field: wish.from,
        remedy: `Add ${family} to spec.ipFamilies, or remove the address`,
      });
    } else if (twin !== undefined) {
      const text = `${twin.address} and ${wish.address} are both ${family}; a load balancer has one address per family`;
      refusals.push({ reason: 'InvalidSetting', text, field: wish.from, remedy: 'Name one address per family' });
    } else good.push(wish);
  }
  return good;
}

/**
 * One address per family the provider has. What `RequireDualStack` or a single family asks for and the provider lacks is
 * refused; what `PreferDualStack` would only like is left out, visibly (contract J4).
 */
export function compileAddresses(
  service: ServiceView,
  requested: readonly Requested[],
  capabilities: Capabilities,
  refusals: Refusal[],
  notices: Notice[],
): readonly AddressWant[] {
  const wanted = familiesOf(service);
  const needsAll = service.ipFamilyPolicy === 'RequireDualStack';
  const lacking = lacksOf(wanted, capabilities);
  const had = wanted.filter((family) => !lacking.has(family));
  if (lacking.size > 0 && (needsAll || had.length === 0)) {
    for (const [family, lacks] of lacking) refusals.push(familyRefusal(service, family, lacks));
    return [];
  }
  for (const [family, lacks] of lacking) {
    const asked = requested.find(({ address }) => familyOf(address) === family);
    if (asked !== undefined) refusals.push({ ...familyRefusal(service, family, lacks), field: asked.from });
    notices.push({ reason: 'UnsupportedFeature', text: `no ${family} address: ${lacks}`, field: families, kind: 'service', remedy: '' });
  }
  return had.map((family, index) => {
    const asked = requested.find(({ address }) => familyOf(address) === family);
    return { family, required: needsAll || index === 0 || asked !== undefined, ...(asked === undefined ? {} : { requested: asked }) };
  });
}

/** The families that cannot be had, and why. A provider without dual stack gives the first one it has. */
function lacksOf(wanted: readonly Family[], capabilities: Capabilities): ReadonlyMap<Family, string> {
  const lacking = new Map<Family, string>();
  let one = false;
  for (const family of wanted) {
    const has = capabilities[family === 'IPv4' ? 'ipv4' : 'ipv6'];
    if (has !== true) lacking.set(family, has.lacks);
    else if (one && capabilities.dualStack !== true) lacking.set(family, capabilities.dualStack.lacks);
    else one = true;
  }
  return lacking;
}

function familyRefusal(service: ServiceView, family: Family, lacks: string): Refusal {
  const required = service.ipFamilyPolicy === 'RequireDualStack';
  return {
    reason: 'UnsupportedFeature',
    text: `no ${family} address: ${lacks}`,
    field: required ? fieldPath('spec.ipFamilyPolicy') : families,
    remedy: required
      ? 'Set spec.ipFamilyPolicy to PreferDualStack or SingleStack, or choose another class'
      : 'Choose a class whose provider has the family',
  };
}
