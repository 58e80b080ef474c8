import { sleep } from '../../clock.ts';
import { claimOf, isReleased } from '../../intent/claim.ts';
import { servicePath } from '../../kube/paths.ts';
import { projectService } from '../../kube/projection.ts';
import { conditionTypes } from '../../model/condition.ts';
import type { ServiceKey } from '../../model/ids.ts';
import type { ServiceView } from '../../model/service-view.ts';
import { controlKeys } from '../../settings/portable.ts';
import { readServiceObject } from '../look/cluster-reads.ts';
import { LeaseWatch } from '../look/lease-watch.ts';
import { retryReads } from '../look/retry-reads.ts';
import type { Surroundings } from '../look/surroundings.ts';
import type { Ended } from './leaving.ts';

const pollMs = 1_000;

/**
 * Puts the wish on a Service. The UID makes the API server refuse it for another Service of that name.
 * @throws LbError
 */
export async function writeWish({ client }: Pick<Surroundings, 'client'>, service: ServiceView, signal: AbortSignal): Promise<void> {
  if (isReleased(service)) return;
  const body = { metadata: { uid: service.uid, annotations: { [controlKeys.release]: 'true' } } };
  await client.patch(servicePath(service.namespace, service.name), 'merge', body, signal);
}

/**
 * Waits until the controller has let go of each Service, at most `timeoutMs`, or until it is clear that none will. `tell`
 * gets what the Services say of themselves meanwhile. @throws LbError where the API server does not answer
 */
export async function awaitRelease(
  services: readonly ServiceView[],
  surroundings: Surroundings,
  { timeoutMs, tell }: { readonly timeoutMs: number; readonly tell: (line: string) => void },
  signal: AbortSignal,
): Promise<ReadonlyMap<ServiceKey, Ended>> {
  const { clock, client, config } = surroundings;
  const lease = new LeaseWatch(client, clock, config.leaderElection);
  const until = clock.monotonic() + timeoutMs;
  const waiting = new Map(services.map((service) => [service.key, service]));
  const ended = new Map<ServiceKey, Ended>();
  const told = new Map<ServiceKey, string>();
  const note = (service: ServiceView, text: string) => {
    if (text !== '' && told.get(service.key) !== text) tell(`${service.key}: ${text}`);
    told.set(service.key, text);
  };
  for (;;) {
    for (const service of waiting.values()) {
      const now = await readAgain(service, surroundings, signal);
      const state = stateOf(now, surroundings);
      if (state === 'released' || state === 'taken-back') {
        waiting.delete(service.key);
        ended.set(service.key, state === 'released' ? { released: true } : { released: false, why: 'somebody took the annotation off' });
        note(service, state === 'released' ? 'released' : 'not released: somebody took the annotation off');
      } else note(service, complaintOf(now));
    }
    if (waiting.size === 0) return ended;
    const why = (await lease.look(signal)) === 'nobody' ? nobody(lease) : clock.monotonic() >= until ? 'it takes longer' : undefined;
    if (why === undefined) {
      await sleep(clock, pollMs, signal);
      continue;
    }
    for (const { key } of waiting.values()) ended.set(key, { released: false, why: [why, told.get(key)].filter(isSaid).join('; ') });
    return ended;
  }
}

const isSaid = (text: string | undefined): boolean => text !== undefined && text !== '';

const nobody = (lease: LeaseWatch): string =>
  `no controller leads (nobody holds the Lease ${lease.name}); the annotation stays, and the next one to lead does it`;

/** The Service as it is now; undefined where it is gone, or another one has its name. */
async function readAgain(service: ServiceView, surroundings: Surroundings, signal: AbortSignal): Promise<ServiceView | undefined> {
  const found = await retryReads(() => readServiceObject(surroundings, service, signal), surroundings.retry, signal);
  const view = found === undefined ? undefined : projectService(found);
  return view?.uid === service.uid ? view : undefined;
}

function stateOf(service: ServiceView | undefined, { config }: Surroundings): 'released' | 'taken-back' | 'waiting' {
  if (service === undefined || claimOf(service, config.classes).kind === 'foreign') return 'released';
  return isReleased(service) ? 'waiting' : 'taken-back';
}

/** What a Service says of why it is not released yet. */
function complaintOf(service: ServiceView | undefined): string {
  const said = service?.conditions.find(
    ({ type, status }) =>
      (type === conditionTypes.programmed && status === 'False') || (type === conditionTypes.degraded && status === 'True'),
  );
  return said === undefined ? '' : `${said.reason}: ${said.message}`;
}
