import { isDeepStrictEqual } from 'node:util';
import { LbError } from '../../../src/errors.ts';
import type { Asked, Request } from './requests.ts';

/** What came of one request, in words that two clouds share. */
export type Outcome = { readonly answer: unknown } | { readonly refused: string };

export interface Answered {
  readonly title: string;
  readonly outcome: Outcome;
}

/** Asks one request after the other, each of which finds what those before it left. */
export async function answersOf(cloud: Omit<Asked, 'id' | 'keep'>, requests: readonly Request[]): Promise<readonly Answered[]> {
  const names = new Map<string, string>();
  const on: Asked = {
    ...cloud,
    id: (name) => names.get(name) ?? nowhere(name),
    keep: (name, id) => void names.set(name, id),
  };
  const all: Answered[] = [];
  for (const { title, ask } of requests) all.push({ title, outcome: named(await outcomeOf(ask(on)), names) });
  return all;
}

const account = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
/** An ARN of the right form that nothing has. */
const nowhere = (name: string): string =>
  name.startsWith('group') ? `${account}:targetgroup/nobody/0000000000000000` : `${account}:loadbalancer/net/nobody/0000000000000000`;

async function outcomeOf(asked: Promise<unknown>): Promise<Outcome> {
  try {
    return { answer: await asked };
  } catch (error) {
    if (!(error instanceof LbError)) throw error;
    return { refused: error.code };
  }
}

/** Ids and names in DNS are each cloud's own; times differ; lists of things have no order. */
function named(outcome: Outcome, names: ReadonlyMap<string, string>): Outcome {
  if ('refused' in outcome) return outcome;
  const known = new Map([...names].map(([name, id]) => [id, `<${name}>`]));
  return { answer: plain(outcome.answer, known) };
}

function plain(value: unknown, known: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return known.get(value) ?? (value.startsWith('sgr-') ? '<rule>' : value);
  if (value instanceof Map) return plain(Object.fromEntries(value), known);
  if (Array.isArray(value)) return value.map((one) => plain(one, known)).sort(byText);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, field]) => {
    if (key === 'dnsName' || key === 'createdAt') return [key, `<${typeof field}>`] as const;
    return [known.get(key) ?? key, plain(field, known)] as const;
  });
  return Object.fromEntries(fields.sort(byText));
}

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** Where two outcomes differ, as paths: `refused` where only one was refused, or with another code. */
export function differing(a: Outcome, b: Outcome): readonly string[] {
  if ('refused' in a || 'refused' in b) return isDeepStrictEqual(a, b) ? [] : ['refused'];
  return paths(a.answer, b.answer, '');
}

function paths(a: unknown, b: unknown, at: string): readonly string[] {
  if (isDeepStrictEqual(a, b)) return [];
  if (!isTree(a) || !isTree(b) || (Array.isArray(a) && Array.isArray(b) && a.length !== b.length)) return [at === '' ? 'answer' : at];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return keys.flatMap((key) => paths(a[key], b[key], at === '' ? key : `${at}.${key}`));
}

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
