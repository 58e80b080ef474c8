/** What a probe answers: nothing is wrong, or one line per thing that is. */
export type HealthCheck = () => string | undefined;

/** One check and what it said; no cause: nothing is wrong. */
export interface CheckResult {
  readonly name: string;
  readonly cause: string | undefined;
}

/** What the checks of a kind say now: `live` is what `/healthz` and `/livez` show, `ready` what `/readyz` does. */
export interface HealthResults {
  results(kind: 'live' | 'ready'): readonly CheckResult[];
}

/** The checks behind `/healthz` (am I stuck?) and `/readyz` (can I work?). */
export class Health implements HealthResults {
  readonly #live = new Map<string, HealthCheck>();
  readonly #ready = new Map<string, HealthCheck>();

  /** Adds or replaces a check; returns the function that takes it away. */
  add(kind: 'live' | 'ready', name: string, check: HealthCheck): () => void {
    const checks = kind === 'live' ? this.#live : this.#ready;
    checks.set(name, check);
    return () => void checks.delete(name);
  }

  /** What each check of a kind says, in the order they were added. */
  results(kind: 'live' | 'ready'): readonly CheckResult[] {
    const checks = kind === 'live' ? this.#live : this.#ready;
    return [...checks].map(([name, check]) => ({ name, cause: check() }));
  }

  /** All checks of a kind: good, or what fails, one `name: cause` per line. */
  probe(kind: 'live' | 'ready'): { good: boolean; text: string } {
    const failures = this.results(kind)
      .filter(({ cause }) => cause !== undefined)
      .map(({ name, cause }) => `${name}: ${cause}`);
    return failures.length === 0 ? { good: true, text: 'ok\n' } : { good: false, text: `${failures.join('\n')}\n` };
  }
}
