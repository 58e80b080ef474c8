import { badRequest } from './status-object.ts';
import { isObject, type KubeObject } from './kube-object.ts';

export type Matches = (object: KubeObject) => boolean;
const everything: Matches = () => true;

/**
 * A label selector: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, comma between them.
 * @throws StatusError 400 on anything else.
 */
export function labelSelector(text: string): Matches {
  if (text.trim() === '') return everything;
  const terms = text.split(/,(?![^(]*\))/).map((term) => labelTerm(term.trim()));
  return (object) => {
    const labels = object.metadata.labels ?? {};
    return terms.every((term) => term(labels));
  };
}

type Labels = Readonly<Record<string, string>>;

function labelTerm(term: string): (labels: Labels) => boolean {
  const among = /^([^\s!=(),]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(term);
  if (among !== null) {
    const [, key = '', operator, list = ''] = among;
    const values = new Set(list.split(',').map((value) => value.trim()));
    if (operator === 'in') return (labels) => key in labels && values.has(labels[key] ?? '');
    return (labels) => !(key in labels) || !values.has(labels[key] ?? '');
  }
  const equals = /^([^\s!=(),]+)\s*(==|=|!=)\s*([^\s!=(),]*)$/.exec(term);
  if (equals !== null) {
    const [, key = '', operator, value] = equals;
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const exists = /^(!?)\s*([^\s!=(),]+)$/.exec(term);
  if (exists === null) throw badRequest(badTerm(term));
  const [, not, key = ''] = exists;
  return not === '!' ? (labels) => !(key in labels) : (labels) => key in labels;
}

/** Names the operator that stands where a key or a value should. */
function badTerm(term: string): string {
  const [, key = '', , operator = ''] = /^([^\s!=(),]*)\s*(==|=|!=)?\s*(==|=|!=|[(),])/.exec(term) ?? [];
  if (key !== '') return `unable to parse requirement: found '${operator}', expected: identifier`;
  return `found '${/^[!=()]+/.exec(term)?.[0] ?? term}', expected: !, identifier, or 'end of string'`;
}

const everywhere = ['metadata.name', 'metadata.namespace'];
const ofEvents = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map((name) => `involvedObject.${name}`);
/** The fields each kind may be selected by. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  Service: ['spec.clusterIP', 'spec.type'],
  Node: ['spec.unschedulable'],
  Namespace: ['status.phase'],
  Pod: ['spec.nodeName', 'status.phase', 'status.podIP', 'spec.restartPolicy'],
  Secret: ['type'],
  Event: [...ofEvents, 'reason', 'reportingComponent', 'source', 'type'],
};

interface FieldTerm {
  readonly path: string;
  readonly value: string;
  readonly not: boolean;
}

export interface FieldSelector {
  readonly matches: Matches;
  /** The one name that can match, where the selector says so. */
  readonly name?: string;
}

/** @throws StatusError 400 on a field the kind is not selected by. */
export function fieldSelector(text: string, kind: string): FieldSelector {
  const terms = text
    .split(',')
    .filter((term) => term.trim() !== '')
    .map((term) => fieldTerm(term.trim(), kind));
  if (terms.length === 0) return { matches: everything };
  const name = terms.find((term) => term.path === 'metadata.name' && !term.not)?.value;
  return {
    matches: (object) => terms.every((term) => (fieldText(object, term.path) === term.value) !== term.not),
    ...(name === undefined ? {} : { name }),
  };
}

function fieldTerm(term: string, kind: string): FieldTerm {
  const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(term);
  if (match === null) throw badRequest(`invalid selector: ${JSON.stringify(term)}; can't understand ${JSON.stringify(term)}`);
  const [, path = '', operator, value = ''] = match;
  if (![...everywhere, ...(selectable[kind] ?? [])].includes(path)) throw badRequest(`field label not supported: ${path}`);
  return { path, value, not: operator === '!=' };
}

/** A field as text: absent is empty, `source` of an event means its component. */
function fieldText(object: KubeObject, path: string): string {
  let value = object[path.split('.')[0] ?? ''];
  for (const part of path.split('.').slice(1)) value = isObject(value) ? value[part] : undefined;
  if (path === 'source' && isObject(value)) value = value['component'];
  if (path === 'spec.unschedulable') return String(value === true);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
