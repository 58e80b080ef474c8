import type { Clock } from '../clock.ts';
import { LbError } from '../errors.ts';
import type { OwnedThing } from '../model/capabilities.ts';
import type { AnyProvider, CallContext } from '../provider.ts';

/** Longer than the batched reads of any cloud take; after it a provider that hangs is given up for this round. */
const inventoryMs = 600_000;

/** The whole of an inventory, or nothing of it: one that breaks off says nothing of what is not in it. @throws LbError */
export async function readInventory(provider: AnyProvider, call: CallContext, clock: Clock): Promise<readonly OwnedThing[]> {
  const inner = new AbortController();
  const pass = () => inner.abort(call.signal.reason);
  const cancel = clock.after(inventoryMs, () =>
    inner.abort(new LbError('CloudUnavailable', 'the inventory was not read to its end in time')),
  );
  const given = new Promise<never>((_, reject) => {
    inner.signal.addEventListener('abort', () => reject(inner.signal.reason as Error), { once: true }); // an abort reason is an Error throughout this project
  });
  given.catch(() => {}); // it may lose the race below; then nobody is waiting for it
  if (call.signal.aborted) pass();
  call.signal.addEventListener('abort', pass, { once: true });
  try {
    return await Promise.race([collected(provider.inventory({ ...call, signal: inner.signal })), given]);
  } finally {
    cancel();
    call.signal.removeEventListener('abort', pass);
  }
}

async function collected(things: AsyncIterable<OwnedThing>): Promise<readonly OwnedThing[]> {
  const all: OwnedThing[] = [];
  for await (const thing of things) all.push(thing);
  return all;
}
