import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { providers } from '../registry.ts';
import type { LbError } from '../../src/errors.ts';
import { features } from '../../src/model/capabilities.ts';
import { runPass } from '../../src/engine/pass.ts';
import { noCheckpoint } from '../../src/model/checkpoint.ts';
import { defaultGuard } from '../../src/model/load-balancer-class.ts';
import { isSpec, type Want } from '../../src/model/spec.ts';
import type { AnyProvider } from '../../src/provider.ts';
import { lineLimit } from './protocol.ts';
import { commandText } from './settings.ts';
import { Bed, create, owner, spec, toy } from './test-bed.ts';

const folder = mkdtempSync(join(tmpdir(), 'portolan-external-'));
afterAll(() => rmSync(folder, { recursive: true }));
let bed = new Bed();
let provider: AnyProvider | undefined;
afterEach(async () => {
  await provider?.close();
  provider = undefined;
  bed = new Bed();
});
const failure = (work: Promise<unknown>): Promise<LbError> =>
  work.then(
    () => expect.unreachable('it went well'),
    (error: LbError) => error,
  );

describe('the definition', () => {
  it('is what the process says, with the rows of the connection beside those that start it', async () => {
    const definition = await bed.describe({ command: toy() });

    expect(definition).toMatchObject({ kind: 'toy', settleMs: 0, clusterUnit: false, endpointSlices: false });
    expect(Object.keys(definition.connection)).toEqual(['command', 'env', 'directory', 'realm']);
    expect(Object.keys(definition.settings)).toEqual(['flavour']);
  });

  it('without a process is that of the kind, which nobody can make one of', async () => {
    const definition = (await providers['external']?.load())?.provider;

    expect(Object.keys(definition?.connection ?? {})).toEqual(['command', 'env', 'directory']);
    expect(() => definition?.create({}, bed.host)).toThrow('made of its description');
  });

  it('starts the process in its folder and with its variables, which no message repeats', async () => {
    const file = 'here';
    const command = [
      'sh',
      '-c',
      `echo "$TASTE" >> ${file}; exec ${toy()
        .map((word) => `'${word}'`)
        .join(' ')}`,
    ];

    await bed.describe({ command, directory: folder, env: { TASTE: 'secret' } });

    expect(readFileSync(join(folder, file), 'utf8')).toBe('secret\n');
    expect(commandText(command)).toBe('sh -c …');
    expect(commandText(['./my provider', 'a'])).toBe('"./my provider" a');
  });
});

