import { expect, test } from 'vitest';
import { eventsOf } from './shown-output.ts';

const described = (events: readonly string[]): string =>
  ['Name: direct', 'Events:', '  Type     Reason  Age  From  Message', ...events, ''].join('\n');
const ours = '  Warning  NodePortMissing  2s  portolan  spec.ports[0].nodePort: TCP/8080 has no node port';
const repair =
  '  Warning  ClusterIPNotAllocated  2s  ipallocator-repair-controller  Cluster IP [IPv4]: 10.96.7.254 is not allocated; repairing';

test('what the API server says about its own repairs is not shown', () => {
  expect(eventsOf(described([repair, ours]))).toBe(eventsOf(described([ours])));
});

test('what the controller says is shown, as the last thing too', () => {
  expect(eventsOf(described([repair, ours]))).toContain(ours);
});
