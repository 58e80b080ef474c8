/** One call. The answer is whatever the server said, also an error status; only a call without an answer rejects. */
export interface KubeRequest {
  readonly method: string;
  /** With query string, without host. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** How long the caller will wait; a transport may give up then, the caller does so anyway. */
  readonly timeoutMs: number;
  /** `leader`: never queued behind other calls. */
  readonly lane?: 'calls' | 'leader';
  /** To be called when all waiting is over and the request leaves now. Where it throws, it must not leave. */
  readonly lastCheck?: () => void;
}

export interface KubeResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface KubeWatch {
  readonly path: string;
  readonly signal: AbortSignal;
  /** Silence of this length means a dead connection, in milliseconds. */
  readonly idleMs: number;
  /** Must be called once the server has agreed to the watch, before the first line. */
  readonly opened: () => void;
}

/** The way to an API server: sockets in production, a direct door in tests and in the conformance kit. */
export interface KubeTransport {
  /** Rejects with the signal's reason when it aborts, else with whatever went wrong; never with an error status. */
  request(request: KubeRequest): Promise<KubeResponse>;
  /**
   * Yields one line of JSON per event; ends when the server ends the stream or the signal aborts.
   * @throws LbError of the answer's status where it is not 200.
   */
  watch(watch: KubeWatch): AsyncIterable<string>;
  /** Drops every connection. Calls under way reject. */
  close(): Promise<void>;
}
