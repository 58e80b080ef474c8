import type { JsonObject } from '../model/json.ts';
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
const itemJson = (object: KubeObject, builtIn: boolean): string =>
  builtIn ? once(itemTexts, object, () => JSON.stringify({ ...object, kind: undefined, apiVersion: undefined })) : objectJson(object);

export function listJson(type: ResourceType, page: Page): string {
  const metadata = JSON.stringify({
    resourceVersion: String(page.version),
    ...(page.continueToken === '' ? {} : { continue: page.continueToken }),
    ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
  });
  const items = page.items.map((object) => itemJson(object, type.builtIn)).join(',');
  return `{"kind":"${type.kind}List","apiVersion":"${apiVersionOf(type)}","metadata":${metadata},"items":[${items}]}`;
}
