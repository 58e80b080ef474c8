import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runDemo, type DemoFlags, type DemoSeams } from './demo.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-command-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function run(flags: Partial<DemoFlags>, seams: DemoSeams = {}, end = new AbortController()) {
  const printed = { out: '', err: '' };
  const io = {
    out: (text: string) => void (printed.out += text),
    err: (text: string) => void (printed.err += text),
    env: {},
    signal: end.signal,
    colour: false,
  };
  const code = await runDemo({ output: 'text', ...flags }, io, seams);
  return { code, ...printed };
}

describe('the command `demo`', () => {
  it('refuses a kubeconfig that is not its own, and leaves it as it is', async () => {
    const kubeconfig = join(folder, 'mine');
    await writeFile(kubeconfig, 'precious\n');

    await expect(run({ empty: true, once: true, kubeconfig })).rejects.toMatchObject({ code: 'InvalidFlag', field: '--kubeconfig' });

    expect(await readFile(kubeconfig, 'utf8')).toBe('precious\n');
  });

  it('refuses to check what a controller does when there is none', async () => {
    await expect(run({ once: true, apiOnly: true })).rejects.toMatchObject({ code: 'InvalidFlag', field: '--once' });
  });

  it('ends with 2 and the lines to type where the machine has only 127.0.0.1', async () => {
    const hold = () => Promise.reject(Object.assign(new Error('listen'), { code: 'EADDRNOTAVAIL' }));

    const { code, out, err } = await run({ once: true }, { hold });

    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain('sudo ifconfig lo0 alias 127.90.0.$i');
    expect(err.trimEnd().split('\n')).toHaveLength(3);
  });

  it('prints a configuration and where to use it with --api-only, and starts no controller', async () => {
    const end = new AbortController();
    const kubeconfig = join(folder, 'kubeconfig');
    const users: string[] = [];

    const { code, out } = await run(
      { apiOnly: true, kubeconfig },
      {
        onReady: (demo) => {
          users.push(...new Set(demo.cluster.api.log.map(({ userAgent }) => userAgent)));
          expect(demo.world.services.all().filter(({ type }) => type === 'LoadBalancer').length).toBeGreaterThan(15);
          end.abort(new Error('enough'));
        },
      },
      end,
    );

    expect(code).toBe(0);
    expect(users).not.toContain('portolan');
    expect(out).toMatch(new RegExp(`portolan controller --config \\S+ --kubeconfig ${kubeconfig}`));
    const config = out.slice(out.indexOf('apiVersion: portolan.dev/v1'), out.indexOf('Taking'));
    expect(parse(config.replaceAll(/^ {2}/gm, ''))).toMatchObject({ kind: 'Config', classes: [{ default: true, handover: '2s' }] });
    await expect(readFile(kubeconfig)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('names the same in one line of JSON', async () => {
    const end = new AbortController();

    const { out } = await run({ apiOnly: true, empty: true, output: 'json' }, { onReady: () => end.abort(new Error('enough')) }, end);

    expect(JSON.parse(out)).toEqual({
      server: expect.stringMatching(/^http:\/\/127\./),
      kubeconfig: expect.any(String),
      config: expect.any(String),
    });
  });

  it('checks an empty cluster in no time, and ends unfinished when it is told to stop', async () => {
    expect(await run({ once: true, empty: true })).toMatchObject({ code: 0, err: '' });

    const end = new AbortController();
    end.abort(new Error('received SIGINT'));
    expect((await run({ once: true }, {}, end)).code).toBe(1);
  });
});
