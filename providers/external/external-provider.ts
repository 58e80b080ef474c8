import { asLbError, LbError } from '../../src/errors.ts';
import type { Capabilities, OwnedThing, Permission } from '../../src/model/capabilities.ts';
import type { LoadBalancerKey } from '../../src/model/ids.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { AnyPlan, AnyStep } from '../../src/model/plan.ts';
import type { Report } from '../../src/model/report.ts';
import { isClusterWant, isFrozen, isGone, type Want } from '../../src/model/spec.ts';
import type { AnyProvider, CallContext, ProviderHost, StepOutcome } from '../../src/provider.ts';
import { capabilitiesBy } from './capabilities.ts';
import { ChangeFeed } from '../../src/plan/change-feed.ts';
import type { Processes } from './definition.ts';
import { answered } from './door/answered.ts';
import { parseChange, parseDone, parseObserved, parseOutcome, parsePage } from './door/answers-door.ts';
import { parseCapabilities, type CapabilityRule, type Description } from './door/description-door.ts';
import { parseError } from './door/error-door.ts';
import { parsePlan } from './door/plan-door.ts';
import { parseReport } from './door/report-door.ts';
import type { Answer, Session } from './process/session.ts';
import { inventoryLimit, restartMs, steadyAfterMs, type Verb } from './protocol.ts';

export interface ExternalParts {
  readonly description: Description;
  readonly processes: Processes;
  /** The provider's own part. */
  readonly connection: JsonObject;
  readonly host: ProviderHost;
  /** A folder to use instead of the real cloud. */
  readonly sandbox?: string;
}

/** A provider whose work is done by another process. The process is kept running; while it does not, every call says why. */
export class ExternalProvider implements AnyProvider {
  readonly #parts: ExternalParts;
  readonly #feed: ChangeFeed<LoadBalancerKey | 'all-waiting'>;
  /** Ends what is under way for nobody in particular: restarts. */
  readonly #life = new AbortController();
  #capabilities: CapabilityRule;
  #mode: 'control' | 'read' = 'read';
  #session: Session | undefined;
  #failure: LbError | undefined;
  #startedAt = 0;
  #retryMs: number = restartMs.first;
  #cancelRestart = () => {};
  #restarting: Promise<void> = Promise.resolve();
  #lastGone: Promise<void> = Promise.resolve();

  constructor(parts: ExternalParts) {
    this.#parts = parts;
    this.#feed = new ChangeFeed(parts.host.clock);
    this.#capabilities = parts.description.capabilities;
  }

  async start(mode: 'control' | 'read', ctx: CallContext): Promise<void> {
    this.#mode = mode;
    await this.#parts.processes.during(this.#open(ctx.signal));
  }

