import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { SecondDraw, withoutSecondDraws } from '../fixtures/replay/draws.ts';
import { Player, type Door } from '../fixtures/replay/player.ts';
import type { RecordedAnswer, Recording } from '../fixtures/replay/recording.ts';
import { httpDoor, type ApiServer } from '../fixtures/replay/http-door.ts';
import { requestOf, type Answers, type Area, type Step } from './recordings/steps.ts';

const help = `Usage: node test/real/record-kube.ts [--area NAME]... [--into DIR] [--server URL --token TOKEN [--ca FILE]]

Asks a real kube-apiserver everything that test/real/recordings lists, and writes each question with its masked answer into
test/fixtures/kube, one file per area. 'npm test' replays those files on the embedded API.

Each area gets an empty server of its own from test/real/kube-up.sh, without controllers, which is wiped afterwards. Two runs
write the same bytes: an area in which the server draws a node port or an address a second time by chance is recorded again.
A step whose status is not the one its author meant stops the run.

  --area NAME    only this area (may be given several times); the name is that of its file in test/real/recordings
  --server URL   ask this server instead. It must be empty, so name one --area; areas that need flags of the server or
                 compact its history do not work this way
  --token TOKEN  bearer token of an administrator, with --server
  --ca FILE      certificate of the authority that signed the server's own, PEM
  --into DIR     write there instead of test/fixtures/kube
  --port PORT    first of the four loopback ports of kube-up.sh (26140)
  --help         this text
`;

const here = import.meta.dirname;
const fixtures = join(here, '../fixtures/kube');
/** A run that draws something twice by chance is one in ten at worst, so that this many in a row are no chance. */
const attempts = 5;
const defaultCidrs = ['10.96.0.0/16', 'fd00:10:96::/112'];

const flags = {
  area: { type: 'string', multiple: true },
  server: { type: 'string' },
  token: { type: 'string', default: '' },
  ca: { type: 'string' },
  into: { type: 'string', default: fixtures },
  port: { type: 'string', default: '26140' },
  help: { type: 'boolean', default: false },
} as const; // parseArgs reads the literal types

type Options = ReturnType<typeof parseArgs<{ options: typeof flags }>>['values'];

