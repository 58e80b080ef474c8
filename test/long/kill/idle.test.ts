import { expect, test } from 'vitest';
import { businessOf } from './idle.ts';

const metrics = (patch: Readonly<Record<string, number>> = {}): string =>
  Object.entries({
    portolan_leader: 1,
    'portolan_provider_up{provider="here"}': 1,
    'workqueue_depth{name="service"}': 0,
    'workqueue_queue_duration_seconds_count{name="service"}': 7,
    'workqueue_work_duration_seconds_count{name="service"}': 7,
    portolan_node_epochs_pending: 0,
    ...patch,
  })
    .map(([series, value]) => `# HELP ${series}\n${series} ${value}\n`)
    .join('');

test('a controller is idle when it leads, has its provider, and no pass waits or is under way', () => {
  expect(businessOf(metrics())).toEqual({ isIdle: true, passes: '7' });

  for (const patch of [
    { portolan_leader: 0 },
    { 'portolan_provider_up{provider="here"}': 0 },
    { 'workqueue_depth{name="service"}': 1 },
    { 'workqueue_queue_duration_seconds_count{name="service"}': 8 },
    { portolan_node_epochs_pending: 2 },
  ]) {
    expect(businessOf(metrics(patch)).isIdle, JSON.stringify(patch)).toBe(false);
  }
  expect(businessOf('').isIdle).toBe(false);
});
