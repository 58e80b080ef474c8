import { systemClock } from '../../../src/clock.ts';
import { KubeClient } from '../../../src/kube/client.ts';
import { connect } from '../../../src/kube/connection.ts';
import { controllerHome, type ControllerProcess } from '../controller-process.ts';
import type { Bed } from './bed.ts';

export const vips = { IPv4: '203.0.113.0/25', IPv6: '2001:db8:113::/120' } as const;
/** Addresses that end outside of the nodes as well, and that Portolan gives to nobody. */
export const spareVip = '203.0.113.200';

/** Portolan with its provider `local`, in the place of the client: where nodes send what they have no route for. */
export interface LoadBalancer {
  readonly controller: ControllerProcess;
  readonly client: KubeClient;
  /** Ends the controller; resolves to its exit code. */
  close(): Promise<number | null>;
}

export async function startLoadBalancer(bed: Bed): Promise<LoadBalancer> {
  await bed.outside('ip', 'route', 'replace', 'local', '203.0.113.0/24', 'dev', 'lo');
  await bed.outside('ip', '-6', 'route', 'replace', 'local', vips.IPv6, 'dev', 'lo');
  await bed.outside('sysctl', '-qw', 'net.ipv6.ip_nonlocal_bind=1');
  const connection = await connect({ kubeconfig: bed.kubeconfig }, {});
  const client = new KubeClient({ transport: connection.transport, clock: systemClock });
  await client.create('/api/v1/namespaces', { metadata: { name: 'portolan-system' } }, new AbortController().signal);
  const home = await controllerHome(
    (folder) => `apiVersion: portolan.dev/v1
kind: Config
providers:
  - name: here
    kind: local
    connection:
      ranges: { public: [${vips.IPv4}, "${vips.IPv6}"] }
      stateFile: ${folder}/state.json
      probeInterval: 500ms
classes:
  - { id: local, name: portolan.dev/local, default: true, provider: here }
serving: { address: 127.0.0.1, port: 0 }
`,
    { parent: bed.folder, start: (command, args) => bed.start('client', command, ...args) },
  );
  const controller = home.start(bed.kubeconfig);
  return {
    controller,
    client,
    async close() {
      const code = await controller.stop();
      await connection.transport.close();
      return code;
    },
  };
}
