import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi, type Assertion } from 'vitest';
import { missingForControlPlane } from '../control-plane.ts';
import { realSuite } from '../real-suite.ts';
import { startDemo, startReal, type Cluster } from './clusters.ts';
import { masked } from './mask.ts';
import { kubectls, runKubectl, type Invocation, type Kubectl } from './run-kubectl.ts';
import { storiesOfLife } from './stories-of-life.ts';
import { storiesOfReading } from './stories-of-reading.ts';
import { storiesOfWriting } from './stories-of-writing.ts';
import type { Step } from './story.ts';

const patience = { timeout: 30_000, interval: 100 };
const stories = [...storiesOfReading, ...storiesOfWriting, ...storiesOfLife];

realSuite('a stock kubectl', missingForControlPlane(), () => {
  let demo: Cluster;
  let real: Cluster;
  let home: string;
  let newest: readonly Kubectl[];
  let all: readonly Kubectl[];

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'portolan-kubectl-home-'));
    demo = await startDemo();
    real = await startReal(demo);
    // Only now: the first of them may have been built together with the control plane.
    all = kubectls();
    newest = all.slice(0, 1);
  });

  afterAll(async () => {
    await real?.close();
    await demo?.close();
    await rm(home, { recursive: true, force: true });
  });

  test.each(stories)('$name', async ({ name, steps, older }) => {
    for (const kubectl of older ? all : newest) {
      const namespace = `${name}-${kubectl.version.replaceAll('.', '-')}`;
      const on = async ({ kubeconfig }: Cluster, invocation: Invocation): Promise<string> => {
        const { text, exit } = await runKubectl(kubectl, kubeconfig, home, { ...invocation, args: ['-n', namespace, ...invocation.args] });
        return `${masked(text, home)}\nexit ${exit}`;
      };
      await Promise.all([demo, real].map((cluster) => on(cluster, namespaceOf('apply', namespace))));
      for (const step of steps) {
        const saidBy = (cluster: Cluster) =>
          on(
            cluster,
            invocationOf(step, (args) => void on(cluster, { args })),
          );
        const command = `kubectl ${kubectl.version} ${step.args.join(' ')}`;
        let heard: readonly string[] = [];
        const ask = async () => (heard = await Promise.all([demo, real].map(saidBy)));
        if (step.eventually) await vi.waitFor(async () => compare(step, command, await ask(), expect), patience).catch(() => {});
        else await ask();
        compare(step, command, heard, expect.soft);
      }
      await Promise.all([demo, real].map((cluster) => on(cluster, namespaceOf('delete --wait=false', namespace))));
    }
  });
});

const namespaceOf = (verb: string, name: string): Invocation => ({
  args: [...verb.split(' '), '-f', '-'],
  stdin: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
});

const invocationOf = ({ args, stdin, env, during }: Step, second: (args: readonly string[]) => void): Invocation => ({
  args,
  stdin,
  env,
  when: during === undefined ? undefined : { says: during.says, call: () => second(during.args) },
});

/** All differences of a story are told, not only the first one. */
function compare(
  { only, part, instead }: Step,
  command: string,
  [embedded = '', real = '']: readonly string[],
  check: (value: unknown, message: string) => Assertion,
): void {
  const lines = (text: string) => text.split('\n').filter((line) => only?.test(line) ?? true);
  check(lines(embedded), `${command}: there is something to compare`).not.toEqual([]);
  if (instead !== undefined) {
    check(embedded, command).toMatch(instead);
    check(real, command).not.toMatch(instead);
  } else if (part) {
    check(lines(real), command).toEqual(expect.arrayContaining(lines(embedded)));
  } else {
    check(lines(embedded), command).toEqual(lines(real));
  }
}
