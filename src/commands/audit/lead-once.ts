import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { failureText } from '../../controller/audit.ts';
import { auditFor } from '../../controller/audit-parts.ts';
import { thingId } from '../../controller/audit-verdicts.ts';
import { wishAnnotation } from '../../controller/audit-wish.ts';
import { callContextFor } from '../../controller/fence.ts';
import { carryEpochMark } from '../../controller/epoch-mark.ts';
import { LaneQueue } from '../../controller/lane-queue.ts';
import { ProviderPool } from '../../controller/provider-pool.ts';
import { TokenBucket } from '../../controller/token-bucket.ts';
import { LbError } from '../../errors.ts';
import { KubeDocuments } from '../../kube/documents.ts';
import { LeaseElector } from '../../kube/lease.ts';
import type { Leadership } from '../../kube/leadership.ts';
import { noMetrics } from '../../metrics.ts';
import { noCheckpoint } from '../../model/checkpoint.ts';
import type { LoadBalancerKey } from '../../model/ids.ts';
import { attempt, type Attempt } from '../look/attempt.ts';
import type { Surroundings } from '../look/surroundings.ts';
import type { Done } from './audit-text.ts';
import { clusterIdOf, servicesNow } from './look-around.ts';

const callBudget = { perSecond: 20, burst: 20 };

/**
 * Takes the Lease, makes one round of the audit that deletes strays, and gives the Lease back: for a cluster in which no
 * controller runs. One that starts meanwhile waits. @throws LbError `LeaseLost` where the Lease is not to be had
 */
export async function leadOnce(surroundings: Surroundings, timeoutMs: number, signal: AbortSignal): Promise<Done> {
  const { client, clock, log, config } = surroundings;
  const [finished, late] = [new AbortController(), new AbortController()];
  const cancel = clock.after(timeoutMs, () => late.abort(new Error('the Lease was not to be had in time')));
  let outcome: Attempt<Done> | undefined;
  const elector: LeaseElector = new LeaseElector({
    client,
    clock,
    log,
    metrics: noMetrics,
    random: Math.random,
    namespace: config.leaderElection.namespace,
    name: config.leaderElection.name,
    identity: `audit_${hostname()}_${randomUUID()}`,
    onStartedLeading: async (term) => {
      cancel();
      outcome = await attempt(roundAndTidy(surroundings, elector, term));
      finished.abort(new Error('the audit is done'));
    },
  });
  try {
    await elector.run(AbortSignal.any([signal, finished.signal, late.signal]));
  } finally {
    cancel();
  }
  signal.throwIfAborted();
  if (outcome === undefined) throw new LbError('LeaseLost', elector.problem() ?? 'another process took the Lease first');
  if (outcome.error !== undefined) throw outcome.error;
  return outcome.value;
}

async function roundAndTidy(surroundings: Surroundings, leadership: Leadership, term: AbortSignal): Promise<Done> {
  // No members are moved here, so what was true of them stays true.
  await carryEpochMark(leadership);
  const done = await round(surroundings, leadership, term);
  // Somebody may have wished for just this before.
  await leadership.setAnnotation(wishAnnotation, undefined);
  return done;
}

/** What a leader's audit does, with the Services of one complete list, and without anything else that a leader does. */
async function round(surroundings: Surroundings, leadership: Leadership, term: AbortSignal): Promise<Done> {
  const { client, clock, log, config, entries } = surroundings;
  const over = new AbortController();
  const signal = AbortSignal.any([term, over.signal]);
  const clusterId = await clusterIdOf(surroundings, signal);
  const documents = new KubeDocuments({ client, clock, log, metrics: noMetrics, random: Math.random });
  const pool = new ProviderPool(entries, {
    clock,
    log,
    host: ({ name }) => ({
      clock,
      log,
      metrics: noMetrics,
      clusterId,
      name,
      budget: new TokenBucket(clock, callBudget),
      documents,
      checkpoint: noCheckpoint,
    }),
    callContext: (budget, own, inner) => callContextFor(leadership, budget, 'background', own, inner),
    started: () => {},
    failed: () => {},
    changed: () => {},
  });
  await pool.start('control', signal);
  const services = await servicesNow(surroundings, signal);
  const queue = new LaneQueue<LoadBalancerKey>({ clock, metrics: noMetrics, name: 'audit' });
  const { audit, removals } = auditFor({
    clock,
    log,
    metrics: noMetrics,
    clusterId,
    checkpoint: noCheckpoint,
    settings: { ...config.audit, intervalMs: 0 },
    pool,
    queue,
    signal,
    leadership,
    classes: () => services.classes,
    service: services.service,
    unreadable: () => services.unreadable,
    outdated: () => undefined, // a complete list was read a moment ago
    isKnown: () => false,
  });
  const working = queue.run(1, (key) => removals.handle(key), signal);
  try {
    const { deleted, failures } = await audit.round(true);
    return {
      deleted: deleted.map(({ provider, key, things }) => ({ provider, key, things: things.map(thingId) })),
      more: 0,
      failures: failures.map(failureText),
    };
  } finally {
    over.abort(new Error('the audit is done'));
    await working;
    await audit.close();
    await pool.close();
  }
}
