import { endpointSliceStrategy, endpointsStrategy } from './endpoint-strategies.ts';
import { plainText } from './go-text.ts';
import { forbiddenField, invalidField, required, type FieldError } from './field-error.ts';
import { isObject, type KubeObject } from './kube-object.ts';
import type { JsonObject } from '../model/json.ts';
import { dnsSubdomain, pathSegment } from './name-rules.ts';
import { namespaceStrategy } from './namespaces.ts';
import type { ResourceType } from './resource-type.ts';
import type { Strategy } from './strategy.ts';

/** The strategy of every kind but Services. */
export function plainStrategy(type: ResourceType): Strategy {
  if (!type.builtIn) return type.status ? customWithStatus : customStrategy;
  if (type.kind === 'Namespace') return namespaceStrategy;
  if (type.kind === 'Node') return nodeStrategy;
  if (type.kind === 'Lease') return leaseStrategy;
  if (type.kind === 'Secret') return secretStrategy;
  if (type.kind === 'Event') return type.group === '' ? eventStrategy : strictEventStrategy;
  if (type.kind === 'EndpointSlice') return endpointSliceStrategy;
  if (type.kind === 'Endpoints') return endpointsStrategy;
  return type.status ? builtInWithStatus : { nameRule: dnsSubdomain };
}

const builtInWithStatus: Strategy = {
  nameRule: dnsSubdomain,
  prepareCreate: (object) => without(object, 'status'),
  prepareUpdate: (object, old) => withStatus(object, old),
  prepareStatus: (object, old) => ({ ...object, spec: old['spec'] }),
};

const customStrategy: Strategy = { nameRule: dnsSubdomain, needsVersion: true };

/** Of a custom object, /status takes nothing but the status. */
const customWithStatus: Strategy = {
  ...customStrategy,
  prepareCreate: (object) => without(object, 'status'),
  prepareUpdate: (object, old) => withStatus(object, old),
  prepareStatus: (object, old) => withStatus({ ...old, metadata: { ...old.metadata, ...versionOf(object) } }, object),
};

const nodeStrategy: Strategy = {
  nameRule: dnsSubdomain,
  prepareUpdate: (object, old) => withStatus(object, old),
  prepareStatus: (object, old) => ({ ...object, spec: old['spec'] }),
  validate: (object, old) => (old === undefined ? [] : providerIdErrors(object, old)),
};

function providerIdErrors(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const before = part(old, 'spec')['providerID'];
  if (before === undefined || before === part(object, 'spec')['providerID']) return [];
  return [forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid')];
}

const leaseStrategy: Strategy = {
  nameRule: dnsSubdomain,
  needsVersion: true,
  createOnUpdate: true,
  validate: (object) => {
    const { leaseDurationSeconds: seconds, leaseTransitions: transitions } = part(object, 'spec');
    return [
      ...(typeof seconds === 'number' && seconds <= 0
        ? [invalidField('spec.leaseDurationSeconds', seconds, 'must be greater than 0')]
        : []),
      ...(typeof transitions === 'number' && transitions < 0
        ? [invalidField('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')]
        : []),
    ];
  },
};

/** What is sent as text is kept with the rest. */
const secretStrategy: Strategy = {
  nameRule: dnsSubdomain,
  defaults: (object) => {
    const { stringData = {}, type = 'Opaque', ...secret } = object;
    if (!isObject(stringData) || Object.keys(stringData).length === 0) return { ...secret, type };
    const added = Object.entries(stringData).map(([name, text]) => [name, Buffer.from(plainText(text)).toString('base64')]);
    return { ...secret, type, data: { ...part(object, 'data'), ...Object.fromEntries(added) } };
  },
};

/** An event lives in the namespace of what it is about; one about what has none, in `default`. */
const eventStrategy: Strategy = {
  nameRule: pathSegment,
  createOnUpdate: true,
  validate: (object) => {
    const about = part(object, 'involvedObject')['namespace'] ?? '';
    const wanted = about === '' ? 'default' : about;
    if (object.metadata.namespace === wanted) return [];
    return [invalidField('involvedObject.namespace', about, 'does not match event.namespace')];
  },
};

/** The newer group is stricter about new events. */
const strictEventStrategy: Strategy = {
  ...eventStrategy,
  validate: (event, old) => [...(eventStrategy.validate?.(event, old) ?? []), ...(old === undefined ? newEventErrors(event) : [])],
};

function newEventErrors(event: KubeObject): readonly FieldError[] {
  const { eventTime, type, firstTimestamp, lastTimestamp, count } = event;
  const unset = (field: string, given: boolean) => (given ? [invalidField(field, '', 'needs to be unset')] : []);
  return [
    ...(eventTime === null || eventTime === undefined ? [required('eventTime')] : []),
    ...(type === 'Normal' || type === 'Warning' ? [] : [invalidField('type', '', `has invalid value: ${plainText(type)}`)]),
    ...unset('firstTimestamp', firstTimestamp !== null),
    ...unset('lastTimestamp', lastTimestamp !== null),
    ...unset('count', count !== undefined),
    ...unset('source', Object.keys(part(event, 'source')).length > 0),
  ];
}

const part = (object: KubeObject, name: string): JsonObject => {
  const value = object[name];
  return isObject(value) ? value : {};
};

const versionOf = (object: KubeObject) =>
  object.metadata.resourceVersion === undefined ? {} : { resourceVersion: object.metadata.resourceVersion };

function withStatus(object: KubeObject, from: KubeObject): KubeObject {
  return from['status'] === undefined ? without(object, 'status') : { ...object, status: from['status'] };
}

function without(object: KubeObject, field: string): KubeObject {
  const { [field]: _dropped, ...rest } = object;
  return rest as KubeObject; // only `status` is ever dropped
}
