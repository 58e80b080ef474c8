import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { missingForControlPlane } from '../control-plane.ts';
import { realSuite } from '../real-suite.ts';
import { writesWithoutLease } from '../trouble/audit.ts';
import { account, eventually, Installation, lease, services, signal } from '../trouble/installation.ts';

/** For tests of a suite that runs beside another one. */
const inTurn = { concurrent: false };
const lists = 'portolan_reflector_lists_total{resource="services"}';
const expired = 'portolan_reflector_errors_total{resource="services",code="ApiExpired"}';

realSuite('portolan controller in trouble with a real kube-apiserver', missingForControlPlane(), () => {
  // Two API servers side by side, because one of them stands still for a minute.
  describe.concurrent('that keeps no history of Services', () => {
    let it: Installation;
    beforeAll(async () => {
      it = await Installation.start(1, '--watch-cache-sizes=services#0');
    });
    afterAll(() => it.close());

    test('reads everything by one stream of each kind, without a list (WatchList)', inTurn, async () => {
      await it.create('first');
      await it.served('first');

      const asked = (await it.audit()).filter(({ isPortolans, resource }) => isPortolans && ['services', 'nodes'].includes(resource));
      expect(new Set(asked.map(({ verb }) => verb))).toEqual(new Set(['watch']));
      expect(asked.filter(({ uri }) => uri.includes('sendInitialEvents=true')).map(({ code }) => code)).toContain(200);
      expect(await it.metric(lists)).toBe(1);
    });

    test.each<[string, boolean]>([
      ['resumes by version after it was cut off', false],
      ['reads everything again where history is gone (410) after it was cut off', true],
    ])('%s: edits, deletes and a name used again are all seen', inTurn, async (_, isCompacted) => {
      const before = [await it.metric(lists), await it.metric(expired)] as const;
      for (const name of ['kept', 'deleted', 'again']) await it.create(name);
      const kept = await it.served('kept');
      for (const name of ['deleted', 'again']) await it.served(name);
      const { uid } = await it.service('again');
      const finalizers = { metadata: { finalizers: null } };

      it.relay.cut();
      await it.client.patch(`${services}/kept`, 'merge', { spec: { ports: [{ port: 9090 }] } }, signal);
      await it.client.delete(`${services}/deleted`, signal);
      // Somebody in a hurry: nobody is asked whether the load balancer is gone.
      await it.client.delete(`${services}/again`, signal);
      await it.client.patch(`${services}/again`, 'merge', finalizers, signal);
      await it.create('again');
      if (isCompacted) await it.kube.command('compact');
      it.relay.mend();

      expect(await it.served('kept', 9090)).toBe(kept);
      await it.gone('deleted');
      await it.served('again');
      expect((await it.service('again')).uid).not.toBe(uid);
      expect(await it.metric(lists)).toBe(before[0] + (isCompacted ? 1 : 0));
      expect((await it.metric(expired)) - before[1]).toBeGreaterThanOrEqual(isCompacted ? 1 : 0);
      expect(it.controller.exitCodes).toEqual([]);
      await eventually(async () => expect(await it.cloud()).not.toContain(`service/${uid}"`));
      for (const name of ['kept', 'again']) {
        await it.client.delete(`${services}/${name}`, signal);
        await it.gone(name);
      }
    });

    test('its token is replaced and the old one refused: reads the new one and goes on', inTurn, async () => {
      const calm = await it.served('first');
      const [start, ends] = [Date.now(), it.controller.exitCodes.length];
      await it.rotateToken();
      it.relay.cut();
      it.relay.mend();
      await it.create('token');

      await it.served('token');
      expect(await it.served('first')).toBe(calm);
      const refused = (await it.audit()).filter(({ at, code, isPortolans }) => isPortolans && at >= start && code === 401);
      expect(refused.length).toBeGreaterThan(0);
      expect(it.controller.exitCodes).toHaveLength(ends);
    });

    test.each(['kill', 'stop'])('the API server is restarted (%s): nothing is lost', inTurn, async (way) => {
      const calm = await it.served('first');
      const name = `after-${way}`;
      await it.create(name);
      await it.served(name);
      await it.kube.command(way, 'apiserver');
      await it.kube.command('start', 'apiserver');
      await it.client.delete(`${services}/${name}`, signal);
      await it.create(`${name}-new`);

      await it.served(`${name}-new`);
      await it.gone(name);
      expect(await it.served('first')).toBe(calm);
    });

    test('somebody else takes the Lease: writes nothing until it is had again', inTurn, async () => {
      const calm = await it.served('first');
      const ends = it.controller.exitCodes.length;
      const spec = { holderIdentity: 'thief', leaseDurationSeconds: 5, renewTime: new Date().toISOString().replace('Z', '000Z') };
      await it.client.patch(lease, 'merge', { spec }, signal);
      await eventually(async () => expect(it.controller.exitCodes.slice(ends)).toEqual([1]));
      await it.create('robbed');

      await it.served('robbed');
      expect(it.controller.exitCodes.slice(ends)).toEqual([1]);
      expect(it.controller.log).toContain('thief holds it');
      expect(await it.served('first')).toBe(calm);
    });

    test('in all of this nothing was written without the Lease', inTurn, async () => {
      const log = await it.audit();
      expect(log.filter(({ isPortolans, resource }) => isPortolans && resource === 'services/status').length).toBeGreaterThan(20);
      expect(writesWithoutLease(log)).toEqual([]);
    });
  });

  describe.concurrent('that knows no WatchList', () => {
    let it: Installation;
    beforeAll(async () => {
      it = await Installation.start(2, '--feature-gates=WatchList=false');
    });
    afterAll(() => it.close());

    test('lists in pages where a stream is refused', inTurn, async () => {
      await it.create('first');
      await it.served('first');

      const asked = (await it.audit()).filter(({ isPortolans, resource }) => isPortolans && resource === 'services');
      const streams = asked.filter(({ uri }) => uri.includes('sendInitialEvents=true'));
      expect(new Set(streams.map(({ code }) => code))).toEqual(new Set([422]));
      expect(asked.filter(({ verb }) => verb === 'list').map(({ code }) => code)).toEqual([200]);
      expect(await it.metric(lists)).toBe(1);
    });

    test('priority and fairness say 429: comes back when it is told, and loses nothing', inTurn, async () => {
      const calm = await it.served('first');
      const before = (await it.audit()).length;
      const throttled = await throttle(it);
      try {
        it.relay.cut();
        it.relay.mend();
        await it.create('throttled');
        await eventually(async () => {
          const refused = (await it.audit()).slice(before).filter(({ isPortolans, code }) => isPortolans && code === 429);
          expect(refused.length).toBeGreaterThan(1);
        });
      } finally {
        await throttled.end();
      }

      await it.served('throttled');
      expect(await it.served('first')).toBe(calm);
      expect(it.controller.exitCodes).toEqual([]);
    });

    test('stands still for 60 s: nothing is lost, nothing written without the Lease', inTurn, async () => {
      await it.create('doomed');
      const calm = await it.served('first');
      await it.served('doomed');
      const cloud = await it.cloud();
      await it.kube.command('freeze', 'apiserver');
      // What is asked of it meanwhile it does when it goes on.
      const late = it.create('late', 180_000);
      // The one wait here whose end no event tells.
      await pause(60_000);
      expect(await it.cloud()).toBe(cloud);
      await it.kube.command('thaw', 'apiserver');
      await it.client.delete(`${services}/doomed`, signal);
      await late;

      await it.served('late');
      await it.gone('doomed');
      expect(await it.served('first')).toBe(calm);
      expect(it.controller.exitCodes.length).toBeGreaterThan(0);
      expect(it.controller.exitCodes.filter((code) => code !== 1)).toEqual([]);
      expect(writesWithoutLease(await it.audit())).toEqual([]);
    });
  });
});

