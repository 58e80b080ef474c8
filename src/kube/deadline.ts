import type { Clock } from '../clock.ts';
import { LbError } from '../errors.ts';

/**
 * Runs a call for at most `ms` by the clock. Rejects as soon as the signal aborts (with its reason) or time is up
 * (`ApiUnavailable`), also where the call itself ignores its signal: nothing here ever waits on a frozen server.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  what: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw signal.reason as Error; // an abort reason is an Error throughout this project
  const inner = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    inner.signal.addEventListener('abort', () => reject(inner.signal.reason as Error), { once: true }); // as above
  });
  ended.catch(() => {}); // it may lose the race below; then nobody is waiting for it
  const pass = () => inner.abort(signal.reason);
  signal.addEventListener('abort', pass, { once: true });
  const cancel = clock.after(ms, () =>
    inner.abort(new LbError('ApiUnavailable', `${what}: no answer within ${Math.round(ms / 100) / 10} s`)),
  );
  try {
    return await Promise.race([run(inner.signal), ended]);
  } finally {
    cancel();
    signal.removeEventListener('abort', pass);
  }
}
