import type { Clock } from '../clock.ts';
import type { Catalogue } from './catalogue.ts';
import type { Ids } from './ids.ts';
import type { KubeObject } from './kube-object.ts';
import { apiVersionOf, type ResourceType } from './resource-type.ts';
import type { Route } from './route.ts';
import { storeKey, type Collection, type Store } from './store.ts';
import type { Strategy } from './strategy.ts';

/** What every verb works on. */
export interface Cluster {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly catalogue: Catalogue;
  strategyOf(type: ResourceType): Strategy;
  /** Does something some time after the present request, as a controller in another process would. */
  later(run: () => void): void;
}

/** A resource type and where in it: a namespace, a name. */
export interface Target {
  readonly type: ResourceType;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** The name of the collection a type is kept in. */
export const collectionOf = (type: ResourceType): string => `${apiVersionOf(type.storedForm ?? type)}/${type.plural}`;

/** An object read by the shape of its type, as it is stored. */
export const toStored = (type: ResourceType, object: KubeObject): KubeObject => type.storedForm?.toStored(object) ?? object;

/** A stored object as clients of the type see it. */
export const shownAs = (type: ResourceType, object: KubeObject): KubeObject => type.storedForm?.fromStored(object) ?? object;

export const objectsOf = (cluster: Cluster, type: ResourceType): Collection => cluster.store.collection(collectionOf(type));

export const keyOf = (target: Target, name: string): string => storeKey(target.namespace, name);

export const subjectOf = (type: ResourceType): { group: string; kind: string } => ({ group: type.group, kind: type.plural });
export const kindSubjectOf = (type: ResourceType): { group: string; kind: string } => ({
  group: (type.storedForm ?? type).group,
  kind: type.kind,
});

export function targetOf(type: ResourceType, route: Route): Target {
  return {
    type,
    ...(route.namespace === undefined ? {} : { namespace: route.namespace }),
    ...(route.name === undefined ? {} : { name: route.name }),
    ...(route.subresource === undefined ? {} : { subresource: route.subresource }),
  };
}

/** Wall time as objects carry it: whole seconds. */
export const timestamp = (clock: Clock): string => `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
