import type { Clock } from '../clock.ts';
import { asLbError, asLbErrorOf, isEnding, type LbError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { OwnedThing } from '../model/capabilities.ts';
import type { LoadBalancerKey, ProviderName } from '../model/ids.ts';
import type { CallContext } from '../provider.ts';
import { readInventory } from './audit-inventory.ts';
import { judgeThings, sameThing, thingId, type AuditScene, type Findings, type Group } from './audit-verdicts.ts';
import type { ProviderPool, RunningProvider } from './provider-pool.ts';
import type { StrayAges } from './stray-ages.ts';
import type { StrayRemovals } from './stray-removals.ts';

export interface AuditSettings {
  /** 0 = never by itself. */
  readonly intervalMs: number;
  readonly graceMs: number;
  readonly deleteStrays: boolean;
}

export interface AuditOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly settings: AuditSettings;
  readonly pool: Pick<ProviderPool, 'names' | 'get'>;
  /** As it is now: asked for anew before each deletion. */
  readonly scene: () => Omit<AuditScene, 'elsewhere'>;
  readonly ages: StrayAges;
  readonly removals: Pick<StrayRemovals, 'remove'>;
  readonly callContext: (running: RunningProvider, log: Log) => CallContext;
  /** Aborts when this process stops, or leads no more. */
  readonly signal: AbortSignal;
}

/** A stray that was taken away. */
export interface Deleted {
  readonly provider: ProviderName;
  readonly key: string;
  readonly things: readonly OwnedThing[];
}

/** Why something was not done; without a provider where it is about none. */
export interface Failure {
  readonly provider?: ProviderName;
  readonly error: LbError;
}

/** One line for people. */
export const failureText = ({ provider, error }: Failure): string =>
  provider === undefined ? error.text : `provider ${provider}: ${error.text}`;

/** What one round came to. */
export interface Round {
  readonly findings: readonly Findings[];
  readonly deleted: readonly Deleted[];
  /** Providers of which nothing could be said, and the deletion that ended the round. */
  readonly failures: readonly Failure[];
}

/**
 * Compares what stands in the clouds with the Services there are: the other direction of every pass. It reads one inventory
 * per provider and round, never holds up a pass, and takes away only what is proved ours, has been nobody's for longer than
 * the grace period and of which there is no doubt.
 */
export class Audit {
  readonly #options: AuditOptions;
  /** Rounds are made one after the other. */
  #tail: Promise<unknown> = Promise.resolve();
  #cancel: () => void = () => {};

  constructor(options: AuditOptions) {
    this.#options = options;
  }

