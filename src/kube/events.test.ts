import { describe, expect, it } from 'vitest';
import { directTransport } from '../conformance/direct-transport.ts';
import { ManualClock } from '../clock.ts';
import { EmbeddedApi } from '../embedded/api.ts';
import { LbError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { MetricsRegistry } from '../metrics.ts';
import { KubeClient } from './client.ts';
import { EventRecorder, type EventRecorderOptions } from './events.ts';
import { kubeMetrics } from './kube-metrics.ts';

const web = { namespace: 'default', name: 'web', uid: 'u-1', resourceVersion: '7' };

function rig(more: Partial<EventRecorderOptions> = {}) {
  const clock = new ManualClock();
  const api = new EmbeddedApi({ clock });
  const metrics = new MetricsRegistry();
  metrics.declare(kubeMetrics);
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (_: unknown, message: string) => void warnings.push(message) };
  const client = new KubeClient({ transport: directTransport(api), clock });
  const recorder = new EventRecorder({ client, clock, log, metrics, random: () => 0.5, ...more });
  const events = () => api.list('', 'v1', 'events').map(({ reason, message, count, type }) => ({ reason, message, count, type }));
  const writes = () => api.log.filter((request) => request.mutating).map((request) => `${request.method} ${request.status}`);
  const outcomes = async () =>
    Object.fromEntries(
      [...(await metrics.text()).matchAll(/portolan_events_total\{outcome="(\w+)"\} (\d+)/g)].map(([, outcome, n]) => [outcome, Number(n)]),
    );
  return { clock, api, recorder, events, writes, warnings, outcomes };
}