  capabilities(settings: unknown): Capabilities {
    return capabilitiesBy(this.#capabilities, settings);
  }

  async observe(want: Want<unknown>, { maxAgeMs }: { readonly maxAgeMs: number }, ctx: CallContext): Promise<Json> {
    const age = Number.isFinite(maxAgeMs) ? { maxAgeMs } : {};
    return parseObserved(await this.#ask('observe', { want: wireWant(want), ...age }, ctx.signal));
  }

  async plan(want: Want<unknown>, have: Json): Promise<AnyPlan> {
    return parsePlan(await this.#ask('plan', { want: wireWant(want), have }));
  }

  /** What was sent and not answered well may have happened: only an error of the protocol says that it is known. */
  async apply(step: AnyStep, ctx: CallContext): Promise<StepOutcome> {
    this.#running();
    await ctx.beforeCall();
    // What this throws was not sent.
    const answering = this.#send('apply', { step: wireStep(step) }, ctx.signal);
    let answer: Answer;
    try {
      answer = await answering;
    } catch (thrown) {
      throw unknownOutcome(step, asLbError(thrown));
    }
    if ('error' in answer) throw errorOfApply(answer.error, step);
    try {
      return parseOutcome(answer.result);
    } catch (thrown) {
      throw unknownOutcome(step, asLbError(thrown));
    }
  }

  async report(want: Want<unknown>, have: Json): Promise<Report> {
    return parseReport(await this.#ask('report', { want: wireWant(want), have }));
  }

  async *inventory(ctx: CallContext): AsyncGenerator<OwnedThing> {
    let next: string | undefined;
    let [pages, things] = [0, 0];
    do {
      const page = parsePage(await this.#ask('inventory', next === undefined ? {} : { after: next }, ctx.signal));
      const isTooMuch = ++pages > inventoryLimit.pages || (things += page.things.length) > inventoryLimit.things;
      if (isTooMuch || (page.next !== undefined && page.next === next))
        throw new LbError('BadAnswer', 'the pages of the inventory have no end');
      yield* page.things;
      next = page.next;
    } while (next !== undefined);
  }

  changes(signal: AbortSignal): AsyncIterable<LoadBalancerKey | 'all-waiting'> {
    return this.#feed.read(signal);
  }

  permissions(): readonly Permission[] {
    return this.#parts.description.permissions;
  }

  problem(): string | undefined {
    return this.#failure?.text;
  }

  async close(): Promise<void> {
    this.#life.abort(new Error('the provider is closed'));
    this.#cancelRestart();
    await this.#restarting;
    const session = this.#session;
    if (session === undefined) return;
    session.owner = undefined;
    let how: 'clean' | 'dirty' = 'dirty';
    try {
      parseDone(await this.#ask('close', {}), 'close');
      how = 'clean';
    } catch (thrown) {
      this.#parts.host.log.warn({ error: asLbError(thrown) }, 'the provider could not be closed in good order');
    }
    this.#session = undefined;
    await this.#parts.processes.during(this.#parts.processes.release(session, how));
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { processes, connection, host, sandbox, description } = this.#parts;
    const session = await processes.open(host.clock, host.log, signal);
    this.#session = session;
    try {
      const where = { name: host.name, clusterId: host.clusterId, ...(sandbox === undefined ? {} : { sandbox }) };
      parseDone(await this.#ask('start', { mode: this.#mode, ...where, connection }, signal), 'start');
      if (description.verbs.includes('capabilities')) this.#capabilities = parseCapabilities(await this.#ask('capabilities', {}, signal));
      if (session.broken !== undefined) throw session.broken;
    } catch (thrown) {
      this.#session = undefined;
      await processes.release(session, 'dirty');
      throw thrown;
    }
    this.#startedAt = host.clock.monotonic();
    this.#failure = undefined;
    session.owner = { event: (event) => this.#feed.tell(parseChange(event)), broken: (why) => this.#lost(why) };
  }

  #lost(why: LbError): void {
    const { clock, log } = this.#parts.host;
    this.#lastGone = this.#session?.gone ?? Promise.resolve();
    this.#session = undefined;
    this.#failure = why;
    if (clock.monotonic() - this.#startedAt >= steadyAfterMs) this.#retryMs = restartMs.first;
    log.error({ error: why, retryMs: this.#retryMs }, 'the process of the provider is lost and will be started again');
    this.#restartLater();
  }

  #restartLater(): void {
    const { clock } = this.#parts.host;
    this.#cancelRestart = clock.after(this.#retryMs, () => {
      this.#restarting = this.#parts.processes.during(this.#restart());
    });
    this.#retryMs = Math.min(this.#retryMs * 2, restartMs.longest);
  }

  async #restart(): Promise<void> {
    const { log } = this.#parts.host;
    try {
      // Killed is not gone: it may still hold what only one may hold.
      await this.#lastGone;
      await this.#open(this.#life.signal);
      log.info({}, 'the process of the provider runs again');
      this.#feed.tell('all-waiting');
    } catch (thrown) {
      if (this.#life.signal.aborted) return;
      this.#failure = asLbError(thrown);
      log.error({ error: this.#failure, retryMs: this.#retryMs }, 'the process of the provider could not be started again');
      this.#restartLater();
    }
  }

  /** @throws LbError why no process runs */
  #running(): Session {
    if (this.#session !== undefined) return this.#session;
    throw this.#failure ?? new LbError('ProviderProcessFailed', "the provider's process is not started");
  }

  #send(verb: Verb, body: JsonObject, signal?: AbortSignal): Promise<Answer> {
    const { processes, host } = this.#parts;
    return processes.during(this.#counted(verb, this.#running().send({ verb, body }, host.clock, signal)));
  }

  async #ask(verb: Verb, body: JsonObject, signal?: AbortSignal): Promise<Json> {
    return answered(await this.#send(verb, body, signal), verb);
  }

  async #counted(operation: Verb, answering: Promise<Answer>): Promise<Answer> {
    const { metrics, name } = this.#parts.host;
    let result = 'failed';
    try {
      const answer = await answering;
      result = 'error' in answer ? 'error' : 'ok';
      return answer;
    } finally {
      if (cloudVerbs.has(operation)) metrics.count('portolan_cloud_calls_total', { provider: name, operation, result });
    }
  }
}

/** The others are computed in the process and reach no cloud. */
const cloudVerbs: ReadonlySet<Verb> = new Set(['start', 'observe', 'apply', 'inventory']);

/** A want with its kind said: its shape alone is easily mistaken where there are no types. */
function wireWant(want: Want<unknown>): JsonObject {
  const kind = isFrozen(want) ? 'frozen' : isGone(want) ? 'gone' : isClusterWant(want) ? 'cluster' : 'spec';
  return { kind, ...(want as unknown as JsonObject) }; // interfaces of JSON fields only
}

const wireStep = (step: AnyStep): JsonObject => step as unknown as JsonObject; // as above

function unknownOutcome(step: AnyStep, cause: LbError): LbError {
  const { remedy } = cause;
  return new LbError('OutcomeUnknown', `whether "${step.id}" was carried out is not known: ${cause.text}`, {
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

function errorOfApply(error: Json, step: AnyStep): LbError {
  let said: LbError;
  try {
    said = parseError(error, 'apply');
  } catch (thrown) {
    return unknownOutcome(step, asLbError(thrown));
  }
  // Nobody knows what an error means that is not in the catalogue.
  return said.code === 'ProviderBug' ? new LbError('ProviderBug', said.text, { cause: said.cause, verdict: 'in-doubt' }) : said;
}
