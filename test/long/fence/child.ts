/**
 * `portolan controller --config F --kubeconfig K` as a process of its own that stops itself (SIGSTOP) the first time it reaches
 * a checkpoint, in the very turn in which it does.
 */
import { runAsProcess } from '../run-as-process.ts';

const [config = '', kubeconfig = '', stopAt = ''] = process.argv.slice(2);
let stopped = false;

await runAsProcess({ config, kubeconfig }, (name) => {
  if (name !== stopAt || stopped) return;
  stopped = true;
  process.kill(process.pid, 'SIGSTOP');
});
