import { sleep } from '../clock.ts';
import { LbError } from '../errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { Answer, ApiRequest, ApiResponse, EmbeddedApiOptions, LoggedRequest } from './api-types.ts';
import { Catalogue } from './catalogue.ts';
import { objectsOf, shownAs, targetOf, type Cluster } from './cluster.ts';
import { Controllers } from './controllers.ts';
import { create } from './create.ts';
import { definitionController } from './definition-controller.ts';
import { discoveryDocument } from './discovery.ts';
import { endpointSliceController } from './endpoint-slices.ts';
import { faultAnswer } from './fault-answer.ts';
import { Faults, type Fault } from './faults.ts';
import { garbageController } from './garbage-controller.ts';
import { Ids } from './ids.ts';
import { isObject, type KubeObject } from './kube-object.ts';
import { checkAccepted } from './media-types.ts';
import { namespaceController } from './namespace-controller.ts';
import { initialNamespaces } from './namespaces.ts';
import { openApiDocument } from './openapi.ts';
import { plainStrategy } from './plain-strategies.ts';
import { parseJson } from './request-body.ts';
import { customType, type ResourceType } from './resource-type.ts';
import { carryOut } from './resource-verbs.ts';
import { parseRoute, splitPath, type Route } from './route.ts';
import { Allocators } from './services/allocate.ts';
import { serviceStrategy } from './services/service-strategy.ts';
import { noSuchResource, StatusError } from './status-object.ts';
import { Store, storeKey } from './store.ts';
import { wantsTable } from './table.ts';
import { Watches } from './watches.ts';
import type { WatchEvent } from './watch-stream.ts';

export type { ApiRequest, ApiResponse, EmbeddedApiOptions, LoggedRequest } from './api-types.ts';

const defaultCidrs = ['10.96.0.0/16', 'fd00:10:96::/112'];
const defaultNodePorts = [30_000, 32_767] as const;
const defaultCompactAfter = 10_000;
/** How long controllers of a real cluster take, about. */
const controllerDelayMs = 100;
const longestLog = 100_000;
const json = { 'content-type': 'application/json' };
const text = { 'content-type': 'text/plain; charset=utf-8' };

/**
 * A Kubernetes API server in this process: the part of it that load balancing needs, faithful to a real one as recorded
 * in test/fixtures/kube. Requests are carried out one after the other, each at once and whole; only faults make one wait.
 * Everything it chooses follows from the seed, every time from the clock.
 */
export class EmbeddedApi {
  readonly faults: Faults;
  readonly #cluster: Cluster;
  readonly #watches: Watches;
  readonly #controllers: Controllers;
  readonly #closed = new AbortController();
  #log: LoggedRequest[] = [];

