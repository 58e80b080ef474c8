import { runController } from '../../src/commands/controller.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import type { ReachCheckpoint } from '../../src/model/checkpoint.ts';

/** `portolan controller --config F --kubeconfig K` as all of this process, until SIGTERM. Product code knows of no test. */
export async function runAsProcess(
  paths: { readonly config: string; readonly kubeconfig: string },
  reached: ReachCheckpoint,
): Promise<never> {
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort(new Error('received SIGTERM')));
  const surroundings = {
    out: (text: string) => void process.stdout.write(text),
    err: (text: string) => void process.stderr.write(text),
    env: readEnvironment(),
    signal: stop.signal,
    colour: false,
  };
  process.exit(await runController(paths, surroundings, reached));
}
