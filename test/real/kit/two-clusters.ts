import { portBase, startControlPlane } from '../control-plane.ts';

/** Two clusters for stories, each started when it is first asked for. */
export function twoClusters(): AsyncDisposable & Readonly<Record<'one' | 'two', () => Promise<string>>> {
  const cleanup = new AsyncDisposableStack();
  const started = new Map<number, Promise<string>>();
  const start = async (slot: number): Promise<string> => {
    const plane = await startControlPlane(portBase(slot));
    cleanup.defer(() => plane.wipe());
    return plane.kubeconfig;
  };
  const cluster = (slot: number) => (): Promise<string> => {
    const kubeconfig = started.get(slot) ?? start(slot);
    started.set(slot, kubeconfig);
    return kubeconfig;
  };
  return { one: cluster(0), two: cluster(1), [Symbol.asyncDispose]: () => cleanup.disposeAsync() };
}
