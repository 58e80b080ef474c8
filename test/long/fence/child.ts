/**
 * `portolan controller --config F --kubeconfig K` as a process of its own that stops itself (SIGSTOP) the first time it reaches
 * a checkpoint, in the very turn in which it does. Product code knows nothing of it.
 */
import { runController } from '../../../src/commands/controller.ts';
import { readEnvironment } from '../../../src/config/environment.ts';

const [config = '', kubeconfig = '', stopAt = ''] = process.argv.slice(2);
const stop = new AbortController();
let stopped = false;

process.on('SIGTERM', () => stop.abort(new Error('received SIGTERM')));
const code = await runController(
  { config, kubeconfig },
  {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    env: readEnvironment(),
    signal: stop.signal,
    colour: false,
  },
  (name) => {
    if (name !== stopAt || stopped) return;
    stopped = true;
    process.kill(process.pid, 'SIGSTOP');
  },
);
process.exit(code);
