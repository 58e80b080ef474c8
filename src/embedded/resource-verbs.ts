import type { JsonObject } from '../model/json.ts';
import { collectionOf, keyOf, objectsOf, shownAs, subjectOf, toStored, type Cluster, type Target } from './cluster.ts';
import { create } from './create.ts';
import { decode } from './decode.ts';
import type { KubeObject } from './kube-object.ts';
import { parseListOptions, type ListOptions } from './list-options.ts';
import { page } from './page.ts';
import { patch, patchKind } from './patch.ts';
import { remove } from './remove.ts';
import { readObject } from './request-body.ts';
import { apiVersionOf } from './resource-type.ts';
import { badRequest, methodNotAllowed, noSuchResource, notFound } from './status-object.ts';
import { storeKey } from './store.ts';
import { replace } from './update.ts';
import { tableOf } from './table.ts';
import type { WatchStream } from './watch-stream.ts';
import type { Watches } from './watches.ts';
import { deleteOptions, writeOptions } from './write-options.ts';
import { listJson, listMetadata, objectJson } from './written-json.ts';

/** A request about a resource, taken apart. */
export interface ResourceRequest {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  /** Objects are wanted as rows of a table. */
  readonly table: boolean;
  readonly body: string;
}

/** What a verb answers: a body, or events. */
export type VerbAnswer = { readonly code: number; readonly body: string } | { readonly watch: WatchStream };

/** Carries out one request. @throws StatusError */
export function carryOut(cluster: Cluster, watches: Watches, target: Target, request: ResourceRequest): VerbAnswer {
  const { subresource, type, name } = target;
  const known =
    subresource === undefined || (subresource === 'status' && type.status) || (subresource === 'finalize' && type.kind === 'Namespace');
  if (!known) throw noSuchResource();
  return name === undefined ? onCollection(cluster, watches, target, request) : onObject(cluster, watches, { ...target, name }, request);
}

function onCollection(cluster: Cluster, watches: Watches, target: Target, request: ResourceRequest): VerbAnswer {
  const { type } = target;
  switch (request.method) {
    case 'GET':
      return read(cluster, watches, target, parseListOptions(request.query, type.kind), request.table);
    case 'POST': {
      if (type.namespaced !== (target.namespace !== undefined)) throw methodNotAllowed();
      const options = writeOptions(request.query, 'CreateOptions');
      const sent = toStored(type, readObject(request, type, options.strict));
      return ok(shownAs(type, create(cluster, target, sent, options)), 201);
    }
    case 'DELETE':
      return removeAll(cluster, target, request);
    default:
      throw methodNotAllowed();
  }
}

function onObject(cluster: Cluster, watches: Watches, target: Target & { name: string }, request: ResourceRequest): VerbAnswer {
  const { type, name, subresource } = target;
  switch (request.method) {
    case 'GET': {
      if (isWatch(request.query))
        return read(cluster, watches, target, oneName(parseListOptions(request.query, type.kind), name), request.table);
      const object = objectsOf(cluster, type).get(keyOf(target, name));
      if (object === undefined) throw notFound(subjectOf(type), name);
      if (request.table) return ok(tableOf(type.kind, [shownAs(type, object)], versionOf(object), cluster.clock.now()));
      return ok(shownAs(type, object));
    }
    case 'PUT': {
      const options = writeOptions(request.query, 'UpdateOptions');
      const sent = toStored(type, readObject(request, type, options.strict));
      const { object, created } = replace(cluster, target, sent, options);
      return ok(shownAs(type, object), created ? 201 : 200);
    }
    case 'PATCH': {
      const kind = patchKind(request.contentType, type);
      return ok(shownAs(type, patch(cluster, target, kind, request.body, writeOptions(request.query, 'PatchOptions'))));
    }
    case 'DELETE':
      if (subresource !== undefined) throw methodNotAllowed();
      return ok(remove(cluster, target, deleteOptions(request.query, request.body)));
    default:
      throw methodNotAllowed();
  }
}

const ok = (object: JsonObject, code = 200): VerbAnswer => ({ code, body: objectJson(object) });

const isWatch = (query: URLSearchParams): boolean => ['1', 'true'].includes(query.get('watch') ?? '');

function oneName(options: ListOptions, name: string): ListOptions {
  if (options.name !== undefined && options.name !== name) throw badRequest("fieldSelector metadata.name doesn't match requested name");
  return { ...options, name, matches: (object) => object.metadata.name === name && options.matches(object) };
}

function read(cluster: Cluster, watches: Watches, target: Target, options: ListOptions, table: boolean): VerbAnswer {
  const { type } = target;
  const prefix = prefixOf(target);
  const rows = (objects: readonly KubeObject[], metadata: JsonObject): JsonObject =>
    tableOf(
      type.kind,
      objects.map((object) => shownAs(type, object)),
      metadata,
      cluster.clock.now(),
    );
  if (!options.watch) {
    const listed = page(objectsOf(cluster, type), prefix, options, cluster.store.version);
    return table ? ok(rows(listed.items, listMetadata(listed))) : { code: 200, body: listJson(type, listed) };
  }
  const empty = (metadata: JsonObject): JsonObject =>
    decode(type.shape, { kind: type.kind, apiVersion: apiVersionOf(type), metadata }).object;
  const show = table ? (object: KubeObject) => rows([object], versionOf(object)) : (object: KubeObject) => shownAs(type, object);
  const bookmark = table ? (metadata: JsonObject) => rows([], metadata) : empty;
  return { watch: watches.open({ collection: collectionOf(type), prefix, options, show, bookmark }) };
}

const versionOf = (object: KubeObject): JsonObject => ({ resourceVersion: object.metadata.resourceVersion });

const prefixOf = (target: Target): string => (target.namespace === undefined ? '' : storeKey(target.namespace, ''));

/** DELETE of a collection: answers with what was there. */
function removeAll(cluster: Cluster, target: Target, request: ResourceRequest): VerbAnswer {
  const { type, namespace } = target;
  if (!type.severalAtOnce || (type.namespaced && namespace === undefined)) throw methodNotAllowed();
  const listed = page(objectsOf(cluster, type), prefixOf(target), parseListOptions(request.query, type.kind), cluster.store.version);
  const { dryRun } = deleteOptions(request.query, request.body);
  for (const object of listed.items) remove(cluster, { ...target, name: object.metadata.name ?? '' }, { dryRun });
  return { code: 200, body: listJson(type, listed) };
}
