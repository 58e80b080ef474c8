/**
 * `portolan controller --config F --kubeconfig K` as a process of its own that dies where the test says: by an argument for
 * what happens from its first instruction on, or by a message for what happens from then on.
 */
import type { Checkpoint } from '../../../src/model/checkpoint.ts';
import { runAsProcess } from '../run-as-process.ts';
import { parseDoom, type Order, type Told } from './doom.ts';

const [config = '', kubeconfig = '', first = ''] = process.argv.slice(2);
let reached: Partial<Record<Checkpoint, number>> = {};
let doom = parseDoom(first);

// Nobody is left behind when the test itself is ended.
process.on('disconnect', () => process.exit(1));
process.on('message', ({ doom: next, tell }: Order) => {
  const told: Told = { told: tell, reached };
  reached = {};
  doom = next;
  process.send?.(told);
});

await runAsProcess({ config, kubeconfig }, (name) => {
  const count = (reached[name] ?? 0) + 1;
  reached[name] = count;
  if (doom?.at === name && doom.occurrence === count) process.kill(process.pid, 'SIGKILL');
});
