import { describe, expect, it } from 'vitest';
import { LbError } from '../../../src/errors.ts';
import { features } from '../../../src/model/capabilities.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { parseChange, parseDone, parseObserved, parseOutcome, parsePage } from './answers-door.ts';
import { parseCapabilities, parseDescription } from './description-door.ts';
import { parseError } from './error-door.ts';
import { parsePlan } from './plan-door.ts';
import { parseReport } from './report-door.ts';

const marks = { 'portolan.dev/cluster': 'c', 'portolan.dev/key': 'service/u' };
const step: JsonObject = {
  id: 'pool/members',
  after: [],
  verb: 'update',
  resource: { kind: 'pool', name: 'p', id: 'p-1' },
  summary: 'forward to 3 nodes',
  proof: { marks, on: 'p-1' },
  repeat: 'safe',
  membersOnly: true,
  releases: ['192.0.2.1'],
  disruption: 'drains',
  claim: { loses: ['x'], because: [{ field: 'spec.ports', from: 'a', to: '' }] },
  op: null,
};
const refusal = { reason: 'QuotaExceeded', text: 'no more', field: 'spec.ports', remedy: 'Ask.', listener: 'TCP/80' };
const plan = { steps: [step], refusals: [refusal], wait: { reason: 'Pending', text: 'soon', retryAfterMs: 1_000, on: 'cluster/x' } };
const report = {
  ingress: [{ ip: '192.0.2.1', ipMode: 'Proxy' }, { ip: '2001:DB8::1' }, { hostname: 'lb.example.com' }],
  listeners: [
    { id: 'TCP/80', state: 'serving' },
    { id: 'UDP/80', state: 'failed', reason: 'ListenFailed', text: 'no' },
  ],
  members: { healthy: 1, total: 2 },
  notices: [{ reason: 'NoHealthyMember', text: 'none', kind: 'health' }],
  id: 'lb-1',
};
const thing = { kind: 'lb', id: 'lb-1', name: '', key: 'service/u', createdAt: 1, main: true, details: { a: [] } };
const page = { things: [thing, { ...thing, key: '', foreign: { marks: {} } }], next: '2' };
const row = {
  type: 'integer',
  text: 'How many.',
  since: '1',
  edit: 'in-place',
  default: 3,
  minimum: 1,
  annotations: ['portolan.dev/many'],
};
const schema = { type: 'object', properties: { many: { type: 'integer', description: 'mine' } } };
const abilities = Object.fromEntries(features.map((feature) => [feature, true]));
const description = {
  protocol: 'portolan.dev/provider/v1',
  kind: 'toy',
  settleMs: 30_000,
  clusterUnit: false,
  endpointSlices: false,
  connection: { rows: {}, schema: { type: 'object', properties: {} } },
  settings: { rows: { many: row }, schema },
  capabilities: {
    features: { ...abilities, sctp: { lacks: 'nobody asked' } },
    unless: [{ setting: 'many', is: [1], lacks: { udp: 'one' } }],
  },
  permissions: [{ action: 'a', why: 'b', mutates: false }],
  verbs: ['capabilities'],
  sandbox: {},
};

const doors: Readonly<Record<string, { readonly parse: (value: unknown) => unknown; readonly good: JsonObject }>> = {
  describe: { parse: parseDescription, good: description },
  capabilities: { parse: parseCapabilities, good: description.capabilities },
  observe: { parse: parseObserved, good: { have: { anything: [null, 1] } } },
  plan: { parse: parsePlan, good: plan },
  apply: { parse: parseOutcome, good: { outputs: { id: 'lb-1' } } },
  report: { parse: parseReport, good: report },
  inventory: { parse: parsePage, good: page },
  start: { parse: (value) => parseDone(value, 'start'), good: {} },
  changes: { parse: parseChange, good: { event: 'changes', key: 'service/u' } },
};
/** Places whose content is the provider's own, or where anything may be left out. */
const free =
  /^(have\.|.*\.op$|.*\.op\.|things\.\d\.details\.|sandbox\.|settings\.schema\.properties\.many\.description|.*\.marks\.|outputs\.|(capabilities\.)?unless\.0\.(is\.|lacks\.))/;
