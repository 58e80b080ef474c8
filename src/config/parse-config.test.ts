import { describe, expect, it } from 'vitest';
import { fakeSettings } from '../../test/builders/fake-settings.ts';
import { LbError } from '../errors.ts';
import type { AnySettingsTable, SettingRow } from '../settings/row.ts';
import type { ProviderKinds } from './config.ts';
import { parseConfig } from './parse-config.ts';

const row = (patch: Partial<SettingRow> & Pick<SettingRow, 'type'>): SettingRow => ({
  text: 'A row.',
  since: '0.1.0',
  edit: 'in-place',
  ...patch,
});
const connection: AnySettingsTable = {
  ranges: row({
    type: 'object',
    required: true,
    rows: { public: row({ type: 'cidr-list', required: true }), internal: row({ type: 'cidr-list' }) },
  }),
  stateFile: row({ type: 'string', default: './state.json' }),
};
const kinds: ProviderKinds = {
  names: ['fake', 'strict'],
  tables: async (kind) => ({
    connection: kind === 'strict' ? {} : connection,
    settings: kind === 'strict' ? { network: row({ type: 'string', required: true }) } : fakeSettings,
  }),
};

const head = 'apiVersion: portolan.dev/v1\nkind: Config\n';
const providers = 'providers:\n  - { name: here, kind: fake, connection: { ranges: { public: [127.80.0.128/25] } } }\n';
const classes = 'classes:\n  - { id: main, name: portolan.dev/main, provider: here }\n';
const parse = (text: string) => parseConfig(text, 'portolan.yaml', kinds);

async function linesOf(text: string): Promise<string[]> {
  const error = await parse(text).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof LbError)) throw new Error('was not refused', { cause: error });
  expect(error.code).toBe('InvalidConfig');
  const lines = error.text.split('\n');
  expect(lines.length).toBeLessThanOrEqual(3);
  return lines;
}

describe('a good file', () => {
  it('says little and gets every default', async () => {
    const config = await parse(head + providers + classes);

    expect(config).toEqual({
      providers: [{ name: 'here', kind: 'fake', connection: { ranges: { public: ['127.80.0.128/25'] }, stateFile: './state.json' } }],
      classes: [
        {
          id: 'main',
          name: 'portolan.dev/main',
          finalizer: 'portolan.dev/lb.main',
          default: false,
          provider: 'here',
          mode: 'apply',
          settings: {},
          guard: { none: 'allow', drains: 'allow', 'drops-connections': 'allow', 'changes-address': 'approve', destroys: 'approve' },
          handoverMs: 60_000,
        },
      ],
      workers: 8,
      nodeDebounceMs: 1000,
      driftCheckMs: 600_000,
      audit: { intervalMs: 3_600_000, graceMs: 1_800_000, deleteStrays: false },
      leaderElection: { enabled: true, namespace: 'portolan-system', name: 'portolan' },
      serving: { address: '0.0.0.0', port: 8080 },
      log: { level: 'info' },
    });
  });

  it('says everything', async () => {
    const config = await parse(`${head}
clusterId: restored-1
${providers}
classes:
  - id: main
    name: internal-vip
    default: true
    provider: here
    mode: plan-only
    settings: { scheme: internal, idleTimeout: 2m, selector: [role=edge] }
    guard: { changes-address: allow, drops-connections: approve }
    handover: 0
workers: 1
nodeDebounce: 500ms
driftCheck: 0
audit: { interval: 30m, grace: 1h30m, deleteStrays: true }
leaderElection: { enabled: false }
serving: { address: '::1', port: 0 }
log: { level: debug }
`);

    expect(config).toMatchObject({
      clusterId: 'restored-1',
      classes: [
        {
          default: true,
          mode: 'plan-only',
          settings: { scheme: 'internal', idleTimeout: 120_000, selector: ['role=edge'] },
          guard: { 'changes-address': 'allow', 'drops-connections': 'approve', destroys: 'approve' },
          handoverMs: 0,
        },
      ],
      workers: 1,
      nodeDebounceMs: 500,
      driftCheckMs: 0,
      audit: { intervalMs: 1_800_000, graceMs: 5_400_000, deleteStrays: true },
      leaderElection: { enabled: false, namespace: 'portolan-system', name: 'portolan' },
      serving: { address: '::1', port: 0 },
      log: { level: 'debug' },
    });
    expect(Object.keys(config.classes[0]?.settings ?? {})).toEqual(['scheme', 'idleTimeout', 'selector']);
  });
});

