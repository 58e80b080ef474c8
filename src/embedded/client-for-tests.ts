import { ManualClock } from '../clock.ts';
import type { JsonObject } from '../model/json.ts';
import { EmbeddedApi, type EmbeddedApiOptions } from './api.ts';
import type { WatchEvent } from './watch-stream.ts';

export interface Answered {
  readonly status: number;
  readonly body: JsonObject;
}

export const patchTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
} as const;

/** An embedded API on a clock moved by hand, and the few verbs tests need. */
export function testApi(options: Partial<EmbeddedApiOptions> = {}) {
  const clock = new ManualClock();
  const api = new EmbeddedApi({ clock, endpointSlices: false, ...options });
  const send = async (method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answered> => {
    const headers = { 'content-type': contentType };
    const answer = await api.request({ method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const isJson = answer.headers['content-type'] === 'application/json';
    return { status: answer.status, body: isJson ? (JSON.parse(answer.body) as JsonObject) : { text: answer.body } }; // answers are objects
  };
  return {
    api,
    clock,
    send,
    get: (path: string) => send('GET', path),
    post: (path: string, body: unknown) => send('POST', path, body),
    put: (path: string, body: unknown) => send('PUT', path, body),
    patch: (path: string, body: unknown, type: keyof typeof patchTypes = 'merge') => send('PATCH', path, body, patchTypes[type]),
    remove: (path: string, body?: unknown) => send('DELETE', path, body),
  };
}

export const services = '/api/v1/namespaces/default/services';

/** A Service to send: one port 80 and what is given. */
export const serviceNamed = (name: string, spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject => ({
  metadata: { name, ...metadata },
  spec: { ports: [{ port: 80 }], ...spec },
});

/** The next events of a stream, as `TYPE name`. */
export async function nextEvents(stream: AsyncIterable<WatchEvent>, count: number): Promise<readonly string[]> {
  const seen: string[] = [];
  for await (const event of stream) {
    const { metadata } = event.object as { metadata?: { name?: string } }; // objects and Statuses have metadata
    seen.push(`${event.type} ${metadata?.name ?? '-'}`);
    if (seen.length === count) break;
  }
  return seen;
}
