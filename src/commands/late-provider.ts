import { LbError } from '../errors.ts';
import type { ProviderName } from '../model/ids.ts';
import type { Json } from '../model/json.ts';
import type { AnyStep } from '../model/plan.ts';
import type { Want } from '../model/spec.ts';
import type { AnyProvider, AnyProviderDefinition, CallContext, ProviderHost } from '../provider.ts';

/** Parses the configuration with all rows, takes over its classes, and answers the connection of this provider. @throws LbError */
export type Reread = (name: ProviderName) => Promise<unknown>;

/**
 * Stands for a provider whose program could not be asked which settings it has when the configuration was read. It asks again
 * with each start; then the configuration is read again, because classes may not be served by settings nobody parsed.
 */
export function lateProvider(
  name: ProviderName,
  placeholder: AnyProviderDefinition,
  describe: () => Promise<AnyProviderDefinition>,
  reread?: Reread,
): AnyProviderDefinition {
  let found: AnyProviderDefinition | undefined;
  const begin = async (host: ProviderHost, mode: 'control' | 'read', ctx: CallContext): Promise<AnyProvider> => {
    const definition = await describe();
    if (reread === undefined) throw new LbError('ProviderProcessFailed', 'it could not be asked for its settings; try again');
    const connection = await reread(name);
    found = definition;
    const provider = definition.create(connection, host);
    try {
      await provider.start(mode, ctx);
      return provider;
    } catch (thrown) {
      await provider.close();
      throw thrown;
    }
  };
  // What is asked of it before it has started is of no consequence: nothing is compiled for a provider that does not run.
  return {
    get kind() {
      return (found ?? placeholder).kind;
    },
    get connection() {
      return (found ?? placeholder).connection;
    },
    get settings() {
      return (found ?? placeholder).settings;
    },
    get settleMs() {
      return (found ?? placeholder).settleMs;
    },
    get clusterUnit() {
      return (found ?? placeholder).clusterUnit;
    },
    get endpointSlices() {
      return (found ?? placeholder).endpointSlices;
    },
    create: (_connection, host) => new LateProvider((mode, ctx) => begin(host, mode, ctx)),
  };
}

/** Hands everything on to the provider that its start makes. */
class LateProvider implements AnyProvider {
  readonly #begin: (mode: 'control' | 'read', ctx: CallContext) => Promise<AnyProvider>;
  #inner: AnyProvider | undefined;

  constructor(begin: (mode: 'control' | 'read', ctx: CallContext) => Promise<AnyProvider>) {
    this.#begin = begin;
  }

  async start(mode: 'control' | 'read', ctx: CallContext): Promise<void> {
    this.#inner = await this.#begin(mode, ctx);
  }

  capabilities = (settings: unknown) => this.#started().capabilities(settings);
  observe = (want: Want<unknown>, age: { readonly maxAgeMs: number }, ctx: CallContext) => this.#started().observe(want, age, ctx);
  plan = (want: Want<unknown>, have: Json) => this.#started().plan(want, have);
  apply = (step: AnyStep, ctx: CallContext) => this.#started().apply(step, ctx);
  report = (want: Want<unknown>, have: Json) => this.#started().report(want, have);
  inventory = (ctx: CallContext) => this.#started().inventory(ctx);
  changes = (signal: AbortSignal) => this.#started().changes?.(signal) ?? nothing();
  permissions = () => this.#started().permissions();
  problem = () => this.#inner?.problem?.();

  async close(): Promise<void> {
    await this.#inner?.close();
  }

  #started(): AnyProvider {
    if (this.#inner === undefined) throw new LbError('ProviderBug', 'the provider is asked before it was started');
    return this.#inner;
  }
}

// oxlint-disable-next-line require-yield -- there are none
async function* nothing(): AsyncGenerator<never> {}