  constructor(options: EmbeddedApiOptions) {
    const { clock, seed = 1 } = options;
    const store = new Store(options.compactAfter ?? defaultCompactAfter);
    const allocators = new Allocators(options.serviceCidrs ?? defaultCidrs, options.nodePortRange ?? defaultNodePorts, new Ids(seed + 1));
    const services = serviceStrategy(allocators);
    const isService = (type: ResourceType) => type.group === '' && type.kind === 'Service';
    const strategyOf = (type: ResourceType) => (isService(type) ? services : plainStrategy(type));
    this.#cluster = { store, clock, ids: new Ids(seed), catalogue: new Catalogue(), strategyOf, later: (run) => this.#later(run) };
    this.#watches = new Watches(store, clock);
    this.#controllers = new Controllers(store, [
      namespaceController(this.#cluster),
      garbageController(this.#cluster),
      definitionController(this.#cluster),
      ...(options.endpointSlices === false ? [] : [endpointSliceController(this.#cluster)]),
    ]);
    this.faults = new Faults({
      dropWatches: () => this.#watches.drop(),
      expireWatches: () => this.#watches.expire(),
      freezeWatches: () => this.#watches.pause(),
      thawWatches: () => this.#watches.resume(),
    });
    this.#createNamespaces();
  }

  /** Every request so far, oldest first; of more than 100,000 only the newer half. */
  get log(): readonly LoggedRequest[] {
    return this.#log;
  }

  clearLog(): void {
    this.#log = [];
  }

  /** How many watches are open. */
  get watchCount(): number {
    return this.#watches.count;
  }

  /**
   * The direct door. A watch is answered when it ends, with one event a line.
   * @throws LbError ApiUnavailable where the connection is closed without an answer.
   */
  async request(request: ApiRequest): Promise<ApiResponse> {
    const answer = await this.answer(request);
    if (answer.kind === 'dropped') throw new LbError('ApiUnavailable', 'the API server closed the connection without an answer');
    if (answer.kind === 'body') return answer.response;
    const lines: string[] = [];
    for await (const event of answer.stream) lines.push(`${JSON.stringify(event)}\n`);
    return { status: 200, headers: json, body: lines.join('') };
  }

  /**
   * The direct door's watch. It begins at this call, not at the first event read. Where the server answers with a Status
   * instead of a stream, that is the one event, of type ERROR. Ends with the server's end or the signal.
   */
  watch(path: string, signal: AbortSignal): AsyncIterable<WatchEvent> {
    const { path: bare, query } = splitPath(path);
    if (!query.has('watch')) query.set('watch', '1');
    const answer = this.answer({ method: 'GET', path: `${bare}?${query.toString()}` }, signal);
    return eventsOf(answer);
  }

  /** What any door does with a request. @param signal the client's: aborted, nothing more is done for it. */
  async answer(request: ApiRequest, signal?: AbortSignal): Promise<Answer> {
    const fault = this.#closed.signal.aborted ? undefined : this.faults.take(request);
    const answer = fault === undefined ? this.#serve(request) : await this.#serveWith(fault, request, signal);
    this.#record(request, answer);
    if (answer.kind === 'watch' && signal !== undefined) answer.stream.endWith(signal);
    return answer;
  }

  /** Forgets all history: whoever watches from before, or holds a continue token, gets 410. */
  compact(): void {
    this.#cluster.store.compact();
  }

  get(group: string, version: string, plural: string, namespace: string | undefined, name: string): KubeObject | undefined {
    const type = this.#cluster.catalogue.find(group, version, plural);
    const object = type === undefined ? undefined : objectsOf(this.#cluster, type).get(storeKey(namespace, name));
    return type === undefined || object === undefined ? undefined : shownAs(type, object);
  }

  /** All objects of a resource, of one namespace where it is given, in the order of a list. */
  list(group: string, version: string, plural: string, namespace?: string): readonly KubeObject[] {
    const type = this.#cluster.catalogue.find(group, version, plural);
    if (type === undefined) return [];
    const objects = objectsOf(this.#cluster, type);
    const prefix = namespace === undefined ? '' : storeKey(namespace, '');
    return objects
      .keys(prefix, prefix)
      .flatMap((key) => objects.get(key) ?? [])
      .map((object) => shownAs(type, object));
  }

  /** Ends all watches; from now on every request finds the connection closed. */
  close(): void {
    this.#closed.abort(new LbError('ApiUnavailable', 'the embedded API was closed'));
    this.#watches.drop();
    this.faults.clear();
  }

  async #serveWith(fault: Fault, request: ApiRequest, signal: AbortSignal | undefined): Promise<Answer> {
    switch (fault.kind) {
      case 'drop':
        if (fault.when === 'after') this.#serve(request);
        return { kind: 'dropped' };
      case 'status':
        return { kind: 'body', response: faultAnswer(fault) };
      case 'slow':
        await sleep(this.#cluster.clock, fault.ms, this.#closed.signal).catch(() => {});
        break;
      case 'freeze':
        await this.faults.frozen();
        break;
      default:
        break;
    }
    return signal?.aborted === true ? { kind: 'dropped' } : this.#serve(request);
  }

  #serve(request: ApiRequest): Answer {
    if (this.#closed.signal.aborted) return { kind: 'dropped' };
    try {
      return this.#route(request);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const retry = error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) };
      return { kind: 'body', response: { status: error.code, headers: { ...json, ...retry }, body: JSON.stringify(error.body) } };
    } finally {
      this.#controllers.run();
    }
  }

  #route(request: ApiRequest): Answer {
    const { path, query } = splitPath(request.path);
    const { catalogue } = this.#cluster;
    if (/^\/(healthz|readyz|livez)(\/|$)/.test(path)) return body(200, text, 'ok');
    const document = request.method === 'GET' ? (discoveryDocument(path, catalogue) ?? openApiDocument(path, catalogue)) : undefined;
    if (document !== undefined) return body(200, json, JSON.stringify(document));
    const route = parseRoute(path);
    const type =
      route === undefined ? undefined : (catalogue.find(route.group, route.version, route.plural) ?? this.#learn(route, request));
    if (route === undefined || type === undefined) {
      if (route !== undefined && (route.group === '' || catalogue.hasGroup(route.group, route.version))) throw noSuchResource();
      return body(404, text, '404 page not found\n');
    }
    checkAccepted(request.headers?.['accept']);
    const contentType = request.headers?.['content-type'] ?? '';
    const table = wantsTable(request.headers?.['accept']);
    const verb = { method: request.method, query, contentType, table, body: request.body ?? '' };
    const answer = carryOut(this.#cluster, this.#watches, targetOf(type, route), verb);
    return 'watch' in answer ? { kind: 'watch', stream: answer.watch } : body(answer.code, json, answer.body);
  }

  /** The first object written to a group nobody declared declares its resource; Kubernetes' own groups are as they are. */
  #learn(route: Route, request: ApiRequest): ResourceType | undefined {
    if (request.method !== 'POST' || route.group === '' || route.group.endsWith('.k8s.io') || route.name !== undefined) return undefined;
    const parsed = parseJson(request.body ?? '');
    const kind = 'value' in parsed && isObject(parsed.value) ? parsed.value['kind'] : undefined;
    if (typeof kind !== 'string') return undefined;
    const { group, version, plural } = route;
    const type = customType({ group, version, plural, kind, namespaced: route.namespace !== undefined });
    this.#cluster.catalogue.add(type);
    return type;
  }

  #record(request: ApiRequest, answer: Answer): void {
    const status = answer.kind === 'body' ? answer.response.status : answer.kind === 'watch' ? 200 : 0;
    const mutating = request.method !== 'GET' && !/[?&]dryRun=/.test(request.path);
    const userAgent = request.headers?.['user-agent'] ?? '';
    // A demo stays up for days: the oldest half goes when there are too many.
    if (this.#log.length >= longestLog) this.#log.splice(0, longestLog / 2);
    this.#log.push({ method: request.method, path: request.path, status, at: this.#cluster.clock.now(), mutating, userAgent });
  }

  #later(run: () => void): void {
    const cancel = this.#cluster.clock.after(controllerDelayMs, () => {
      this.#closed.signal.removeEventListener('abort', cancel);
      run();
      this.#controllers.run();
    });
    this.#closed.signal.addEventListener('abort', cancel, { once: true });
  }

  #createNamespaces(): void {
    const type = this.#cluster.catalogue.find('', 'v1', 'namespaces');
    if (type === undefined) return;
    for (const name of initialNamespaces) {
      create(this.#cluster, { type }, { kind: 'Namespace', apiVersion: 'v1', metadata: { name } }, { dryRun: false, strict: false });
    }
  }
}

const body = (status: number, headers: Readonly<Record<string, string>>, content: string): Answer => ({
  kind: 'body',
  response: { status, headers, body: content },
});

async function* eventsOf(answering: Promise<Answer>): AsyncGenerator<WatchEvent> {
  const answer = await answering;
  if (answer.kind === 'dropped') return;
  if (answer.kind === 'body') {
    yield { type: 'ERROR', object: statusOf(answer.response) };
    return;
  }
  yield* answer.stream;
}

/** An answer that is no stream, as the object of an ERROR event. */
function statusOf(response: ApiResponse): JsonObject {
  if (response.headers['content-type'] === json['content-type']) return JSON.parse(response.body) as JsonObject; // our own Status
  return new StatusError({ code: response.status, message: response.body.trim() }).body;
}
