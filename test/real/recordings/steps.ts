import type { Json, JsonObject } from '../../../src/model/json.ts';
import type { RecordedRequest } from '../../fixtures/replay/recording.ts';

/** The masked answers of the steps before, by their names; a later request is built from them. */
export interface Answers {
  body(step: string): JsonObject;
  /** The text at a JSON pointer of a body, such as `/metadata/resourceVersion`. */
  at(step: string, pointer: string): string;
}

type FromAnswers<T> = T | ((answers: Answers) => T);

/** One exchange to record. `status` is what its author means to show; another answer stops the recorder. */
export interface Step {
  readonly name: string;
  readonly status: number;
  readonly method: string;
  readonly path: FromAnswers<string>;
  readonly contentType?: string;
  readonly accept?: string;
  readonly body?: FromAnswers<Json>;
  readonly text?: string;
  readonly watch?: number;
  readonly compact?: true;
}

/** One file of fixtures: its steps run in order on an empty server of its own. */
export interface Area {
  readonly area: string;
  readonly title: string;
  readonly namespaces?: readonly string[];
  readonly serviceCidrs?: readonly string[];
  /** Flags that the real server needs for this area. */
  readonly apiserverArgs?: string;
  readonly steps: readonly Step[];
}

type Extra = Partial<Pick<Step, 'status' | 'contentType' | 'accept' | 'text'>>;

export const get = (name: string, path: FromAnswers<string>, extra: Extra = {}): Step => ({
  name,
  method: 'GET',
  path,
  status: 200,
  ...extra,
});

export const post = (name: string, path: string, body: FromAnswers<Json>, extra: Extra = {}): Step => ({
  name,
  method: 'POST',
  path,
  body,
  status: 201,
  contentType: 'application/json',
  ...extra,
});

export const put = (name: string, path: string, body: FromAnswers<Json>, extra: Extra = {}): Step => ({
  name,
  method: 'PUT',
  path,
  body,
  status: 200,
  contentType: 'application/json',
  ...extra,
});

const patch =
  (contentType: string) =>
  (name: string, path: string, body: FromAnswers<Json>, extra: Extra = {}): Step => ({
    name,
    method: 'PATCH',
    path,
    body,
    status: 200,
    contentType,
    ...extra,
  });

export const merge = patch('application/merge-patch+json');
export const strategic = patch('application/strategic-merge-patch+json');
export const jsonPatch = patch('application/json-patch+json');

export const remove = (name: string, path: string, body?: FromAnswers<Json>, extra: Extra = {}): Step => ({
  name,
  method: 'DELETE',
  path,
  status: 200,
  ...(body === undefined ? {} : { body, contentType: 'application/json' }),
  ...extra,
});

/** The first `events` events of a watch that opens. One that is refused is an ordinary `get`. */
export const watch = (name: string, path: FromAnswers<string>, events: number): Step => ({
  name,
  method: 'GET',
  path,
  status: 200,
  watch: events,
});

export const compact = (name: string): Step => ({ name, method: 'COMPACT', path: '', status: 200, compact: true });

/** What an earlier step answered, changed as by a JSON merge patch; without the times, which are the server's own. */
export const copyOf =
  (step: string, changes: JsonObject = {}) =>
  (answers: Answers): Json =>
    merged(answers.body(step), { metadata: { creationTimestamp: null, deletionTimestamp: null } }, changes);

function merged(base: JsonObject, ...changes: readonly JsonObject[]): JsonObject {
  const result = new Map(Object.entries(base));
  for (const [key, value] of changes.flatMap((change) => Object.entries(change))) {
    const old = result.get(key);
    if (value === null || value === undefined) result.delete(key);
    else result.set(key, isObject(value) && isObject(old) ? merged(old, value) : value);
  }
  return Object.fromEntries(result);
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function requestOf(step: Step, answers: Answers): RecordedRequest {
  const { method, contentType, accept, text } = step;
  const body = typeof step.body === 'function' ? step.body(answers) : step.body;
  const headers = { ...(contentType === undefined ? {} : { 'content-type': contentType }), ...(accept === undefined ? {} : { accept }) };
  return {
    method,
    path: typeof step.path === 'function' ? step.path(answers) : step.path,
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(text === undefined ? (body === undefined ? {} : { body }) : { text }),
  };
}
