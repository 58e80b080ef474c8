import { timestamp, type Cluster, type Target } from './cluster.ts';
import { edited, isObject, type KubeObject } from './kube-object.ts';
import { dnsLabel } from './name-rules.ts';
import { invalidField } from './field-error.ts';
import { forbidden, notFound } from './status-object.ts';
import type { Strategy } from './strategy.ts';

/** Namespaces every cluster has from its first moment. */
export const initialNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
const immortal = new Set(['default', 'kube-system', 'kube-public']);
const subject = { group: '', kind: 'namespaces' };
const nameLabel = 'kubernetes.io/metadata.name';

export const namespaceStrategy: Strategy = {
  nameRule: dnsLabel,
  defaults: (object) => {
    const { name } = object.metadata;
    return name === undefined
      ? object
      : { ...object, metadata: edited(object.metadata, { labels: { ...object.metadata.labels, [nameLabel]: name } }) };
  },
  prepareCreate: (object) => ({
    ...object,
    metadata: edited(object.metadata, { labels: { ...object.metadata.labels, [nameLabel]: object.metadata.name ?? '' } }),
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }),
  prepareUpdate: (object, old) => ({ ...object, spec: old['spec'], status: old['status'] }),
  prepareStatus: (object, old) => ({ ...object, spec: old['spec'] }),
  prepareFinalize: (object, old) => ({ ...object, status: old['status'] }),
  mayGo: (object) => !isObject(object['spec']) || object['spec']['finalizers'] === undefined,
  validateStatus: (object, old) => {
    const wanted = old.metadata.deletionTimestamp === undefined ? 'Active' : 'Terminating';
    const phase = phaseOf(object);
    const when = wanted === 'Active' ? 'is empty' : 'is not empty';
    return phase === wanted ? [] : [invalidField('status.Phase', phase ?? '', `may only be '${wanted}' if \`deletionTimestamp\` ${when}`)];
  },
};

/** @throws StatusError 404 where the namespace is not there, 403 where it is going. */
export function checkNamespace(cluster: Cluster, target: Target, name: string): void {
  const { namespace, type } = target;
  if (namespace === undefined) return;
  const found = cluster.store.collection('v1/namespaces').get(namespace);
  if (found === undefined) throw notFound(subject, namespace);
  if (phaseOf(found) !== 'Terminating') return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const causes = [{ reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }];
  throw forbidden({ group: type.group, kind: type.plural }, name, why, causes);
}

/**
 * A namespace as it is while its contents are deleted.
 * @throws StatusError 403 for the namespaces a cluster cannot do without.
 */
export function terminating(cluster: Cluster, namespace: KubeObject): KubeObject {
  const name = namespace.metadata.name ?? '';
  if (immortal.has(name)) throw forbidden(subject, name, 'this namespace may not be deleted');
  if (namespace.metadata.deletionTimestamp !== undefined) return namespace;
  const metadata = edited(namespace.metadata, { deletionTimestamp: timestamp(cluster.clock) });
  return { ...namespace, metadata, status: { phase: 'Terminating' } };
}

export function phaseOf(namespace: KubeObject): string | undefined {
  const status = namespace['status'];
  return isObject(status) && typeof status['phase'] === 'string' ? status['phase'] : undefined;
}
