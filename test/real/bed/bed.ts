import { spawnSync } from 'node:child_process';
import { missingForControlPlane, startControlPlane, type ControlPlane } from '../control-plane.ts';

/** A real Kubernetes with nodes: network namespaces with a real kube-proxy each, a Pod `echo-I` behind each, and a client. */
export interface Bed extends ControlPlane {
  /** Runs a command to its end, outside of the nodes. Answers what it printed. */
  outside(...command: readonly string[]): Promise<string>;
  /** The same in the Pod of a node. */
  inPod(node: number, ...command: readonly string[]): Promise<string>;
}

/** Why no bed can be had here; undefined where one can. */
export function missingForBed(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'network namespaces need root on Linux';
  if (spawnSync('unshare', ['--net', 'true']).status !== 0) return 'this machine lets nobody make a network namespace';
  return missingForControlPlane();
}

/** `settings` are variables that kube-up.sh reads. */
export async function startBed(port: number, nodes: number, settings: Readonly<Record<string, string>> = {}): Promise<Bed> {
  const kube = await startControlPlane(port, settings);
  try {
    await kube.command('nodes', String(nodes));
  } catch (thrown) {
    await kube.wipe();
    throw thrown;
  }
  return {
    ...kube,
    outside: (...command) => kube.command('client', ...command),
    inPod: (node, ...command) => kube.command('on', `p${node}`, ...command),
  };
}