const optional = new Set(
  (
    'wait wait.retryAfterMs wait.on steps.0.resource.id steps.0.membersOnly steps.0.releases steps.0.claim ' +
    'refusals.0.field refusals.0.remedy refusals.0.listener ingress.0.ipMode listeners.1.text members id ' +
    'things.0.createdAt things.0.details things.1.createdAt things.1.details next sandbox settings.rows.many.default settings.rows.many.minimum settings.rows.many.annotations'
  ).split(' '),
);

/** Every place in a value, by its path. */
function placesIn(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [`${path}${name}`, ...placesIn(inner, `${path}${name}.`)]);
}

/** The value with something else in one place; without it where that is undefined. */
function changed(value: JsonObject, path: string, put: unknown): JsonObject {
  const copy = structuredClone(value) as Record<string, unknown>; // plain data
  const names = path.split('.');
  const last = names.pop() ?? '';
  const at = names.reduce<Record<string, unknown>>((inner, name) => inner[name] as Record<string, unknown>, copy); // a path of this value
  if (put === undefined) delete at[last];
  else at[last] = put;
  return copy as JsonObject; // as above
}

function codeOf(parse: () => unknown): string {
  try {
    parse();
    return 'good';
  } catch (thrown) {
    return thrown instanceof LbError ? thrown.code : String(thrown);
  }
}

describe.each(Object.entries(doors))('the answer to %s', (_verb, { parse, good }) => {
  it('is taken as it is where it is good', () => {
    expect(() => parse(good)).not.toThrow();
  });

  it.each([[null], [undefined], [[]], ['text'], [7], [true], [{ unknown: 1, ...good }]])('is no answer: %j', (value) => {
    expect(codeOf(() => parse(value))).toBe('BadAnswer');
  });

  it('is refused with null, another type, or nothing in any of its places', () => {
    const bad: string[] = [];
    for (const path of placesIn(good).filter((each) => !free.test(each))) {
      if (codeOf(() => parse(changed(good, path, null))) === 'good' && !path.endsWith('.op')) bad.push(`null in ${path}`);
      if (codeOf(() => parse(changed(good, path, Symbol('other')))) === 'good') bad.push(`a symbol in ${path}`);
      const without = codeOf(() => parse(changed(good, path, undefined)));
      const inList = /\.\d+$/.test(path);
      if (without === 'good' && !optional.has(path) && !inList) bad.push(`nothing in ${path}`);
      if (without !== 'good' && without !== 'BadAnswer') bad.push(`${without} without ${path}`);
    }
    expect(bad).toEqual([]);
  });
});

it.each<[string, string, Json]>([
  ['plan', 'steps.0.id', ''],
  ['plan', 'steps.0.id', 'x'.repeat(501)],
  ['plan', 'steps.0.summary', 'two\nlines'],
  ['plan', 'steps.0.summary', '\u001b[31mred'],
  ['plan', 'steps.0.membersOnly', false],
  ['plan', 'steps.0.disruption', 'a little'],
  ['plan', 'steps.0.proof', {}],
  ['plan', 'steps.0.proof', { marks, on: 'x', willMark: marks }],
  ['plan', 'refusals.0.reason', 'NoSuchReason'],
  ['plan', 'refusals.0.reason', 'LeaseLost'],
  ['plan', 'refusals.0.listener', '80'],
  ['plan', 'refusals.0.listener', 'TCP/70000'],
  ['plan', 'wait.retryAfterMs', -1],
  ['plan', 'wait.on', 'web'],
  ['report', 'ingress', 'none'],
  ['report', 'ingress.0.ip', '192.0.2.01'],
  ['report', 'ingress.0', { ip: '192.0.2.1', hostname: 'a' }],
  ['report', 'ingress.0', { hostname: 'UPPER' }],
  ['report', 'listeners.0.state', 'failed'],
  ['report', 'listeners.1.id', 'TCP/80'],
  ['report', 'members', { healthy: 3, total: 2 }],
  ['report', 'members', { healthy: -1, total: 2 }],
  ['inventory', 'things.0.key', 'web'],
  ['inventory', 'next', ''],
  ['changes', 'key', 'all'],
  ['describe', 'protocol', 'portolan.dev/provider/v2'],
  ['describe', 'settleMs', 3_600_001],
  ['describe', 'kind', 'Toy!'],
  ['describe', 'verbs', ['fly']],
  ['describe', 'capabilities.features.tcp', false],
  ['describe', 'capabilities.features.warp', true],
  ['describe', 'settings.rows.many.type', 'float'],
  ['describe', 'settings.rows.many.type', 'object'],
  ['describe', 'settings.rows.many.type', 'enum'],
  ['describe', 'settings.rows.many.default', 0],
  ['describe', 'settings.rows.many.default', '3'],
  ['describe', 'settings.rows.many.required', true],
  ['describe', 'settings.schema.type', 'array'],
  ['describe', 'settings.schema.properties', {}],
  ['describe', 'settings.schema.properties.many', { type: 'string' }],
  ['describe', 'settings.schema.required', ['many']],
  [
    'describe',
    'connection',
    {
      rows: { command: { type: 'string', text: 't', since: '1', edit: 'in-place' } },
      schema: { type: 'object', properties: { command: { type: 'string' } } },
    },
  ],
  ['describe', 'connection', { rows: { many: row }, schema }],
  [
    'describe',
    'settings',
    {
      rows: { constructor: { type: 'string', text: 't', since: '1', edit: 'in-place' } },
      schema: { type: 'object', properties: { constructor: { type: 'string' } } },
    },
  ],
])('%s: %s cannot be %j', (verb, path, value) => {
  const door = doors[verb];
  expect(codeOf(() => door?.parse(changed(door.good, path, value)))).toBe('BadAnswer');
});

