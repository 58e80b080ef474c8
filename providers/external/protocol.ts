/**
 * What Portolan and a provider in another process say to each other, in numbers and names. The whole of it for authors of
 * providers: `docs/reference/provider-protocol.md`.
 */
import type { JsonObject } from '../../src/model/json.ts';

/** Asked for and answered in `describe`: another version is another protocol. */
export const protocolVersion = 'portolan.dev/provider/v1';

export const verbs = ['describe', 'start', 'capabilities', 'observe', 'plan', 'apply', 'report', 'inventory', 'close'] as const;
export type Verb = (typeof verbs)[number];

/** What a provider says in `describe` that it understands beyond the rest. */
export const optionalVerbs = ['capabilities'] as const satisfies readonly Verb[];

/** The longest line in either direction, in bytes without its newline. */
export const lineLimit = 4 * 1024 * 1024;
/** Nesting of what a provider sends, so that no walk over it runs out of stack. */
export const depthLimit = 64;

/** What an inventory may come to: one that counts on for ever would fill the memory that all classes share. */
export const inventoryLimit = { pages: 2_000, things: 200_000 } as const;

/** For how long an answer is awaited, in milliseconds. A cloud that is slower is to be said as `wait` in a plan. */
export const timeoutMs: Readonly<Record<Verb, number>> = {
  describe: 10_000,
  start: 60_000,
  capabilities: 10_000,
  observe: 60_000,
  plan: 10_000,
  apply: 60_000,
  report: 10_000,
  inventory: 60_000,
  close: 5_000,
};

/** A request that was cancelled must be answered within this time, or the process counts as hung. */
export const cancelGraceMs = 10_000;
/** From the end of the input to SIGTERM at once; from there to SIGKILL this long. */
export const killAfterMs = 5_000;

/** Between two starts of a process that ends by itself. */
export const restartMs = { first: 1_000, longest: 60_000 } as const;
/** A process that has worked for this long starts the next back-off from the beginning. */
export const steadyAfterMs = 60_000;

/** One request without its id. */
export interface Request {
  readonly verb: Verb;
  readonly body: JsonObject;
}
