import type { Clock } from '../clock.ts';
import { asLbError } from '../errors.ts';
import type { Leadership } from '../kube/leadership.ts';
import type { Log } from '../log.ts';
import { failureText, type Audit } from './audit.ts';
import { thingId } from './audit-verdicts.ts';
import { answerAnnotation, formatAnswer, parseAnswer, parseWish, wishAnnotation } from './audit-wish.ts';

/** As often as the Lease is renewed, and with it read. No call is made for it. */
const pollMs = 2_000;

/** Looks at the Lease for what commands wish, has the audit do it, and answers there. */
export class AuditWishes {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #leadership: Pick<Leadership, 'annotation' | 'setAnnotation'>;
  readonly #audit: Pick<Audit, 'round'>;
  readonly #signal: AbortSignal;
  #cancel: () => void = () => {};
  #answering: Promise<void> = Promise.resolve();

  constructor(parts: {
    readonly clock: Clock;
    readonly log: Log;
    readonly leadership: Pick<Leadership, 'annotation' | 'setAnnotation'>;
    readonly audit: Pick<Audit, 'round'>;
    readonly signal: AbortSignal;
  }) {
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#leadership = parts.leadership;
    this.#audit = parts.audit;
    this.#signal = parts.signal;
  }

  start(): void {
    if (this.#signal.aborted) return;
    this.#answering = this.#look();
    void this.#answering.then(() => {
      if (!this.#signal.aborted) this.#cancel = this.#clock.after(pollMs, () => this.start());
    });
  }

  async close(): Promise<void> {
    await this.#answering;
    this.#cancel();
  }

  async #look(): Promise<void> {
    const wish = this.#leadership.annotation(wishAnnotation);
    const id = parseWish(wish);
    if (id === undefined) return;
    try {
      if (parseAnswer(this.#leadership.annotation(answerAnnotation), id) === undefined) {
        const answer = await this.#answer(id);
        if (this.#signal.aborted) return;
        await this.#leadership.setAnnotation(answerAnnotation, answer);
      }
      // Last: a crash before this does it once more, which finds nothing left to do. Another command may have wished meanwhile.
      await this.#leadership.setAnnotation(wishAnnotation, undefined, wish);
    } catch (thrown) {
      this.#log.warn({ error: asLbError(thrown) }, 'a wish on the Lease could not be answered, trying again');
    }
  }

  async #answer(id: string): Promise<string> {
    this.#log.info({ wish: id }, 'a command asks for strays to be deleted');
    const { deleted, failures } = await this.#audit.round(true);
    return formatAnswer({
      id,
      deleted: deleted.map(({ provider, key, things }) => ({ provider, key, things: things.map(thingId) })),
      more: 0,
      failures: failures.map(failureText),
    });
  }
}
