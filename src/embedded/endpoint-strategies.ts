import { familyOf, parseIp, type Family } from '../net/ip.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { invalidField, notSupported, required, type FieldError } from './field-error.ts';
import { isList } from './go-text.ts';
import { isObject, type KubeObject } from './kube-object.ts';
import { dnsSubdomain, specialAddress } from './name-rules.ts';
import type { Strategy } from './strategy.ts';

export const endpointSliceStrategy: Strategy = {
  nameRule: dnsSubdomain,
  defaults: (slice) => ({ ...slice, ports: mapped(slice['ports'], (port) => ({ name: '', protocol: 'TCP', ...port })) }),
  validate: (slice, old) => [...addressTypeErrors(slice, old), ...addressErrors(slice)],
};

export const endpointsStrategy: Strategy = {
  nameRule: dnsSubdomain,
  defaults: (endpoints) => {
    if (endpoints['subsets'] === undefined) return endpoints;
    const withProtocols = (subset: JsonObject): JsonObject =>
      subset['ports'] === undefined ? subset : { ...subset, ports: mapped(subset['ports'], (port) => ({ protocol: 'TCP', ...port })) };
    return { ...endpoints, subsets: mapped(endpoints['subsets'], withProtocols) };
  },
  validate: (endpoints) =>
    objects(endpoints['subsets']).flatMap((subset, index) =>
      ['addresses', 'notReadyAddresses'].flatMap((list) =>
        objects(subset[list]).flatMap((address, at) => {
          const ip = typeof address['ip'] === 'string' ? address['ip'] : '';
          return specialAddress(ip).map((text) => invalidField(`subsets[${index}].${list}[${at}].ip`, ip, text));
        }),
      ),
    ),
};

function addressTypeErrors(slice: KubeObject, old: KubeObject | undefined): readonly FieldError[] {
  const type = slice['addressType'];
  const known = ['FQDN', 'IPv4', 'IPv6'];
  if (type === '' || typeof type !== 'string') return [required('addressType')];
  if (!known.includes(type)) return [notSupported('addressType', type, known)];
  return old === undefined || old['addressType'] === type ? [] : [invalidField('addressType', type, 'field is immutable')];
}

/** Lists of endpoints that were found good for an address type. Only frozen ones: nobody can spoil them any more. */
const foundGood = new WeakMap<object, string>();

function addressErrors(slice: KubeObject): readonly FieldError[] {
  const { addressType: type, endpoints } = slice;
  if ((type !== 'IPv4' && type !== 'IPv6') || !isList(endpoints) || foundGood.get(endpoints) === type) return [];
  const errors = wrongAddresses(slice, type);
  if (errors.length === 0 && Object.isFrozen(endpoints)) foundGood.set(endpoints, type);
  return errors;
}

function wrongAddresses(slice: KubeObject, type: Family): readonly FieldError[] {
  return objects(slice['endpoints']).flatMap((endpoint, index) =>
    (isList(endpoint['addresses']) ? endpoint['addresses'] : []).flatMap((address) => {
      const ip = typeof address === 'string' ? parseIp(address) : undefined;
      if (ip !== undefined && familyOf(ip) === type) return [];
      return [invalidField(`endpoints[${index}].addresses`, address, `must be an ${type} address`)];
    }),
  );
}

const objects = (list: Json | undefined): readonly JsonObject[] => (isList(list) ? list.filter(isObject) : []);

function mapped(list: Json | undefined, change: (item: JsonObject) => JsonObject): Json {
  return isList(list) ? list.map((item) => (isObject(item) ? change(item) : item)) : (list ?? null);
}
