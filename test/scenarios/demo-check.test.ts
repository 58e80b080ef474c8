import { describe, expect, it } from 'vitest';
import { DiskStateFile } from '../../providers/local/api/disk-state-file.ts';
import { MachineNetwork } from '../../providers/local/api/machine-network.ts';
import type { Endpoint, Listening, TcpConnection } from '../../providers/local/api/network.ts';
import { provider } from '../../providers/local/index.ts';
import { LocalProvider } from '../../providers/local/local-provider.ts';
import type { ProviderDefinition } from '../../src/provider.ts';
import type { Connection, Settings } from '../../providers/local/settings.ts';
import { systemClock } from '../../src/clock.ts';
import { runDemo, type DemoSeams } from '../../src/commands/demo.ts';
import type { Demo } from '../../src/commands/demo/running.ts';
import { samplePort } from '../../src/commands/demo/samples.ts';
import { addressOf } from '../../src/commands/demo/service-checks.ts';

/** The machine's network, of which a listener can be closed without anybody noticing. */
class TornNetwork extends MachineNetwork {
  readonly #listening = new Map<string, Listening>();

  override async listenTcp(at: Endpoint, accept: (connection: TcpConnection) => void, closed: () => void): Promise<Listening> {
    const listening = await super.listenTcp(at, accept, closed);
    this.#listening.set(`${at.address}:${at.port}`, listening);
    return listening;
  }

  async tear(address: string, port: number): Promise<void> {
    const listening = this.#listening.get(`${address}:${port}`);
    if (listening === undefined) throw new Error(`nobody listens on ${address}:${port}`);
    await listening.close();
  }
}

const localOn = (network: MachineNetwork): ProviderDefinition<Connection, Settings> => ({
  ...provider,
  create: (of, host) => new LocalProvider(of, host, { network, stateFile: new DiskStateFile(of.stateFile, host.checkpoint) }),
});

async function once(onReady: (demo: Demo) => Promise<void>, seams: DemoSeams = {}) {
  const printed = { out: '', err: '' };
  const io = {
    out: (text: string) => void (printed.out += text),
    err: (text: string) => void (printed.err += text),
    env: {},
    signal: new AbortController().signal,
    colour: false,
  };
  const code = await runDemo({ once: true, output: 'json' }, io, { onReady, ...seams });
  return { code, ...printed };
}

describe('what `demo --once` checks', () => {
  it('is good when nothing is broken, and every request is told', async () => {
    const { code, out, err } = await once(async () => {});

    expect(err).toContain('All checks passed.');
    expect(code).toBe(0);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines.length).toBeGreaterThan(100);
    for (const line of lines) expect(line).toMatchObject({ to: expect.any(String), address: expect.any(String), port: expect.any(Number) });
  }, 60_000);

  it('fails when one node has lost its node ports', async () => {
    const { code, err } = await once((demo) => demo.cluster.toyNodes.closeNodePorts('node-2'), { patienceMs: 3_000 });

    expect(code).toBe(3);
    expect(err).toMatch(/✗ demo\/web TCP .* is answered by node-1, node-2, node-3\n {6}TCP .* was never answered by node-2/);
    expect(err).toMatch(/\d+ checks failed\.\n$/);
  }, 60_000);

  it('fails when one listener of one load balancer is gone', async () => {
    const network = new TornNetwork(systemClock);
    const tear = (demo: Demo) => network.tear(addressOf(demo.world.services.get('demo', 'web')) ?? '', samplePort);

    const { code, err } = await once(tear, {
      patienceMs: 3_000,
      providers: async (config) => config.providers.map(({ name, connection }) => ({ name, connection, definition: localOn(network) })),
    });

    expect(code).toBe(3);
    expect(err).toMatch(/✗ demo\/web TCP .* is answered by .*\n {6}TCP .*:18080 was answered with ECONNREFUSED/);
    expect(err).toMatch(/\n1 check failed\.\n$/);
  }, 60_000);
});
