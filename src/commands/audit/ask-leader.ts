import { randomUUID } from 'node:crypto';
import { sleep } from '../../clock.ts';
import { answerAnnotation, formatWish, parseAnswer, wishAnnotation, type AuditAnswer } from '../../controller/audit-wish.ts';
import { LbError } from '../../errors.ts';
import { leaseObject, type LeaseObject } from '../../kube/lease-object.ts';
import { annotationsOf, changeLease } from '../../kube/lease-record.ts';
import { LeaseWatch } from '../look/lease-watch.ts';
import type { Surroundings } from '../look/surroundings.ts';

const pollMs = 1_000;
const callMs = 5_000;
/** The process that leads writes the Lease too; so often one of the two is faster. */
const tries = 5;

/**
 * Leaves the wish on the Lease and waits for the answer of the process that leads. Undefined where it turns out that nobody
 * does. @throws LbError `ApiUnavailable` where no answer comes in time
 */
export async function askLeader(
  surroundings: Surroundings,
  { timeoutMs, tell }: { readonly timeoutMs: number; readonly tell: (line: string) => void },
  signal: AbortSignal,
): Promise<AuditAnswer | undefined> {
  const { client, clock, config } = surroundings;
  const lease = leaseObject(client, config.leaderElection.namespace, config.leaderElection.name);
  const watch = new LeaseWatch(client, clock, config.leaderElection);
  const id = randomUUID();
  if (!(await annotate(lease, { [wishAnnotation]: formatWish(id), [answerAnnotation]: undefined }, signal))) return undefined;
  tell(`another process leads; the wish is on the Lease ${watch.name}, waiting for the answer`);
  const until = clock.monotonic() + timeoutMs;
  for (;;) {
    const found = await lease.read(signal);
    const answer = found === undefined ? undefined : parseAnswer(annotationsOf(found)[answerAnnotation], id);
    if (answer !== undefined) return answer;
    if ((await watch.look(signal)) === 'nobody') return undefined;
    if (clock.monotonic() >= until) {
      throw new LbError(
        'ApiUnavailable',
        'the process that leads has not answered in time; the wish stays on the Lease and may still be done',
        {
          remedy: 'See its log, or ask with a longer --timeout.',
        },
      );
    }
    await sleep(clock, pollMs, signal);
  }
}

/** Sets annotations of the Lease, or takes them away. False where it does not exist. */
export async function annotate(
  lease: LeaseObject,
  annotations: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<boolean> {
  for (let left = tries; ; left--) {
    const found = await lease.read(signal);
    if (found === undefined) return false;
    try {
      await lease.replace(changeLease(found, {}, annotations), callMs, signal);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof LbError) || thrown.code !== 'ApiConflict' || left <= 1) throw thrown;
    }
  }
}
