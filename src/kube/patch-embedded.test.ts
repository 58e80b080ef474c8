import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { directTransport } from '../conformance/direct-transport.ts';
import { ManualClock } from '../clock.ts';
import { EmbeddedApi } from '../embedded/api.ts';
import { sameIngress } from '../model/ingress.ts';
import { parseIp } from '../net/ip.ts';
import { KubeClient } from './client.ts';
import { serviceStatusPatch, type ServiceWish } from './patch.ts';
import { servicePath, servicesPath, serviceStatusPath } from './paths.ts';
import { projectService } from './projection.ts';

const forever = new AbortController().signal;
const foreignCondition = {
  type: 'example.com/Theirs',
  status: 'True',
  reason: 'Theirs',
  message: '',
  lastTransitionTime: '2026-01-01T00:00:00Z',
};

const address = fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1').map((text) => {
  const ip = parseIp(text);
  return ip === undefined ? expect.fail(text) : ip;
});
const entry = fc.oneof(
  fc.record({ ip: address, ipMode: fc.constantFrom('VIP' as const, 'Proxy' as const) }),
  fc.record({ ip: address }),
  fc.record({ ip: address, ports: fc.constant([{ port: 80, protocol: 'TCP' as const, error: 'example.com/Busy' }]) }),
  fc.constant({ hostname: 'lb.example.com' }),
);
const type = fc.constantFrom('portolan.dev/Applied', 'portolan.dev/Degraded');
const condition = fc.record({
  type,
  status: fc.constantFrom('True' as const, 'False' as const),
  reason: fc.constantFrom('One', 'Two'),
  message: fc.constantFrom('', 'm'),
});
const ours = fc.constantFrom('portolan.dev/lb.one', 'portolan.dev/lb.two');
const wish: fc.Arbitrary<ServiceWish> = fc.record(
  {
    finalizers: fc.oneof(
      fc.record({ add: ours }),
      fc.record({ remove: ours }),
      fc.constant({ add: 'portolan.dev/lb.one', remove: 'portolan.dev/lb.two' }),
    ),
    ingress: fc.array(entry, { maxLength: 3 }),
    conditions: fc.uniqueArray(condition, { selector: (one) => one.type }),
  },
  { requiredKeys: [] },
);

it('one patch makes a wish true, a second is not needed, and what belongs to others stays, also what they wrote meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ wish, meanwhile: fc.boolean() }), { minLength: 1, maxLength: 6, size: 'max' }), async (steps) => {
      const clock = new ManualClock();
      const client = new KubeClient({ transport: directTransport(new EmbeddedApi({ clock })), clock });
      const spec = { type: 'LoadBalancer', ports: [{ port: 80 }] };
      const metadata = { name: 'web', finalizers: ['example.com/theirs'] };
      await client.create(servicesPath('default'), { apiVersion: 'v1', kind: 'Service', metadata, spec }, forever);
      await client.patch(serviceStatusPath('default', 'web'), 'merge', { status: { conditions: [foreignCondition] } }, forever);
      const finalizers = ['example.com/theirs'];
      let view = projectService(await client.get(servicePath('default', 'web'), forever));

      for (const [index, step] of steps.entries()) {
        if (step.meanwhile) {
          finalizers.push(`example.com/late-${index}`);
          const add = [{ op: 'add', path: '/metadata/finalizers/-', value: `example.com/late-${index}` }];
          await client.patch(servicePath('default', 'web'), 'json', add, forever);
        }
        clock.advance(1_500);
        const body = serviceStatusPatch(view, step.wish, clock.now());
        if (body !== undefined) view = projectService(await client.patch(serviceStatusPath('default', 'web'), 'strategic', body, forever));
        else if (step.meanwhile) view = projectService(await client.get(servicePath('default', 'web'), forever));

        expect(serviceStatusPatch(view, step.wish, clock.now())).toBeUndefined();
        if (step.wish.ingress !== undefined) expect(sameIngress(view.ingress, step.wish.ingress)).toBe(true);
        const { add, remove } = step.wish.finalizers ?? {};
        if (add !== undefined) expect(view.finalizers).toContain(add);
        if (remove !== undefined) expect(view.finalizers).not.toContain(remove);
        expect(view.finalizers.filter((one) => one.startsWith('example.com/')).sort()).toEqual([...finalizers].sort());
        expect(view.conditions).toContainEqual(foreignCondition);
      }
    }),
    { numRuns: 100 },
  );
});
