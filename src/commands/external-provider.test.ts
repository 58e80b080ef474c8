import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { toy } from '../../providers/external/test-bed.ts';
import { sampleNamespace, samples } from './demo/samples.ts';
import { applySamples } from './demo/sample-story.ts';
import { expectAnswers, expectServed } from './demo/service-checks.ts';
import { checkChanges } from './demo/checks.ts';
import type { Demo } from './demo/running.ts';
import { runController } from './controller.ts';
import { runDemo } from './demo.ts';
import { python } from '../../test/fixtures/external-provider/python.ts';

const program = join(import.meta.dirname, '../../docs/guide/sample-provider/provider.py');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'external-provider-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Entry {
  readonly id: string;
  readonly default?: boolean;
  readonly connection: object;
  readonly settings?: object;
}

/** A configuration with an external provider per class. */
async function configOf({ range }: Demo, entries: readonly Entry[]): Promise<string> {
  const path = join(folder, 'portolan.yaml');
  const providers = entries.map(({ id, connection }) => ({ name: id, kind: 'external', connection }));
  const classes = entries.map(({ id, default: isDefault = false, settings = {} }) => ({
    id,
    name: `portolan.dev/${id}`,
    default: isDefault,
    provider: id,
    handover: '1s',
    settings,
  }));
  await writeFile(
    path,
    stringify({
      apiVersion: 'portolan.dev/v1',
      kind: 'Config',
      providers,
      classes,
      leaderElection: { enabled: false },
      nodeDebounce: '100ms',
      serving: { address: range.api, port: 0 },
    }),
  );
  return path;
}

const cloud = ({ range }: Demo) => ({
  command: ['python3', program],
  stateFile: join(folder, 'cloud.json'),
  publicRange: range.public,
  internalRange: range.internal,
});

/** The demo's cluster with a controller of its own, until the story is told. */
async function withController(
  makeConfig: (demo: Demo) => Promise<string>,
  story: (demo: Demo, log: () => string) => Promise<void>,
): Promise<string> {
  const [demoEnd, controllerEnd] = [new AbortController(), new AbortController()];
  let log = '';
  const failures: unknown[] = [];
  const io = (signal: AbortSignal) => ({ out: () => {}, err: (text: string) => void (log += text), env: {}, signal, colour: false });
  const onReady = async (demo: Demo) => {
    await applySamples(demo.world);
    const controller = runController({ config: await makeConfig(demo), kubeconfig: demo.kubeconfig }, io(controllerEnd.signal));
    try {
      await story(demo, () => log);
    } catch (thrown) {
      // The demo takes what happens when it is asked to end for its end.
      failures.push(thrown);
    } finally {
      controllerEnd.abort(new Error('the story is told'));
      await controller;
      demoEnd.abort(new Error('the story is told'));
    }
  };
  await runDemo({ apiOnly: true, empty: true, output: 'text', kubeconfig: join(folder, 'kubeconfig') }, io(demoEnd.signal), { onReady });
  expect(failures).toEqual([]);
  return log;
}

describe('portolan controller with a provider in another process', () => {
  it.skipIf(!python)("serves the demo's Services with real traffic (needs python3 3.11)", { timeout: 60_000 }, async () => {
    const log = await withController(
      (demo) => configOf(demo, [{ id: 'sample', default: true, connection: cloud(demo), settings: { udpIdleTimeout: '5s' } }]),
      async ({ world, range }) => {
        const names = samples.map(({ manifest }) => (manifest['metadata'] as { name: string }).name); // our own manifests
        for (const name of names) {
          await expectServed(world, sampleNamespace, name, name.startsWith('internal') ? range.internal : range.public);
        }
        await Promise.all(
          world.services
            .all()
            .filter(({ namespace }) => namespace === sampleNamespace)
            .map((service) => expectAnswers(world, service)),
        );
        await checkChanges(world);
        expect(world.checklist.failures).toEqual([]);
        const state = JSON.parse(await readFile(join(folder, 'cloud.json'), 'utf8')) as { balancers: { settings: object }[] }; // the sample's own file
        expect(state.balancers.every(({ settings }) => JSON.stringify(settings) === '{"udpIdleTimeout":5000}')).toBe(true);
      },
    );
    expect(log).not.toContain('"level":"error"');
  });

  it('one that cannot be asked what it is hurts no other class, and is served by its own settings when it can', {
    timeout: 60_000,
  }, async () => {
    const late = join(folder, 'late.mjs');
    const connection = { command: [process.execPath, late], realm: 'oz' };
    await withController(
      (demo) =>
        configOf(demo, [
          { id: 'toy', default: true, connection: { command: toy() } },
          { id: 'late', connection, settings: { flavour: 'salty' } },
        ]),
      async ({ world }, log) => {
        const make = (name: string, protocol: 'TCP' | 'UDP') =>
          world.user.create({
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name, namespace: sampleNamespace },
            spec: {
              type: 'LoadBalancer',
              loadBalancerClass: 'portolan.dev/late',
              ports: [{ port: 1234, protocol }],
              selector: { app: name },
            },
          });
        const says = (name: string, words: string) =>
          world.checklist.expect(`${name} says ${words}`, () => {
            const conditions = JSON.stringify(world.services.get(sampleNamespace, name)?.conditions ?? []);
            return conditions.includes(words) ? undefined : conditions;
          });
        await make('late-tcp', 'TCP');
        await says('late-tcp', "provider late does not run: the provider's process");
        await says('web', 'Programmed');
        await copyFile(toy()[1] ?? '', late);
        await says('late-tcp', '"reason":"Programmed"');
        await make('late-udp', 'UDP');
        await says('late-udp', 'salt eats datagrams');
        expect(world.checklist.failures).toEqual([]);
        expect(log()).toContain('provider did not start');
      },
    );
  });
});
