import type { JsonObject } from '../model/json.ts';
import { shownAs } from './cluster.ts';
import type { KubeObject } from './kube-object.ts';
import type { Page } from './page.ts';
import { apiVersionOf, type ResourceType } from './resource-type.ts';

/** Stored objects are frozen, so their text is made once, whoever asks for it. */
const texts = new WeakMap<JsonObject, string>();
const itemTexts = new WeakMap<JsonObject, string>();

function once(cache: WeakMap<JsonObject, string>, object: JsonObject, write: () => string): string {
  if (!Object.isFrozen(object)) return write();
  const known = cache.get(object);
  if (known !== undefined) return known;
  const text = write();
  cache.set(object, text);
  return text;
}

export const objectJson = (object: JsonObject): string => once(texts, object, () => JSON.stringify(object));

/** As an item of a list: items of built-in kinds carry neither kind nor apiVersion. */
function itemJson(object: KubeObject, type: ResourceType): string {
  if (!type.builtIn) return objectJson(object);
  const write = (): string => JSON.stringify({ ...shownAs(type, object), kind: undefined, apiVersion: undefined });
  return type.storedForm === undefined ? once(itemTexts, object, write) : write();
}

export const listMetadata = (page: Page): JsonObject => ({
  resourceVersion: String(page.version),
  ...(page.continueToken === '' ? {} : { continue: page.continueToken }),
  ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
});

export function listJson(type: ResourceType, page: Page): string {
  const metadata = JSON.stringify(listMetadata(page));
  const items = page.items.map((object) => itemJson(object, type)).join(',');
  return `{"kind":"${type.kind}List","apiVersion":"${apiVersionOf(type)}","metadata":${metadata},"items":[${items}]}`;
}
