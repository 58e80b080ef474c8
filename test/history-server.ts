import type { JsonObject } from '../src/model/json.ts';
import type { KubeRequest, KubeResponse, KubeTransport, KubeWatch } from '../src/kube/transport.ts';
import { errorOfAnswer } from '../src/kube/status-error.ts';

interface HistoryEvent {
  readonly version: number;
  readonly line: string;
}

/** What the next list or watch gets instead of an answer. */
export type Trouble = 'drop' | 'freeze' | { readonly status: number; readonly retryAfter?: number };

const dropped = Symbol('the connection breaks');
const ended = Symbol('the server ends the stream');

/** What a watch without a version gets: what there is and a mark behind it, a refusal, or a stream in which the mark never comes. */
export type InitialEvents = 'served' | 'refused' | 'unmarked';

interface OpenWatch {
  readonly lines: (string | typeof dropped | typeof ended)[];
  wake: () => void;
}

/**
 * One collection of an API server with its history, in memory and without sockets, for tests of what reads it: lists in
 * pages, watches from a version, and every way in which both go wrong, on command.
 */
export class HistoryServer implements KubeTransport {
  readonly objects = new Map<string, JsonObject>();
  readonly lists: string[] = [];
  /** Those from a version. */
  readonly watches: string[] = [];
  /** Those that asked for what there is. */
  readonly streams: string[] = [];
  readonly #initialEvents: InitialEvents;
  #version = 100;
  #compacted = 0;
  #uid = 0;
  #history: HistoryEvent[] = [];
  readonly #open = new Set<OpenWatch>();
  readonly #troubles: Trouble[] = [];
  readonly #snapshots = new Map<string, { rest: JsonObject[]; version: number }>();

  constructor(initialEvents: InitialEvents = 'refused') {
    this.#initialEvents = initialEvents;
  }

