import { asLbErrorOf, isEnding, type LbError } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { asWire, object, type Wire } from '../kube/json-reader.ts';
import type { Log } from '../log.ts';
import type { JsonObject } from '../model/json.ts';

/** One of the kinds that are questions: created, answered in `status`, kept nowhere. */
export interface ReviewKind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
}

/** As upstream; a client that waits longer has given up before. */
const timeoutMs = 10_000;

/** Asks the API server. Says in the log when it begins to fail and when it works again, not at each request: anybody may send those. */
export class Reviewer {
  readonly #client: KubeClient;
  readonly #review: ReviewKind;
  readonly #log: Log;
  readonly #signal: AbortSignal;
  #failing = false;

  constructor(client: KubeClient, review: ReviewKind, log: Log, signal: AbortSignal) {
    this.#client = client;
    this.#review = review;
    this.#log = log;
    this.#signal = signal;
  }

  /**
   * The `status` of the answer. Never tried twice: the client of the request is waiting, and asks again itself.
   * @throws LbError of the Kubernetes client; `Stopping` after the signal aborted
   */
  async ask(spec: JsonObject): Promise<Wire> {
    const { group, kind, plural } = this.#review;
    const body = { apiVersion: `${group}/v1`, kind, spec };
    try {
      const answer = await this.#client.create(`/apis/${group}/v1/${plural}`, body, this.#signal, { timeoutMs });
      const status = object(asWire(answer, kind), 'status', kind);
      if (this.#failing) this.#log.info({ review: kind }, 'the API server answers reviews again');
      this.#failing = false;
      return status;
    } catch (thrown) {
      const error = asLbErrorOf(thrown, this.#signal);
      this.#complain(error);
      throw error;
    }
  }

  #complain(error: LbError): void {
    if (this.#failing || isEnding(error)) return;
    this.#failing = true;
    this.#log.warn({ review: this.#review.kind, error }, 'the API server answers no reviews: requests that need one are refused');
  }
}
