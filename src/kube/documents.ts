import type { Clock } from '../clock.ts';
import { LbError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { JsonObject } from '../model/json.ts';
import type { Document, DocumentEvent, DocumentKind, Documents } from '../provider.ts';
import { metadataOf, versionOf, type KubeClient } from './client.ts';
import { asWire, object, text, textMap } from './json-reader.ts';
import { collectionPath, objectPath } from './paths.ts';
import { Reflector } from './reflector.ts';
import { Store, type Change } from './store.ts';

export interface KubeDocumentsOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
}

/** Objects of the API server as documents. Metadata that is not a document's (annotations, finalizers, owners) survives a replace. */
export class KubeDocuments implements Documents {
  readonly #options: KubeDocumentsOptions;

  constructor(options: KubeDocumentsOptions) {
    this.#options = options;
  }

  async list(kind: DocumentKind, signal: AbortSignal): Promise<readonly Document[]> {
    const { items } = await this.#options.client.list(collectionPath(kind), signal, (item) => documentOf(item, kind));
    return items;
  }

  async get(kind: DocumentKind, name: string, signal: AbortSignal): Promise<Document | undefined> {
    try {
      return documentOf(await this.#options.client.get(objectPath(collectionPath(kind), name), signal), kind);
    } catch (error) {
      if (error instanceof LbError && error.code === 'ApiNotFound') return undefined;
      throw error;
    }
  }

  async create(kind: DocumentKind, document: Pick<Document, 'name' | 'labels' | 'body'>, signal: AbortSignal): Promise<Document> {
    const metadata = {
      name: document.name,
      labels: document.labels,
      ...(kind.namespace === undefined ? {} : { namespace: kind.namespace }),
    };
    return documentOf(await this.#options.client.create(collectionPath(kind), objectOf(kind, document.body, metadata), signal), kind);
  }

  async replace(
    kind: DocumentKind,
    document: Pick<Document, 'name' | 'version' | 'labels' | 'body'>,
    signal: AbortSignal,
  ): Promise<Document> {
    const path = objectPath(collectionPath(kind), document.name);
    const present = metadataOf(await this.#options.client.get(path, signal));
    // The version of the document, not the one just read: it makes the server compare.
    const metadata = { ...present, labels: document.labels, resourceVersion: document.version };
    return documentOf(await this.#options.client.replace(path, objectOf(kind, document.body, metadata), signal), kind);
  }

  async remove(kind: DocumentKind, name: string, version: string | undefined, signal: AbortSignal): Promise<void> {
    const preconditions = version === undefined ? {} : { resourceVersion: version };
    try {
      await this.#options.client.delete(objectPath(collectionPath(kind), name), signal, preconditions);
    } catch (error) {
      if (!(error instanceof LbError && error.code === 'ApiNotFound')) throw error;
    }
  }

  /**
   * One `added` per document there is, one `synced`, then every change. Lost connections are taken up again; where the server
   * no longer knows what happened meanwhile (410), everything is read again and the differences are told as changes, so
   * that several changes to one document may become one, and a document made anew is `removed`, then `added`.
   */
  async *watch(kind: DocumentKind, signal: AbortSignal): AsyncIterable<DocumentEvent> {
    const { log } = this.#options;
    const store = new Store<Document>(log);
    const waiting: DocumentEvent[] = [];
    let wake = () => {};
    const tell = (event: DocumentEvent) => {
      waiting.push(event);
      wake();
    };
    const ended = new AbortController();
    const end = () => {
      ended.abort(new Error('the watch of documents has ended'));
      wake();
    };
    signal.addEventListener('abort', end, { once: true });
    store.onChange((change) => tell(eventOf(change)));
    store.onSynced(() => tell({ type: 'synced' }));
    const path = collectionPath(kind);
    const reflector = new Reflector({ ...this.#options, path, resource: kind.plural, project: (item) => documentOf(item, kind), store });
    const running = signal.aborted ? Promise.resolve() : reflector.run(ended.signal);
    try {
      while (!signal.aborted) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      signal.removeEventListener('abort', end);
      end();
      await running;
    }
  }
}

function eventOf(change: Change<Document>): DocumentEvent {
  if (change.new !== undefined) return { type: change.old === undefined ? 'added' : 'changed', document: change.new };
  if (change.old !== undefined) return { type: 'removed', document: change.old };
  throw new LbError('InternalError', 'a change without an old and a new state');
}

const objectOf = (kind: DocumentKind, body: JsonObject, metadata: JsonObject): JsonObject => ({
  ...body,
  apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`,
  kind: kind.kind,
  metadata,
});

function documentOf(json: JsonObject, kind: DocumentKind): Document {
  const metadata = object(asWire(json, kind.kind), 'metadata', kind.kind);
  const name = text(metadata, 'metadata.name', kind.kind);
  const where = `${kind.kind} ${name}`;
  const { apiVersion: _, kind: __, metadata: ___, ...body } = json;
  return Object.freeze({
    name,
    uid: text(metadata, 'metadata.uid', where),
    version: versionOf(json) ?? text(metadata, 'metadata.resourceVersion', where),
    labels: textMap(metadata, 'metadata.labels', where),
    body,
  });
}
