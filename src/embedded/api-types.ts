import type { Clock } from '../clock.ts';
import type { WatchStream } from './watch-stream.ts';

export interface ApiRequest {
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ApiResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON or text. */
  readonly body: string;
}

export interface EmbeddedApiOptions {
  readonly clock: Clock;
  /** At most one of each family; the first is the cluster's default. */
  readonly serviceCidrs?: readonly string[];
  /** First and last, both included. */
  readonly nodePortRange?: readonly [number, number];
  /** UIDs, generated names and allocations follow from it. */
  readonly seed?: number;
  /** How many changes of each resource a watch can go back at least. */
  readonly compactAfter?: number;
  /** Make EndpointSlices of Services with a selector; default true. */
  readonly endpointSlices?: boolean;
}

/** One request as it was answered. */
export interface LoggedRequest {
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  /** 0 where the connection was closed without an answer. */
  readonly status: number;
  /** Wall time in milliseconds, at the answer. */
  readonly at: number;
  /** Whether it was a write (a dry run is none). */
  readonly mutating: boolean;
  readonly userAgent: string;
}

/** What a door does with a request: send a body, stream events, or close the connection. */
export type Answer =
  | { readonly kind: 'body'; readonly response: ApiResponse }
  | { readonly kind: 'watch'; readonly stream: WatchStream }
  | { readonly kind: 'dropped' };
