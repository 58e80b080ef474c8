/** What TLS needs besides the server's name; PEM or DER as Node takes it. */
export interface TlsMaterial {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Where an API server is and how it knows us. */
export interface Endpoint {
  /** With a base path if any, without a slash at the end. */
  readonly server: string;
  readonly proxyUrl?: string;
  /**
   * Headers and TLS material as of now: tokens and certificates change while we run, so it is asked before each call.
   * @throws LbError `ApiForbidden` where the credentials cannot be had.
   */
  authorize(): Promise<{ readonly headers: Readonly<Record<string, string>>; readonly tls: TlsMaterial }>;
  /** The server did not accept the credentials: drop what is cached of them. */
  forget(): Promise<void>;
}

/** A server that asks for no credentials: the embedded API, `kubectl proxy`. */
export const plainEndpoint = (server: string): Endpoint => ({
  server,
  authorize: () => Promise.resolve({ headers: {}, tls: {} }),
  forget: () => Promise.resolve(),
});
