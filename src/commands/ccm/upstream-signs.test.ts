import { beforeEach, expect, it } from 'vitest';
import { electionCheck } from '../../controller/controller.ts';
import { Health } from '../../health.ts';
import { MetricsRegistry } from '../../metrics.ts';
import { upstreamChecks, upstreamSigns, type UpstreamSigns } from './upstream-signs.ts';

const good = { name: 'leaderElection', cause: undefined };
const works = { name: 'service-lb-controller', cause: undefined };
let health: Health;
let metrics: MetricsRegistry;
let signs: UpstreamSigns;

beforeEach(() => {
  [health, metrics] = [new Health(), new MetricsRegistry()];
  signs = upstreamSigns(health, metrics, { elects: true });
});

const running = async () => (await metrics.text()).split('\n').filter((line) => line.startsWith('running_managed_controllers'));

it('who waits for the Lease names the election, who leads its controller too, who is alone only that', () => {
  const own = ['watch 0', electionCheck].map((name) => ({ name, cause: undefined }));

  expect(upstreamChecks(own, { elects: true, leads: false })).toEqual([good]);
  expect(upstreamChecks(own, { elects: true, leads: true })).toEqual([good, works]);
  expect(upstreamChecks(own, { elects: false, leads: true })).toEqual([works]);
  expect(upstreamChecks(own, { elects: false, leads: false })).toEqual([]);
});

it('a failure is told with its cause under the name it belongs to', () => {
  const lease = { name: electionCheck, cause: 'not renewed' };
  const watches = [0, 1].map((index) => ({ name: `watch ${index}`, cause: 'nothing happened' }));

  expect(upstreamChecks([lease], { elects: true, leads: true })).toEqual([{ ...good, cause: 'not renewed' }, works]);
  expect(upstreamChecks(watches, { elects: true, leads: true })).toEqual([
    good,
    { ...works, cause: 'watch 0: nothing happened; watch 1: nothing happened' },
  ]);
});

it('who could not take over says so before it has to', () => {
  const stuck = [{ name: 'watch 0', cause: 'nothing happened' }];

  expect(upstreamChecks(stuck, { elects: true, leads: false })).toEqual([good, { ...works, cause: 'watch 0: nothing happened' }]);
});

it('both kinds of checks go by these names', () => {
  health.add('live', electionCheck, () => undefined);
  health.add('ready', 'providers', () => 'local does not start');
  signs.leading(true);

  expect(signs.health.results('live')).toEqual([good, works]);
  expect(signs.health.results('ready')).toEqual([good, { ...works, cause: 'providers: local does not start' }]);
});

it('the controller is shown as running under the labels of upstream, once it has run here', async () => {
  expect(await running()).toEqual([]);
  signs.leading(true);
  expect(await running()).toEqual(['running_managed_controllers{manager="cloud-controller-manager",name="service"} 1']);
  signs.leading(false);
  expect(await running()).toEqual(['running_managed_controllers{manager="cloud-controller-manager",name="service"} 0']);
});
