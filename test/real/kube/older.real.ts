import { describe, expect, onTestFailed, test } from 'vitest';
import { missingForBed, startBed } from '../bed/bed.ts';
import { startLoadBalancer } from '../bed/load-balancer.ts';
import { eventually, Services, web } from '../bed/services.ts';
import { outside6, Visitor } from '../bed/visitor.ts';
import { portBase } from '../control-plane.ts';
import { realSuite } from '../real-suite.ts';

const all = process.env['PORTOLAN_KUBE'] === 'all';

describe('one Service from its creation to its end', () => {
  realSuite("with kube-proxy's iptables mode", missingForBed(), () => story({ KUBE_UP_PROXY_MODE: 'iptables' }));
  // It is built from source the first time, which takes minutes.
  describe.skipIf(!all)('with PORTOLAN_KUBE=all', () => {
    realSuite('on Kubernetes 1.35', missingForBed(), () => story({ KUBE_VERSION: '1.35.4' }));
  });
});

function story(settings: Readonly<Record<string, string>>): void {
  test('is served in both families and protocols', async () => {
    const bed = await startBed(portBase(0), 2, settings);
    try {
      const lb = await startLoadBalancer(bed);
      onTestFailed(() => void process.stderr.write(lb.controller.log()));
      const services = new Services(lb.client);
      const visitor = new Visitor(bed);
      const ports = [
        { ...web, name: 'tcp' },
        { ...web, name: 'udp', protocol: 'UDP' },
      ];
      const { vips } = await services.serve({ ports, ipFamilyPolicy: 'RequireDualStack', externalTrafficPolicy: 'Local' });

      const [v4 = '', v6 = ''] = vips;
      await eventually(async () => expect((await visitor.ask(v4))[0]?.peer).toMatch('172.30.0.2:'));
      await eventually(async () => expect((await visitor.ask(v6, { from: outside6 }))[0]?.peer).toMatch('[fd00:30::2]:'));
      await eventually(async () => expect(await visitor.datagram(1, v4, 80)).toMatch(/^echo-\d .*hello$/));
      await services.gone();
      await eventually(() => expect(visitor.ask(v4)).rejects.toThrow('curl: (7)'));
      expect(await lb.close()).toBe(0);
    } finally {
      await bed.wipe();
    }
  });
}
