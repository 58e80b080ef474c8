import type { Clock } from '../../src/clock.ts';
import { LbError } from '../../src/errors.ts';
import type { CloudId } from '../../src/model/ids.ts';
import { ownerOfMarks } from '../../src/model/owner.ts';
import type { Step } from '../../src/model/plan.ts';
import type { CallContext, StepOutcome } from '../../src/provider.ts';
import type { DataPlane } from './data-plane/data-plane.ts';
import type { Ledger } from './ledger.ts';
import type { Operation } from './operation.ts';
import { membersOf, type LoadBalancerRecord, type State } from './state.ts';
import type { Changed } from './state-change.ts';

/** `beforeCall` says that the Lease is ours for longer than a mutation may take: so long, in milliseconds. */
const longestMutationMs = 10_000;

/**
 * One step = one write of the state file; what is served follows it. Whoever dies in between finds the record at the
 * next start and serves it.
 * @throws LbError NotFound, Conflict, ForeignResource, CloudUnavailable, LeaseLost
 */
export async function applied(
  step: Step<Operation>,
  ledger: Ledger,
  dataPlane: DataPlane,
  clock: Clock,
  ctx: CallContext,
): Promise<StepOutcome> {
  assertProof(step, ledger.state);
  await ctx.beforeCall();
  const begun = clock.monotonic();
  const changed = await ledger.commit(step.op, () => {
    if (clock.monotonic() - begun > longestMutationMs) throw new LbError('CloudUnavailable', 'the state file could not be written in time');
  });
  const { id } = changed;
  ctx.log.info({ step: step.id, summary: step.summary, ...(id === undefined ? {} : { id }) }, 'recorded');
  const record = await served(step.op, changed, dataPlane);
  return { outputs: record === undefined ? {} : { id: record.id, address: record.addresses.join(',') } };
}

/** Lets the sockets follow what an operation did to the records; the record it was about, if it is there still. */
export async function served(op: Operation, { state, id }: Changed, dataPlane: DataPlane): Promise<LoadBalancerRecord | undefined> {
  const record = state.loadBalancers.find((candidate) => candidate.id === id);
  if (record !== undefined) await dataPlane.serve(record, membersOf(state, record));
  else if (op.do === 'delete') await dataPlane.stop(op.on);
  return record;
}

/** The guard compared the proof with the owner; here it is compared with what is really there. */
function assertProof({ op, proof, id }: Step<Operation>, state: State): void {
  if (op.do === 'create') return;
  const record = recordOf(op.on, state);
  if (record === undefined) return;
  const [is, claimed] = [ownerOfMarks(record.marks), 'marks' in proof ? ownerOfMarks(proof.marks) : undefined];
  if (claimed !== undefined && is?.clusterId === claimed.clusterId && is.key === claimed.key) return;
  if (op.do === 'release' && is === undefined) return;
  throw new LbError('ForeignResource', `step ${id}: ${op.on} is not marked as this owner's`);
}

const recordOf = (id: CloudId, state: State) => state.loadBalancers.find((record) => record.id === id);