try {
  const { values: options } = parseArgs({ options: flags });
  if (options.help) process.stdout.write(help);
  else for (const area of await areas(options.area)) await recordWithoutChance(area, options);
} catch (thrown) {
  process.stderr.write(`record-kube: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
}

async function areas(wanted: readonly string[] | undefined): Promise<readonly Area[]> {
  const names = readdirSync(join(here, 'recordings'))
    .filter((file) => file.endsWith('.area.ts'))
    .map((file) => file.slice(0, -'.area.ts'.length));
  const unknown = wanted?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`no area ${unknown}; there are ${names.join(', ')}`);
  return Promise.all((wanted ?? names).map(async (name) => ((await import(`./recordings/${name}.area.ts`)) as { area: Area }).area)); // each file exports one
}

/** @throws SecondDraw where chance strikes every time, or where there is no second server to ask. */
async function recordWithoutChance(area: Area, options: Options): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await record(area, options);
    } catch (thrown) {
      if (!(thrown instanceof SecondDraw) || attempt === attempts || options.server !== undefined) throw thrown;
      process.stderr.write(`record-kube: ${area.area} again from an empty server: ${thrown.message}\n`);
    }
  }
}

async function record(area: Area, options: Options): Promise<void> {
  const cidrs = area.serviceCidrs ?? defaultCidrs;
  const env = {
    ...process.env,
    KUBE_UP_DIR: join(tmpdir(), `portolan-record-${options.port}`),
    KUBE_UP_PORT: options.port,
    KUBE_UP_OWNER: String(process.pid),
    KUBE_UP_SERVICE_RANGE: cidrs.join(','),
    KUBE_UP_APISERVER_ARGS: area.apiserverArgs ?? '',
  };
  const kubeUp = (...args: readonly string[]) =>
    execFileSync(join(here, 'kube-up.sh'), args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const own = options.server === undefined;
  try {
    if (own) {
      kubeUp('wipe');
      kubeUp('up', '--no-controllers');
    }
    const server = givenServer(options) ?? readKubeconfig(env.KUBE_UP_DIR);
    const door = httpDoor(server, async () => void kubeUp('compact'));
    try {
      const recording = await play(area, cidrs, door);
      writeFileSync(join(options.into, `${area.area}.json`), `${JSON.stringify(recording, null, 1)}\n`);
      process.stdout.write(`${area.area}: ${recording.pairs.length}\n`);
    } finally {
      await door.close();
    }
  } finally {
    if (own) kubeUp('wipe');
  }
}

function givenServer({ server, token, ca }: Options): ApiServer | undefined {
  if (server === undefined) return undefined;
  return { url: server, token, ...(ca === undefined ? {} : { ca: readFileSync(ca, 'utf8') }) };
}

function readKubeconfig(dir: string): ApiServer {
  const config = parse(readFileSync(join(dir, 'kubeconfig'), 'utf8')) as {
    clusters: [{ cluster: Record<string, string> }];
    users: [{ user: { token: string } }];
  }; // as kube-up.sh writes it
  const { cluster } = config.clusters[0];
  return {
    url: cluster['server'] ?? '',
    token: config.users[0].user.token,
    ca: Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64').toString(),
  };
}

async function play(area: Area, serviceCidrs: readonly string[], door: Door): Promise<Recording> {
  const player = new Player(withoutSecondDraws(door), serviceCidrs);
  const answered = new Map<string, RecordedAnswer>();
  const pairs: Recording['pairs'][number][] = [];
  const surprises: string[] = [];
  const version = await door.send({ method: 'GET', path: '/version', headers: {} });
  const namespaces = area.namespaces ?? [];
  await player.prepare(namespaces);
  for (const step of area.steps) {
    if (answered.has(step.name)) throw new Error(`${area.area}: two steps are called "${step.name}"`);
    if (step.compact) {
      await player.compact();
      pairs.push({ name: step.name, compact: true });
      continue;
    }
    const request = requestOf(step, reading(answered));
    const exchange = { name: step.name, request, ...(step.watch === undefined ? {} : { watch: step.watch }) };
    const response = await player.play(exchange);
    surprises.push(...surprise(step, response));
    answered.set(step.name, response);
    pairs.push({ ...exchange, response });
  }
  if (surprises.length > 0) throw new Error(`${area.area}:\n${surprises.join('\n')}`);
  const kubernetes = (JSON.parse(version.body) as { gitVersion: string }).gitVersion; // GET /version
  return { area: area.area, title: area.title, kubernetes, serviceCidrs, namespaces, pairs };
}

function surprise(step: Step, { status, body, text, events }: RecordedAnswer): readonly string[] {
  if (status !== step.status)
    return [`"${step.name}" was meant to show ${step.status}, the answer is ${status} ${JSON.stringify(body ?? text)}`];
  if (events?.length !== step.watch) return [`"${step.name}" was meant to show ${step.watch} events: ${JSON.stringify(events)}`];
  return [];
}

function reading(answered: ReadonlyMap<string, RecordedAnswer>): Answers {
  const body = (step: string): JsonObject => {
    const found = answered.get(step)?.body;
    if (found === null || typeof found !== 'object' || Array.isArray(found)) throw new Error(`no step "${step}" answered with an object`);
    return found as JsonObject; // neither array nor null
  };
  const at = (step: string, pointer: string): string => {
    let value: Json | undefined = body(step);
    for (const key of pointer.split('/').slice(1)) value = (value as Record<string, Json> | undefined)?.[key]; // walks JSON; a wrong turn ends undefined
    if (typeof value !== 'string') throw new Error(`the answer of "${step}" has no text at ${pointer}`);
    return value;
  };
  return { body, at };
}
