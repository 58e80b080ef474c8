import { asLbError, type LbError } from '../../errors.ts';
import type { Permission, PermissionCheck } from '../../model/capabilities.ts';
import type { ClusterId, ProviderName } from '../../model/ids.ts';
import type { CallContext } from '../../provider.ts';
import { readingInstance } from '../look/read-providers.ts';
import type { Surroundings } from '../look/surroundings.ts';

/** One permission of a provider, and what came of trying it. */
export type TriedPermission = Permission & Omit<PermissionCheck, 'action'>;

/** What is said of one provider. */
export interface Tried {
  readonly provider: ProviderName;
  readonly permissions: readonly TriedPermission[];
  /** What kept it from starting, or the trying from going on; absent where that is a permission that is told as missing. */
  readonly error?: LbError;
}

const notTried = 'this provider cannot try it';

/** Tries every permission of a provider; what cannot be tried is told as unknown. Never throws. */
export async function tryPermissions(
  surroundings: Surroundings,
  provider: ProviderName,
  clusterId: ClusterId,
  signal: AbortSignal,
): Promise<Tried> {
  const refuse = () => Promise.reject(new Error('a command that only looks was about to change something'));
  const context: CallContext = { signal, log: surroundings.log, beforeCall: refuse };
  const checks = new Map<string, PermissionCheck>();
  let permissions: readonly Permission[] = [];
  let error: LbError | undefined;
  const instance = readingInstance(surroundings, provider, clusterId);
  try {
    // A permission that is missing may keep it from starting: it is told below, by its name.
    await instance.start('read', context).catch((thrown: unknown) => void (error = asLbError(thrown)));
    permissions = instance.permissions();
    for await (const check of instance.checkPermissions?.(context) ?? []) checks.set(check.action, check);
  } catch (thrown) {
    error ??= asLbError(thrown);
  } finally {
    await instance.close();
  }
  const tried = permissions.map((permission) => ({ ...permission, ...triedOf(checks.get(permission.action)) }));
  const isTold = error?.code === 'PermissionDenied' && tried.some(({ outcome }) => outcome === 'missing');
  return { provider, permissions: tried, ...(error === undefined || isTold ? {} : { error }) };
}

const triedOf = (check: PermissionCheck | undefined): Omit<PermissionCheck, 'action'> =>
  check === undefined
    ? { outcome: 'unknown', note: notTried }
    : { outcome: check.outcome, ...(check.note === undefined ? {} : { note: check.note }) };