  get version(): string {
    return String(this.#version);
  }

  get openWatches(): number {
    return this.#open.size;
  }

  /** Creates it, or changes it where it is there. */
  put(name: string, value: number): void {
    const present = this.objects.get(name);
    this.#version++;
    const uid = present === undefined ? `uid-${++this.#uid}` : uidOf(present);
    const object = { metadata: { name, uid, resourceVersion: String(this.#version) }, value };
    this.objects.set(name, object);
    this.#happened(present === undefined ? 'ADDED' : 'MODIFIED', object);
  }

  remove(name: string): void {
    const present = this.objects.get(name);
    if (present === undefined) return;
    this.#version++;
    this.objects.delete(name);
    this.#happened('DELETED', { ...present, metadata: { name, uid: uidOf(present), resourceVersion: String(this.#version) } });
  }

  /** An object, or part of one, that no projection can read. */
  putBroken(name: string): void {
    const present = this.objects.get(name);
    this.#version++;
    const uid = present === undefined ? `uid-${++this.#uid}` : uidOf(present);
    const object = { metadata: { name, uid, resourceVersion: String(this.#version) }, value: 'broken' };
    this.objects.set(name, object);
    this.#happened(present === undefined ? 'ADDED' : 'MODIFIED', object);
  }

  /** The next list or watch fails so. Several queue up. */
  trouble(trouble: Trouble): void {
    this.#troubles.push(trouble);
  }

  calm(): void {
    this.#troubles.length = 0;
  }

  /** Versions up to now, and pages begun, are forgotten: they get 410. */
  compact(): void {
    this.#compacted = this.#version;
    this.#history = [];
    this.#snapshots.clear();
  }

  dropWatches(): void {
    this.#send(dropped);
  }

  endWatches(): void {
    this.#send(ended);
  }

  expireWatches(): void {
    this.#send(JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } }));
  }

  bookmark(): void {
    this.#send(JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: this.version } } }));
  }

  /** The last event again. */
  repeat(): void {
    const last = this.#history.at(-1);
    if (last !== undefined) this.#send(last.line);
  }

  sendLine(line: string): void {
    this.#send(line);
  }

  async request(request: KubeRequest): Promise<KubeResponse> {
    this.lists.push(request.path);
    const failed = await this.#troubled(request.signal);
    if (failed !== undefined) return failed;
    const query = new URLSearchParams(request.path.split('?', 2)[1] ?? '');
    const token = query.get('continue');
    const limit = Number(query.get('limit') ?? '0');
    const snapshot = token === null ? { rest: [...this.objects.values()], version: this.#version } : this.#snapshots.get(token);
    if (snapshot === undefined)
      return { status: 410, headers: {}, body: JSON.stringify({ code: 410, message: 'the continue token is too old' }) };
    const size = limit === 0 ? snapshot.rest.length : Math.min(limit, 3); // small pages, so that there are several
    const rest = snapshot.rest.slice(size);
    const next = rest.length === 0 ? '' : `token-${this.lists.length}`;
    if (rest.length > 0) this.#snapshots.set(next, { rest, version: snapshot.version });
    const metadata = { resourceVersion: String(snapshot.version), ...(next === '' ? {} : { continue: next }) };
    return { status: 200, headers: {}, body: JSON.stringify({ metadata, items: snapshot.rest.slice(0, size) }) };
  }

  async *watch(watch: KubeWatch): AsyncIterable<string> {
    const query = new URLSearchParams(watch.path.split('?', 2)[1] ?? '');
    const initial = query.get('sendInitialEvents') === 'true';
    (initial ? this.streams : this.watches).push(watch.path);
    if (initial && this.#initialEvents === 'refused') throw errorOfAnswer({ status: 422, headers: {}, body: '' }, 'watch');
    const failed = await this.#troubled(watch.signal);
    if (failed !== undefined) throw errorOfAnswer(failed, 'watch');
    const from = Number(query.get('resourceVersion'));
    if (!initial && from < this.#compacted) throw errorOfAnswer({ status: 410, headers: {}, body: '' }, 'watch');
    const since = () => this.#history.filter((event) => event.version > from).map((event) => event.line);
    const mine: OpenWatch = { lines: initial ? this.#whatThereIs() : since(), wake: () => {} };
    this.#open.add(mine);
    const abort = () => mine.wake();
    watch.signal.addEventListener('abort', abort, { once: true });
    watch.opened();
    try {
      while (!watch.signal.aborted) {
        const line = mine.lines.shift();
        if (line === ended) return;
        if (line === dropped) throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
        if (line !== undefined) yield line;
        else {
          await new Promise<void>((resolve) => {
            mine.wake = resolve;
          });
        }
      }
    } finally {
      this.#open.delete(mine);
      watch.signal.removeEventListener('abort', abort);
    }
  }

  close(): Promise<void> {
    this.dropWatches();
    return Promise.resolve();
  }

  #whatThereIs(): string[] {
    const lines = [...this.objects.values()].map((object) => JSON.stringify({ type: 'ADDED', object }));
    const metadata = { resourceVersion: this.version, annotations: { 'k8s.io/initial-events-end': 'true' } };
    return this.#initialEvents === 'served' ? [...lines, JSON.stringify({ type: 'BOOKMARK', object: { metadata } })] : lines;
  }

  #happened(type: string, object: JsonObject): void {
    const line = JSON.stringify({ type, object });
    this.#history.push({ version: this.#version, line });
    this.#send(line);
  }

  #send(line: string | typeof dropped | typeof ended): void {
    for (const watch of this.#open) {
      watch.lines.push(line);
      watch.wake();
    }
  }

  async #troubled(signal: AbortSignal): Promise<KubeResponse | undefined> {
    const trouble = this.#troubles.shift();
    if (trouble === undefined) return undefined;
    if (trouble === 'drop') throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    if (trouble === 'freeze') {
      await new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })); // an abort reason is an Error
      return undefined;
    }
    const headers: Record<string, string> = trouble.retryAfter === undefined ? {} : { 'retry-after': String(trouble.retryAfter) };
    return { status: trouble.status, headers, body: '' };
  }
}

function uidOf(object: JsonObject): string {
  const metadata = object['metadata'] as { uid: string }; // made by put
  return metadata.uid;
}
