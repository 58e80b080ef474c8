/**
 * `portolan controller --config F --kubeconfig K` as a process of its own that dies where the test says: by an argument for
 * what happens from its first instruction on, or by a message for what happens from then on. Product code knows of neither.
 */
import { runController } from '../../../src/commands/controller.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import type { Checkpoint } from '../../../src/model/checkpoint.ts';
import { parseDoom, type Order, type Told } from './doom.ts';

const [config = '', kubeconfig = '', first = ''] = process.argv.slice(2);
const stop = new AbortController();
let reached: Partial<Record<Checkpoint, number>> = {};
let doom = parseDoom(first);

process.on('SIGTERM', () => stop.abort(new Error('received SIGTERM')));
// Nobody is left behind when the test itself is ended.
process.on('disconnect', () => process.exit(1));
process.on('message', ({ doom: next, tell }: Order) => {
  const told: Told = { told: tell, reached };
  reached = {};
  doom = next;
  process.send?.(told);
});

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
    const count = (reached[name] ?? 0) + 1;
    reached[name] = count;
    if (doom?.at === name && doom.occurrence === count) process.kill(process.pid, 'SIGKILL');
  },
);
process.exit(code);