const withClass = (rest: string) => `${head}${providers}classes:\n  - { id: main, name: portolan.dev/main, provider: here, ${rest} }\n`;
const good = head + providers + classes;

describe('a bad file is named with line, path and cause', () => {
  it.each<[string, string, string]>([
    ['unknown key', `${good}worker: 4\n`, 'portolan.yaml:7:1: worker: unknown key worker; did you mean workers?'],
    [
      'unknown nested key',
      `${good}audit:\n  intervall: 1h\n`,
      'portolan.yaml:8:3: audit.intervall: unknown key intervall; did you mean interval?',
    ],
    ['unknown key far from all', `${good}log: { colour: red }\n`, 'portolan.yaml:7:8: log.colour: unknown key colour; known are level'],
    [
      'unknown key of a class',
      withClass('hand-over: 1s'),
      'portolan.yaml:6:58: classes[main].hand-over: unknown key hand-over; did you mean handover?',
    ],
    [
      'unknown guard',
      withClass('guard: { change-address: allow }'),
      'portolan.yaml:6:67: classes[main].guard.change-address: unknown key change-address; did you mean changes-address?',
    ],
    [
      'unknown guard value',
      withClass('guard: { destroys: aprove }'),
      'portolan.yaml:6:67: classes[main].guard.destroys: "aprove" is not one of allow, approve; did you mean approve?',
    ],
    [
      'unknown setting',
      withClass('settings: { idletimeout: 1s }'),
      'portolan.yaml:6:70: classes[main].settings.idletimeout: unknown key idletimeout; did you mean idleTimeout?',
    ],
    [
      'bad setting',
      withClass('settings: { idleTimeout: 1 }'),
      'portolan.yaml:6:70: classes[main].settings.idleTimeout: 1 is not a duration such as 1500ms, 10s, 5m or 1h30m',
    ],
    [
      'contradicting settings',
      withClass('settings: { scheme: public, internal: true }'),
      'portolan.yaml:6:86: classes[main].settings.internal: scheme and internal say different things',
    ],
    [
      'bad duration',
      withClass('handover: 60'),
      'portolan.yaml:6:58: classes[main].handover: 60 is not a duration such as 1500ms, 10s, 5m or 1h30m',
    ],
    [
      'duration out of bounds',
      withClass('handover: 25h'),
      'portolan.yaml:6:58: classes[main].handover: 25h is out of bounds: it must be at least 0s and at most 24h',
    ],
    [
      'unknown kind',
      good.replace('kind: fake', 'kind: fakee'),
      'portolan.yaml:4:19: providers[here].kind: fakee is no kind of provider; known are fake, strict; did you mean fake?',
    ],
    [
      'unknown kind far from all',
      good.replace('kind: fake', 'kind: aws'),
      'portolan.yaml:4:19: providers[here].kind: aws is no kind of provider; known are fake, strict',
    ],
    [
      'class of an unknown provider',
      good.replace('provider: here', 'provider: her'),
      'portolan.yaml:6:42: classes[main].provider: no provider is named her; did you mean here?',
    ],
    [
      'class of a provider far from all',
      good.replace('provider: here', 'provider: elsewhere'),
      'portolan.yaml:6:42: classes[main].provider: no provider is named elsewhere; known are here',
    ],
    [
      'two default classes',
      `${withClass('default: true')}  - { id: b, name: b, provider: here, default: true }\n`,
      'portolan.yaml:7:39: classes[b].default: class main is the default already; there can be one',
    ],
    [
      'repeated class id',
      `${good}  - { id: main, name: b, provider: here }\n`,
      'portolan.yaml:7:7: classes[main].id: main is there already, as classes[0]',
    ],
    [
      'repeated class name',
      `${good}  - { id: b, name: portolan.dev/main, provider: here }\n`,
      'portolan.yaml:7:14: classes[b].name: portolan.dev/main is there already, as classes[0]',
    ],
    [
      'a range that is none',
      good.replace('127.80.0.128/25', '127.80.0.128/40'),
      'portolan.yaml:4:55: providers[here].connection.ranges.public: "127.80.0.128/40" is not a range such as 192.0.2.0/24',
    ],
    [
      'unknown key of a connection',
      good.replace('public:', 'publik:'),
      'portolan.yaml:4:55: providers[here].connection.ranges.publik: unknown key publik; did you mean public?',
    ],
    [
      'a connection without what it needs',
      `${head}providers: [{ name: here, kind: fake }]\n${classes}`,
      'portolan.yaml:3:13: providers[here].connection: ranges is missing: A row.',
    ],
    [
      'a setting that must be there',
      `${head}providers: [{ name: here, kind: strict }]\n${classes}`,
      'portolan.yaml:5:5: classes[main].settings: network is missing: A row.',
    ],
    [
      'id that is no DNS label',
      good.replace('id: main', 'id: Main_1'),
      'portolan.yaml:6:7: classes[Main_1].id: "Main_1" must be a DNS label: lower-case letters, digits and -, not at the ends',
    ],
    [
      'id too long for a finalizer',
      good.replace('id: main', `id: ${'a'.repeat(61)}`),
      `portolan.yaml:6:7: classes[${'a'.repeat(61)}].id: "${'a'.repeat(56)}… must have at most 60 characters`,
    ],
    [
      'provider name that is no DNS label',
      good.replaceAll('here', 'he.re'),
      'portolan.yaml:4:7: providers[he.re].name: "he.re" must be a DNS label: lower-case letters, digits and -, not at the ends',
    ],
    [
      'class name that is not qualified',
      good.replace('portolan.dev/main', 'a/b/c'),
      'portolan.yaml:6:17: classes[main].name: "a/b/c" must be a qualified name such as portolan.dev/main',
    ],
    ['wrong apiVersion', good.replace('dev/v1', 'dev/v2'), 'portolan.yaml:1:1: apiVersion: "portolan.dev/v2" is not portolan.dev/v1'],
    ['wrong kind', good.replace('Config', 'Service'), 'portolan.yaml:2:1: kind: "Service" is not Config'],
    ['no providers', head + classes, 'portolan.yaml: providers is missing'],
    ['empty providers', `${head}providers: []\n${classes}`, 'portolan.yaml:3:1: providers: needs at least one entry'],
    ['missing field', good.replace('id: main, ', ''), 'portolan.yaml:6:5: classes[portolan.dev/main]: id is missing'],
    ['a list for a mapping', `${good}audit: [1]\n`, 'portolan.yaml:7:1: audit: [1] is not a mapping'],
    ['nothing for a mapping', `${good}audit:\n`, 'portolan.yaml:7:1: audit: null is not a mapping'],
    ['a mapping for a list', `${head}${providers}classes: { a: b }\n`, 'portolan.yaml:5:1: classes: {"a":"b"} is not a list'],
    ['a text for a number', `${good}workers: many\n`, 'portolan.yaml:7:1: workers: "many" is not a whole number'],
    ['half a number', `${good}workers: 1.5\n`, 'portolan.yaml:7:1: workers: 1.5 is not a whole number'],
    ['too many', `${good}workers: 1000\n`, 'portolan.yaml:7:1: workers: 1000 must be at most 256'],
    ['too few', `${good}workers: 0\n`, 'portolan.yaml:7:1: workers: 0 must be at least 1'],
    ['yes for true', `${good}leaderElection: { enabled: yes }\n`, 'portolan.yaml:7:19: leaderElection.enabled: "yes" is not true or false'],
    ['a port that is none', `${good}serving: { port: 70000 }\n`, 'portolan.yaml:7:12: serving.port: 70000 must be at most 65535'],
    [
      'an address that is none',
      `${good}serving: { address: localhost }\n`,
      'portolan.yaml:7:12: serving.address: "localhost" must be an IP address',
    ],
    ['a text', 'hello\n', 'portolan.yaml: "hello" is not a mapping'],
    ['nothing but a comment', '# nothing\n', 'portolan.yaml: the file is empty'],
  ])('%s', async (_title, text, line) => {
    expect(await linesOf(text)).toEqual([line]);
  });

  it.each<[string, string, RegExp]>([
    ['broken YAML', `${head}providers: [\n`, /^portolan\.yaml:\d+:\d+: not valid YAML: \S/],
    ['a tab', `${head}audit:\n\tinterval: 1h\n`, /^portolan\.yaml:4:1: not valid YAML: \S/],
    ['a repeated key', `${good}kind: Config\n`, /^portolan\.yaml:7:1: not valid YAML: Map keys must be unique/],
    ['two documents', `${good}---\n${good}`, /^portolan\.yaml:7:1: not valid YAML: \S/],
    ['an unknown tag', `${good}workers: !int8 5\n`, /^portolan\.yaml:7:10: not valid YAML: Unresolved tag/],
    ['an alias without anchor', `${good}workers: *n\n`, /^portolan\.yaml(:7:10)?: not valid YAML: \S/],
  ])('%s', async (_title, text, shape) => {
    expect((await linesOf(text))[0]).toMatch(shape);
  });

  it('shows the first three of many, in the order of the file, and how many more', async () => {
    const lines = await linesOf(`${good}zeta: 1\nworkers: x\nlog: { level: loud }\nserving: { port: -1 }\naudit: 5\n`);

    expect(lines).toEqual([
      expect.stringMatching(/^portolan\.yaml:7:1: zeta: unknown key zeta/),
      'portolan.yaml:8:1: workers: "x" is not a whole number',
      'portolan.yaml:9:8: log.level: "loud" is not one of debug, info, warn, error, silent (and 2 more problems)',
    ]);
  });

  it('a repeated provider name', async () => {
    const twice = good.replace('classes:', '  - { name: here, kind: strict }\nclasses:');
    expect(await linesOf(twice)).toEqual(['portolan.yaml:5:7: providers[here].name: here is there already, as providers[0]']);
  });

  it('names the field, and needs no further remedy', async () => {
    await expect(parse(`${good}worker: 4\n`)).rejects.toMatchObject({ field: 'worker', remedy: '', verdict: 'wait-for-user' });
  });

  it("a provider whose rows could not be reached is the provider's bug", async () => {
    const broken: ProviderKinds = {
      names: ['fake'],
      tables: async () => ({ connection, settings: { a: row({ type: 'string', annotations: ['example.com/a'] }) } }),
    };
    await expect(parseConfig(good, 'f', broken)).rejects.toMatchObject({ code: 'ProviderBug' });
  });
});

