import type { ExitCode, Io } from '../../src/commands/io.ts';
import type { OpenSurroundings, Surroundings } from '../../src/commands/look/surroundings.ts';
import { KubeClient } from '../../src/kube/client.ts';
import { silentLog } from '../../src/log.ts';
import { providerName } from '../../src/model/ids.ts';
import type { AnyProviderDefinition } from '../../src/provider.ts';
import type { World } from '../scenarios/world.ts';

/** What a command that only looks needs, over a world; reads are not tried again, so that nothing waits. */
export function surroundingsOf(
  world: World,
  definitions: Readonly<Record<string, AnyProviderDefinition>>,
  patch: Partial<Surroundings> = {},
): OpenSurroundings {
  const surroundings: Surroundings = {
    config: world.config,
    entries: Object.entries(definitions).map(([name, definition]) => ({ name: providerName(name), definition, connection: {} })),
    client: new KubeClient({ transport: world.api.transport, clock: world.clock }),
    namespace: 'default',
    clock: world.clock,
    log: silentLog,
    retry: { times: 0, waitMs: 0 },
    close: () => Promise.resolve(),
    ...patch,
  };
  return () => Promise.resolve(surroundings);
}

/** A command's run, with what it printed. */
export interface Ran {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

export async function ranWith(run: (io: Io) => Promise<ExitCode>, colour = false): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run({
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    env: {},
    signal: new AbortController().signal,
    colour,
  });
  return { code, out: out.join(''), err: err.join('') };
}