realSuite('a connection to the API server whose packets are swallowed (half-open)', missingForNetwork(), () => {
  test('is given up after 40 s by TCP itself, long before its watch would end, and what happened meanwhile is seen', async () => {
    const child = join(import.meta.dirname, '../trouble/half-open-child.ts');
    const { stdout } = await promisify(execFile)('unshare', ['--net', '--kill-child', '--fork', process.execPath, child]);
    const { connections, noticedMs } = JSON.parse(stdout) as { connections: number; noticedMs: number }; // what the child writes

    expect(connections).toBeGreaterThan(0);
    expect(noticedMs).toBeGreaterThan(30_000);
    expect(noticedMs).toBeLessThan(120_000);
  });
});

/** Why this process cannot have a network of its own with a firewall. */
function missingForNetwork(): string | undefined {
  const can = spawnSync('unshare', ['--net', 'nft', 'list', 'tables']).status === 0;
  return can ? undefined : 'no network namespace with nftables can be made here (it takes root)';
}

/** Lets the API server take one request for Services at a time from the controller's account, and keeps that place taken. */
async function throttle(it: Installation): Promise<{ end(): Promise<void> }> {
  const flowcontrol = '/apis/flowcontrol.apiserver.k8s.io/v1';
  const level = { type: 'Limited', limited: { nominalConcurrencyShares: 0, limitResponse: { type: 'Reject' } } };
  await it.client.create(`${flowcontrol}/prioritylevelconfigurations`, { metadata: { name: 'trouble' }, spec: level }, signal);
  const name = account.split(':').at(-1) ?? '';
  const rule: JsonObject = {
    subjects: [{ kind: 'ServiceAccount', serviceAccount: { namespace: 'portolan-system', name } }],
    resourceRules: [{ verbs: ['*'], apiGroups: [''], resources: ['services', 'services/status'], namespaces: ['*'], clusterScope: true }],
  };
  const spec = { priorityLevelConfiguration: { name: 'trouble' }, matchingPrecedence: 2, rules: [rule] };
  await it.client.create(`${flowcontrol}/flowschemas`, { metadata: { name: 'trouble' }, spec }, signal);
  const over = new AbortController();
  // A version of the future is waited for, for three seconds.
  const sit = async () => {
    while (!over.signal.aborted) {
      await it.asAccount.get('/api/v1/services?resourceVersion=99999999', over.signal).catch(() => {}); // that it is refused is the point
      await pause(20);
    }
  };
  const sitting = sit();
  return {
    async end() {
      over.abort(new Error('there is room again'));
      await sitting;
      await it.client.delete(`${flowcontrol}/flowschemas/trouble`, signal);
      await it.client.delete(`${flowcontrol}/prioritylevelconfigurations/trouble`, signal);
    },
  };
}
