import * as z from 'zod';
import { sleep, type Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { JsonObject } from '../model/json.ts';

/** As much of the embedded API's direct door as toy nodes need. */
export interface ToyDoor {
  request(request: { method: string; path: string }): Promise<{ status: number; body: string }>;
  watch(path: string, signal: AbortSignal): AsyncIterable<{ type: string; object: JsonObject }>;
}

export interface FollowOptions<T> {
  readonly door: ToyDoor;
  /** Of the collection, across namespaces: `/api/v1/services`. */
  readonly path: string;
  readonly project: (json: unknown) => T;
  readonly onChange: (objects: ReadonlyMap<string, T>) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const listShape = z.object({ metadata: z.object({ resourceVersion: z.string() }), items: z.array(z.unknown()) });
const uidShape = z.object({ metadata: z.object({ uid: z.string() }) });
const retryMs = 200;

/**
 * Keeps a copy of a collection, by UID, and calls back with it after the list and after every change. A watch that ends
 * is followed by a new list; so is every failure, after a pause. Returns when the signal aborts.
 */
export async function follow<T>({ door, path, project, onChange, clock, log, signal }: FollowOptions<T>): Promise<void> {
  while (!signal.aborted) {
    try {
      const answer = await door.request({ method: 'GET', path });
      if (answer.status !== 200) throw new Error(`GET ${path} was answered with ${answer.status}`);
      const list = listShape.parse(JSON.parse(answer.body));
      const objects = new Map(list.items.map((item) => [uidOf(item), project(item)]));
      onChange(objects);
      for await (const event of door.watch(`${path}?watch=true&resourceVersion=${list.metadata.resourceVersion}`, signal)) {
        if (event.type === 'ERROR') break;
        if (event.type === 'BOOKMARK') continue;
        if (event.type === 'DELETED') objects.delete(uidOf(event.object));
        else objects.set(uidOf(event.object), project(event.object));
        onChange(objects);
      }
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ path, error }, 'toy nodes lost sight of the API; they will list again');
    }
    await sleep(clock, retryMs, signal).catch(() => {}); // rejects only by the signal, which ends the loop
  }
}

const uidOf = (json: unknown): string => uidShape.parse(json).metadata.uid;
