import type { Json } from '../model/json.ts';

/** A string as Kubernetes quotes it in messages. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** How values appear inside Kubernetes' messages: as JSON with `<`, `>`, `&` escaped, texts plainly quoted. */
export function shownJson(value: Json): string {
  if (typeof value === 'string') return quoted(value);
  return JSON.stringify(value).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

/** A value as Kubernetes prints it plainly in messages about patches: `map[spec:map[ports:x]]`. */
export function plainText(value: Json | undefined): string {
  if (value === undefined || value === null) return '<nil>';
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(plainText).join(' ')}]`;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${fields.map(([name, field]) => `${name}:${plainText(field)}`).join(' ')}]`;
}

/** Narrows JSON to a list; `Array.isArray` alone does not narrow readonly arrays. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
