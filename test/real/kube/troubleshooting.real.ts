import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runExplain } from '../../../src/commands/explain.ts';
import { ranWith } from '../../builders/command-run.ts';
import { startControlPlane, missingForControlPlane, portBase, type ControlPlane } from '../control-plane.ts';
import { controllerHome, type ControllerProcess } from '../controller-process.ts';
import { kubectls, runKubectl } from '../kubectl/run-kubectl.ts';
import { realSuite } from '../real-suite.ts';
import { failures, type Failure } from '../troubleshooting/failures.ts';
import { blocksOf, pageWith, shownOn } from '../troubleshooting/page.ts';
import { answerOf, eventsOf, maskedOutput } from '../troubleshooting/shown-output.ts';

const file = join(import.meta.dirname, '../../../docs/guide/troubleshooting.md');
const writes = process.env['PORTOLAN_WRITE_DOCS'] === '1';
// Runs side by side take networks of their own of the loopback range.
const network = `127.94.${process.pid % 256}`;
const all = failures(network);

realSuite('the troubleshooting page', missingForControlPlane(), () => {
  let kube: ControlPlane;
  let home: Awaited<ReturnType<typeof controllerHome>>;
  let controller: ControllerProcess;
  let page: string;

  beforeAll(async () => {
    page = await readFile(file, 'utf8');
    kube = await startControlPlane(portBase(2));
    home = await controllerHome(configIn);
    for (const [name, address] of [['node-1', `${network}.11`] as const, ['node-2', `${network}.12`] as const])
      await addNode(name, address);
    controller = home.start(kube.kubeconfig);
  });

  afterAll(async () => {
    await controller?.stop();
    await home?.remove();
    await kube?.wipe();
    if (writes) await writeFile(file, page);
  });

  test.each(all)('$name', async (failure) => {
    for (const { args, stdin } of failure.steps) await kubectl(args, stdin);
    const output = await vi.waitFor(
      async () => {
        const told = await outputOf(failure);
        if (!writes) expect(maskedOutput(told), controller.log()).toBe(maskedOutput(shownOn(page, failure.name)));
        return told;
      },
      { timeout: 60_000, interval: 200 },
    );
    if (writes) page = pageWith(page, failure.name, output);
  });

  test('has a block for each failure, and no other', () => {
    expect(blocksOf(page).toSorted()).toEqual(all.map(({ name }) => name).toSorted());
  });

  /** What a user sees once the controller has said what there is to say. */
  async function outputOf({ service, reason, event = '' }: Failure): Promise<string> {
    const described = await kubectl(['describe', 'service', service]);
    expect(described).toContain(event);
    const explained = await explain(service);
    expect(answerOf(explained)).toContain(reason);
    const commands = [
      [`kubectl describe service ${service}`, eventsOf(described)],
      [`npx portolan explain default/${service}`, answerOf(explained)],
    ];
    return commands.map(([command, output]) => `$ ${command}\n${shown(output ?? '')}\n`).join('');
  }

  /** As on the machine of a reader: his own network, his own folder. */
  const shown = (output: string): string => output.replaceAll(network, '127.80.0').replaceAll(home.folder, '/var/lib/portolan');

  async function explain(service: string): Promise<string> {
    const flags = { config: home.config, kubeconfig: kube.kubeconfig, output: 'text' } as const; // as the command line gives it
    return (await ranWith((io) => runExplain(`default/${service}`, flags, io))).out;
  }

  async function kubectl(args: readonly string[], stdin?: string): Promise<string> {
    const [newest] = kubectls();
    if (newest === undefined) throw new Error('kube-up.sh build has built no kubectl');
    const { text, exit } = await runKubectl(newest, kube.kubeconfig, home.folder, { args, stdin });
    expect(exit, `kubectl ${args.join(' ')}: ${text}`).toBe(0);
    return text;
  }

  async function addNode(name: string, address: string): Promise<void> {
    const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }];
    const status = { addresses: [{ type: 'InternalIP', address }], conditions };
    await kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name } }));
    await kubectl(['patch', 'node', name, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status })]);
  }
});

/** One class as most have it, one that has two addresses, and one whose provider cannot start. */
const configIn = (folder: string): string => `apiVersion: portolan.dev/v1
kind: Config
providers:
  - name: here
    kind: local
    connection: { ranges: { public: [${network}.128/25], internal: [${network}.64/26] }, stateFile: ${folder}/state.json }
  - name: small
    kind: local
    connection: { ranges: { public: [${network}.32/30] }, stateFile: ${folder}/small.json }
  - name: broken
    kind: local
    connection: { ranges: { public: [${network}.40/29] }, stateFile: ${folder}/missing/state.json }
classes:
  - { id: local, name: portolan.dev/local, default: true, provider: here }
  - { id: small, name: example.com/small, provider: small }
  - { id: broken, name: example.com/broken, provider: broken }
leaderElection: { enabled: false }
serving: { address: 127.0.0.1, port: 0 }
`;