describe('a provider in another process', () => {
  it('is driven through one life by the engine', async () => {
    provider = await bed.started(toy());
    const rules = { policy: defaultGuard, approvals: new Set<string>(), byClass: false };
    const ports = { begin: () => Promise.resolve(), stillPublished: () => 0 };
    const pass = async (want: Want<unknown>) => {
      if (provider === undefined) throw new Error('not started');
      const input = { want, provider, settleMs: 0, maxAgeMs: Number.POSITIVE_INFINITY, rules, planOnly: false };
      return await runPass(input, ports, { clock: bed.clock, call: bed.ctx, checkpoint: noCheckpoint });
    };

    const made = await pass(spec());
    expect(made).toMatchObject({ outcome: 'finished', report: { id: 'toy-1', ingress: [{ ip: '192.0.2.7' }] } });
    expect(await pass(spec())).toMatchObject({ outcome: 'finished', runs: [] });
    const { members, membersDigest } = spec();
    expect(await pass({ frozen: true, owner, members, membersDigest, nodePorts: [] })).toMatchObject({ runs: [] });
    expect(await pass({ gone: true, owner, leave: 'nothing' })).toMatchObject({ outcome: 'finished', runs: [{ outcome: 'done' }] });
    expect(bed.beforeCalls).toBe(2);
  });

  it('is asked in the words of the protocol', async () => {
    const file = join(folder, 'heard');
    provider = await bed.made(toy('notes-what-it-hears', file), { realm: 'oz' });
    await provider.start('read', bed.ctx);
    const { members, membersDigest } = spec();
    const wants: readonly Want<unknown>[] = [
      spec(),
      { frozen: true, owner, members, membersDigest, nodePorts: [] },
      { gone: true, owner, leave: 'everything', settings: { udpIdleTimeout: 60_000 } },
      { cluster: true, owner, members, used: true },
    ];
    for (const want of wants) await provider.observe(want, { maxAgeMs: isSpec(want) ? 0 : Number.POSITIVE_INFINITY }, bed.ctx);
    await provider.close();
    provider = undefined;

    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const heard = lines.map((line) => JSON.parse(line) as Record<string, unknown> & { want?: { kind: string; settings?: unknown } }); // what we sent
    expect(heard.slice(1, 3)).toEqual([
      { id: 1, verb: 'describe', protocol: 'portolan.dev/provider/v1' },
      { id: 2, verb: 'start', mode: 'read', name: 'mine', clusterId: 'cluster-1', connection: { realm: 'oz' } },
    ]);
    expect(heard.slice(3, -1).map(({ want, maxAgeMs }) => [want?.kind, maxAgeMs])).toEqual([
      ['spec', 0],
      ['frozen', undefined],
      ['gone', undefined],
      ['cluster', undefined],
    ]);
    expect(heard[5]?.want?.settings).toEqual({ udpIdleTimeout: 60_000 });
    expect(heard.at(-1)).toMatchObject({ verb: 'close' });
  });

  it('says with its own words why it does not start', async () => {
    provider = await bed.made(toy(), { realm: 'nowhere' });

    expect(await failure(provider.start('control', bed.ctx))).toMatchObject({
      code: 'PermissionDenied',
      text: 'there is no such realm',
      remedy: 'Name one.',
    });
    expect(await failure(provider.observe(spec(), { maxAgeMs: 0 }, bed.ctx))).toMatchObject({ code: 'ProviderProcessFailed' });
  });

  it('can do what its rule says of the settings', async () => {
    provider = await bed.started(toy());

    expect(provider.capabilities({ flavour: 'plain' })).toEqual(Object.fromEntries(features.map((feature) => [feature, true])));
    expect(provider.capabilities({ flavour: 'salty' }).udp).toEqual({ lacks: 'salt eats datagrams' });
    expect(provider.capabilities({ flavour: 'salty' }).tcp).toBe(true);
    expect(provider.permissions()).toEqual([{ action: 'toy', why: 'to play', mutates: true }]);
  });

  it('lists all pages, and is stopped where they have no end', async () => {
    provider = await bed.started(toy());
    const ids: string[] = [];
    for await (const { id } of provider.inventory(bed.ctx)) ids.push(id);
    expect(ids).toEqual(['toy-1', 'toy-2']);
    await provider.close();

    for (const how of ['endless', 'counting']) {
      provider = await bed.started(toy(how));
      const inventory = provider.inventory(bed.ctx)[Symbol.asyncIterator]();
      const all = async () => {
        while ((await inventory.next()).done !== true);
      };
      expect(await failure(all())).toMatchObject({ code: 'BadAnswer', text: 'the pages of the inventory have no end' });
      await provider.close();
    }
  });

  it('asks for a look when it likes', async () => {
    provider = await bed.started(toy());
    const changes = provider.changes?.(bed.stop.signal)[Symbol.asyncIterator]();

    expect(await provider.apply(create, bed.ctx)).toEqual({ outputs: { id: 'toy-1' } });

    expect(await changes?.next()).toEqual({ done: false, value: 'all-waiting' });
    const end = changes?.next();
    bed.stop.abort(new Error('enough'));
    expect(await end).toEqual({ done: true, value: undefined });
  });

  it('is not asked what is too long to be said, and lives on', async () => {
    provider = await bed.started(toy());
    const have = { own: [], more: 'x'.repeat(lineLimit) };

    expect(await failure(Promise.resolve(provider.plan(spec(), have)))).toMatchObject({ code: 'ProviderBug' });
    expect(await failure(provider.apply({ ...create, op: have }, bed.ctx))).toMatchObject({ code: 'ProviderBug', verdict: 'bug' });
    expect(await provider.plan(spec(), { own: [] })).toMatchObject({ steps: [{}] });
  });

  it('may say much on stderr; the log shows some of it', async () => {
    provider = await bed.started(toy('floods-stderr'));
    await provider.close();
    provider = undefined;

    const said = bed.said.filter(({ message }) => message === 'the provider says');
    expect(said.length).toBeGreaterThanOrEqual(100);
    expect(said.length).toBeLessThan(1_000);
    expect(bed.said.some(({ message }) => message.includes('lines were left out'))).toBe(true);
  });

  it('is killed five seconds after it was asked to end', { timeout: 15_000 }, async () => {
    provider = await bed.started(toy('never-ends'));
    const start = performance.now();

    await provider.close();
    provider = undefined;

    expect(performance.now() - start).toBeGreaterThan(4_900);
  });
});

it('the process ends with the one that started it, also where that is killed', async () => {
  const script = `
    import { Session } from '${join(import.meta.dirname, 'process/session.ts')}';
    import { systemClock } from '${join(import.meta.dirname, '../../src/clock.ts')}';
    import { silentLog } from '${join(import.meta.dirname, '../../src/log.ts')}';
    const session = new Session({ command: ${JSON.stringify(toy())} }, systemClock, silentLog);
    const { result } = await session.send({ verb: 'observe', body: { want: ${JSON.stringify(spec())} } }, systemClock);
    console.log(result.have.pid);`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]; // the pid and a newline
  const pid = Number(line);
  expect(process.kill(pid, 0)).toBe(true);

  parent.kill('SIGKILL');

  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 5_000);
});

it('an error in the process fails one call and nothing else', async () => {
  provider = await bed.started(toy());
  const badOp = { ...create, op: {} };

  expect(await failure(Promise.resolve(provider.plan(spec(), null)))).toMatchObject({ code: 'InternalError', verdict: 'bug' });
  expect(await failure(provider.apply({ ...badOp, op: null }, bed.ctx))).toMatchObject({ code: 'InternalError', verdict: 'bug' });
  await vi.waitFor(() => expect(provider?.problem?.()).toBeUndefined());
});