  /** Begins to look at every interval, the first time after one. */
  start(): void {
    const { clock, settings, signal } = this.#options;
    if (settings.intervalMs <= 0 || signal.aborted) return;
    this.#cancel = clock.after(settings.intervalMs, () => {
      void this.round().then(() => this.start());
    });
  }

  /** A provider has started and has just read its inventory: that is a look without a call. */
  providerStarted(name: ProviderName, found: readonly OwnedThing[]): void {
    if (this.#options.settings.intervalMs <= 0) return;
    void this.#queued(() => this.#round(new Map([[name, found]]), [], this.#options.settings.deleteStrays));
  }

  /** One look at every provider. `deleteStrays` also where the configuration says no: somebody asked for it. Never rejects. */
  round(deleteStrays = this.#options.settings.deleteStrays): Promise<Round> {
    return this.#queued(async () => {
      const found = new Map<ProviderName, readonly OwnedThing[]>();
      const failures: (Failure & { readonly provider: ProviderName })[] = [];
      for (const name of this.#options.pool.names) {
        try {
          found.set(name, await this.#inventory(name));
        } catch (thrown) {
          failures.push({ provider: name, error: asLbErrorOf(thrown, this.#options.signal) });
        }
      }
      return await this.#round(found, failures, deleteStrays);
    });
  }

  /** Resolves when no round is under way. */
  async close(): Promise<void> {
    this.#cancel();
    await this.#tail;
  }

  #queued(work: () => Promise<Round>): Promise<Round> {
    const done = this.#tail.then(async () => {
      try {
        return await work();
      } catch (thrown) {
        const error = asLbError(thrown);
        this.#options.log.error({ error }, 'audit failed');
        return { findings: [], deleted: [], failures: [{ error }] };
      }
    });
    this.#tail = done;
    return done;
  }

  async #inventory(name: ProviderName): Promise<readonly OwnedThing[]> {
    const { clock, log, pool, callContext } = this.#options;
    const running = pool.get(name);
    return await readInventory(running.provider, callContext(running, log), clock);
  }

  async #round(
    found: ReadonlyMap<ProviderName, readonly OwnedThing[]>,
    failures: readonly (Failure & { readonly provider: ProviderName })[],
    deleteStrays: boolean,
  ): Promise<Round> {
    const { log, metrics, ages, pool, signal } = this.#options;
    for (const { provider, error } of failures) {
      if (signal.aborted || isEnding(error)) continue;
      metrics.set('portolan_audit_failed', 1, { provider });
      log.warn({ provider, error }, 'audit could not read what there is; nothing of this provider is deleted');
    }
    const scene = this.#scene(found);
    const findings = [...found].map(([provider, things]) => judgeThings(provider, things, scene()));
    for (const one of findings) this.#note(one);
    if (found.size === pool.names.length) ages.forgetUnseen();
    if (!signal.aborted) await ages.save();
    if (!deleteStrays) return { findings, deleted: [], failures };
    const { deleted, failed } = await this.#delete(findings, scene);
    for (const one of findings) if (deleted.some(({ provider }) => provider === one.provider)) this.#note(without(one, deleted));
    if (deleted.length > 0 && !signal.aborted) await ages.save();
    return { findings, deleted, failures: [...failures, ...failed] };
  }

  #scene(found: ReadonlyMap<ProviderName, readonly OwnedThing[]>): () => AuditScene {
    const ids = new Map([...found].map(([provider, things]) => [provider, new Set(things.map(sameThing))]));
    return () => ({ ...this.#options.scene(), elsewhere: (provider) => ids.get(provider) });
  }

  /** Counts and ages as of now, and a line for what is new. */
  #note({ provider, groups, foreign }: Findings): void {
    const { log, metrics, ages } = this.#options;
    const counts = { owned: 0, stray: 0, doubt: 0, foreign: foreign.length };
    for (const { verdict, things } of groups) counts[verdict] += things.length;
    for (const [state, count] of Object.entries(counts)) metrics.set('portolan_things', count, { provider, state });
    metrics.set('portolan_audit_failed', 0, { provider });
    const strays = groups.filter(({ verdict }) => verdict === 'stray');
    const fresh = new Set(
      ages.note(
        provider,
        strays.map(({ key }) => key),
      ),
    );
    for (const { key, why, things } of strays)
      if (fresh.has(key)) log.warn({ provider, key, why, things: things.map(thingId) }, 'stray found');
    log.debug({ provider, ...counts }, 'audit looked');
  }

  /** One at a time, each judged anew, until one fails: what stops one deletion may be wrong with all of them. */
  async #delete(
    findings: readonly Findings[],
    scene: () => AuditScene,
  ): Promise<{ readonly deleted: readonly Deleted[]; readonly failed: Round['failures'] }> {
    const { log, metrics, pool, removals, signal } = this.#options;
    const deleted: Deleted[] = [];
    for (const { provider, groups } of findings) {
      for (const group of groups) {
        if (signal.aborted) return { deleted, failed: [] };
        if (!this.#isDue(provider, group, scene())) continue;
        const { key, things } = group;
        const isStray = () => isStillStray(provider, group, scene());
        const removed = await removals.remove(key as LoadBalancerKey, pool.get(provider), isStray); // a stray's key has been parsed
        if (removed === 'called-off') continue;
        if (removed !== 'gone') {
          const error = removed;
          if (!isEnding(error)) log.warn({ provider, key, error }, 'stray could not be deleted; the rest waits for the next audit');
          return { deleted, failed: [{ provider, error }] };
        }
        metrics.count('portolan_strays_deleted_total', { provider });
        log.info({ provider, key, things: things.map(thingId) }, 'stray deleted');
        deleted.push({ provider, key, things });
      }
    }
    return { deleted, failed: [] };
  }

  #isDue(provider: ProviderName, group: Group, scene: AuditScene): boolean {
    const { ages, settings } = this.#options;
    if (group.verdict !== 'stray' || ages.ageMs(provider, group.key) <= settings.graceMs) return false;
    return !isShownOnly(provider, scene.classes) && isStillStray(provider, group, scene);
  }
}

/** Whose a stray was is not known any more; it may have been of the class that only shows what it would do. */
export const isShownOnly = (provider: ProviderName, classes: AuditScene['classes']): boolean =>
  classes.some((klass) => klass.provider === provider && klass.mode === 'plan-only');

const without = (findings: Findings, deleted: readonly Deleted[]): Findings => ({
  ...findings,
  groups: findings.groups.filter(({ key }) => !deleted.some((gone) => gone.provider === findings.provider && gone.key === key)),
});

const isStillStray = (provider: ProviderName, { things }: Group, scene: AuditScene): boolean =>
  judgeThings(provider, things, scene).groups[0]?.verdict === 'stray';