it('names the place in words of its own, and never what stood there', () => {
  const secret = changed(plan, 'steps.0.verb', 'hunter2');
  expect(() => parsePlan(secret)).toThrow('steps.0.verb has a value the protocol does not allow');
  expect(() => parsePlan({ ...plan, 'evil\u001b[2J': 1 })).toThrow('the answer has a field the protocol does not know');
  expect(() => parseOutcome({ outputs: { 'a b\u001b': 1 } })).toThrow('outputs.? has a value the protocol does not allow');
  expect(codeOf(() => parsePlan(secret))).toBe('BadAnswer');
});

it('makes addresses canonical', () => {
  expect(parseReport(report).ingress).toEqual([
    { ip: '192.0.2.1', ipMode: 'Proxy' },
    { ip: '2001:db8::1' },
    { hostname: 'lb.example.com' },
  ]);
});

it('a setting whose annotation nobody would read is refused', () => {
  const lost = changed(description, 'settings.rows.many.annotations', ['example.com/many']);
  expect(codeOf(() => parseDescription(lost))).toBe('ProviderBug');
});

describe('an error', () => {
  it('keeps code, verdict, time, field and remedy', () => {
    const error = {
      code: 'CloudThrottled',
      verdict: 'retry-after',
      message: 'slow down',
      retryAfterMs: 5_000,
      field: 'f',
      remedy: 'Wait.',
    };
    expect(parseError(error, 'observe')).toMatchObject({ ...error, message: '[CloudThrottled] slow down', text: 'slow down' });
    expect(parseError({ code: 'QuotaExceeded', message: 'full' }, 'apply')).toMatchObject({ verdict: 'wait-for-user' });
  });

  it('is one short line without control characters', () => {
    expect(parseError({ code: 'CloudUnavailable', message: `  a\u001b[31mb\u0000\nTraceback…\n` }, 'plan').text).toBe('a [31mb');
    expect(parseError({ code: 'CloudUnavailable', message: 'x'.repeat(1_000) }, 'plan').text).toHaveLength(300);
    expect(parseError({ code: 'CloudUnavailable', message: '\n' }, 'plan').text).toBe('no reason was given');
  });

  it.each(['NoSuchCode', 'LeaseLost', 'Stopping', 'ApiConflict', 'Programmed', 'constructor'])('with the code %s is a bug', (code) => {
    const error = parseError({ code, message: 'token=hunter2' }, 'observe');
    expect(error).toMatchObject({ code: 'ProviderBug', verdict: 'bug' });
    expect(error.text).not.toContain('hunter2');
    expect(String(error.cause)).toContain('hunter2');
  });

  it.each([
    [null],
    ['no'],
    [{}],
    [{ code: 'NotFound' }],
    [{ code: 'NotFound', message: '' }],
    [{ code: 'NotFound', message: 'm', verdict: 'maybe' }],
    [{ code: 'NotFound', message: 'm', extra: 1 }],
  ])('that is none: %j', (error) => {
    expect(codeOf(() => parseError(error, 'observe'))).toBe('BadAnswer');
  });
});