describe('event recorder', () => {
  it('writes a core/v1 event about the Service', async () => {
    const { clock, api, recorder } = rig({ component: 'service-controller', host: 'here' });
    recorder.record(web, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
    expect(api.log).toEqual([]); // not in the caller's own turn
    await clock.advanceAsync(0);
    const [event] = api.list('', 'v1', 'events');
    expect(event).toMatchObject({
      involvedObject: { apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'web', uid: 'u-1', resourceVersion: '7' },
      type: 'Normal',
      reason: 'EnsuringLoadBalancer',
      message: 'Ensuring load balancer',
      count: 1,
      source: { component: 'service-controller', host: 'here' },
      reportingComponent: 'service-controller',
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
    });
    expect(event?.metadata.name).toMatch(/^web\.[0-9a-f]+$/);
  });

  it('counts the same again in the one event, and tells different things apart', async () => {
    const { clock, api, recorder, events } = rig();
    recorder.record(web, 'Warning', 'SyncLoadBalancerFailed', 'no room');
    await clock.advanceAsync(5_000);
    recorder.record(web, 'Warning', 'SyncLoadBalancerFailed', 'no room');
    recorder.record(web, 'Warning', 'SyncLoadBalancerFailed', 'no room');
    recorder.record(web, 'Warning', 'SyncLoadBalancerFailed', 'no right');
    recorder.record({ ...web, uid: 'u-2' }, 'Warning', 'SyncLoadBalancerFailed', 'no room');
    await clock.advanceAsync(0);
    expect(
      events()
        .map(({ message, count }) => JSON.stringify([message, count]))
        .sort(),
    ).toEqual(['["no right",1]', '["no room",1]', '["no room",3]']);
    expect(api.list('', 'v1', 'events').find((event) => event['count'] === 3)).toMatchObject({
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:05Z',
    });
  });

  it('makes a new event when the server has forgotten the old one', async () => {
    const { clock, api, recorder, events, writes } = rig();
    recorder.record(web, 'Normal', 'R', 'm');
    await clock.advanceAsync(0);
    const [event] = api.list('', 'v1', 'events');
    const name = event?.metadata.name ?? expect.fail('there is no event');
    await api.request({ method: 'DELETE', path: `/api/v1/namespaces/default/events/${name}` });
    recorder.record(web, 'Normal', 'R', 'm');
    await clock.advanceAsync(0);
    expect(events()).toHaveLength(1);
    expect(writes()).toEqual(['POST 201', 'DELETE 200', 'PATCH 404', 'POST 201']);
  });

  it('cuts an object off after 25, gives one more every five minutes, and nobody else suffers', async () => {
    const { clock, recorder, events, outcomes } = rig();
    for (let n = 0; n < 40; n++) recorder.record(web, 'Normal', 'R', `m${n}`);
    recorder.record({ ...web, name: 'other', uid: 'u-9' }, 'Normal', 'R', 'm');
    await clock.advanceAsync(0);
    expect(events()).toHaveLength(26);
    await clock.advanceAsync(300_000);
    recorder.record(web, 'Normal', 'R', 'later');
    recorder.record(web, 'Normal', 'R', 'too much');
    await clock.advanceAsync(0);
    expect(events()).toHaveLength(27);
    expect(await outcomes()).toEqual({ sent: 27, limited: 16 });
  });

  it('holds a thousand and drops the rest while the server is away', async () => {
    const { clock, api, recorder, events, outcomes } = rig();
    api.faults.add({ kind: 'freeze' });
    for (let n = 0; n < 1_100; n++) recorder.record({ ...web, name: `s${n}`, uid: `u${n}` }, 'Normal', 'R', 'm');
    expect(await outcomes()).toEqual({ dropped: 100 });
    api.faults.clear();
    await clock.advanceAsync(60_000);
    expect(events()).toHaveLength(1_000);
  });

  it('tries again when the server is away or busy, as the same event, and gives up in the end', async () => {
    const { clock, api, recorder, events, writes, outcomes, warnings } = rig();
    api.faults.add({ kind: 'drop', when: 'after', times: 1 });
    api.faults.add({ kind: 'status', code: 429, retryAfterSeconds: 3, times: 1 });
    recorder.record(web, 'Normal', 'R', 'm');
    await clock.advanceAsync(30_000);
    expect(events()).toHaveLength(1);
    expect(writes()).toEqual(['POST 0', 'POST 429', 'POST 409']);

    const open = api.faults.add({ kind: 'drop', when: 'before' });
    recorder.record(web, 'Normal', 'R', 'lost');
    await clock.advanceAsync(120_000);
    open();
    expect(await outcomes()).toEqual({ sent: 1, failed: 1 });
    expect(warnings).toEqual(['an event was not sent']);
    expect(writes()).toHaveLength(3 + 5);
  });

  it('a namespace that is going away, or gone, is no reason to complain (P28)', async () => {
    const { clock, api, recorder, outcomes, warnings } = rig();
    api.faults.add({ kind: 'status', code: 403, times: 1 });
    recorder.record(web, 'Normal', 'R', 'm');
    recorder.record({ ...web, namespace: 'gone' }, 'Normal', 'R', 'm');
    await clock.advanceAsync(0);
    expect(await outcomes()).toEqual({ failed: 2 });
    expect(warnings).toEqual([]);
  });

  it('says nothing more once the process may write no more, and does not try again', async () => {
    let checks = 0;
    const { recorder, writes, clock } = rig({
      lastCheck: () => {
        checks++;
        throw new LbError('LeaseLost', 'too late');
      },
    });
    recorder.record(web, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
    await clock.advanceAsync(60_000);
    expect(checks).toBe(1);
    expect(writes()).toEqual([]);
  });

  it('cuts a message that is too long', async () => {
    const { clock, recorder, events } = rig();
    recorder.record(web, 'Normal', 'R', 'x'.repeat(5_000));
    await clock.advanceAsync(0);
    expect(events()[0]?.message).toHaveLength(1_024);
  });

  it('sends what waits when it is closed, takes no more, and never longer than allowed', async () => {
    const { clock, api, recorder, events, outcomes } = rig();
    recorder.record(web, 'Normal', 'R', 'last words');
    await recorder.close(1_000);
    expect(events()).toHaveLength(1);
    recorder.record(web, 'Normal', 'R', 'too late');
    expect(await outcomes()).toEqual({ sent: 1, dropped: 1 });

    const other = rig();
    other.api.faults.add({ kind: 'freeze' });
    other.recorder.record(web, 'Normal', 'R', 'a');
    other.recorder.record(web, 'Normal', 'R', 'b');
    let closed = false;
    const closing = other.recorder.close(1_000).then(() => (closed = true));
    await other.clock.advanceAsync(999);
    expect(closed).toBe(false);
    await other.clock.advanceAsync(1);
    await closing;
    expect(await other.outcomes()).toEqual({ failed: 1, dropped: 1 });
    await clock.advanceAsync(0);
    expect(api.log).toHaveLength(1);
  });
});