describe('rows that depend on the connection', () => {
  const external =
    'providers:\n  - { name: a, kind: ext, connection: { command: a, realm: x } }\n  - { name: b, kind: ext, connection: { command: b, realm: 7 } }\n';
  const served =
    'classes:\n  - { id: a, name: portolan.dev/a, provider: a, settings: { sweet: true } }\n  - { id: b, name: portolan.dev/b, provider: b, settings: { scheme: internal, sour: 1 } }\n';
  const own: AnySettingsTable = { command: row({ type: 'string', required: true }) };
  const asked: unknown[] = [];
  const dependent: ProviderKinds = {
    names: ['ext'],
    tables: async (_kind, given) => {
      asked.push(given);
      if (given['command'] !== 'a') return { connection: own, settings: {}, incomplete: true };
      return { connection: { ...own, realm: row({ type: 'string' }) }, settings: { sweet: row({ type: 'boolean' }) } };
    },
  };

  it('are those of the entry, and what nobody could say yet is left for later', async () => {
    const config = await parseConfig(head + external + served, 'f', dependent);

    expect(asked).toEqual([
      { command: 'a', realm: 'x' },
      { command: 'b', realm: 7 },
    ]);
    expect(config.providers.map(({ connection: parsed }) => parsed)).toEqual([
      { command: 'a', realm: 'x' },
      { command: 'b', realm: 7 },
    ]);
    expect(config.classes.map(({ settings }) => settings)).toEqual([{ sweet: true }, { scheme: 'internal' }]);
  });

  it.each([
    ['sweet: true', 'sweat: true', 'classes[a].settings.sweat: unknown key sweat; did you mean sweet?'],
    ['realm: x', 'relm: x', 'providers[a].connection.relm: unknown key relm; did you mean realm?'],
    ['scheme: internal', 'scheme: inside', 'classes[b].settings.scheme: "inside" is not one of internal, public'],
    ['command: b', 'comand: b', 'providers[b].connection: command is missing'],
  ])('%s instead of %s is seen', async (good, wrong, text) => {
    await expect(parseConfig((head + external + served).replace(good, wrong), 'f', dependent)).rejects.toThrow(text);
  });
});
