import { LbError } from '../errors.ts';
import { oneLine } from './status-error.ts';

/** What the error codes of sockets, TLS and the HTTP client mean to a person. */
const meanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  EHOSTUNREACH: 'no route to the server',
  ENETUNREACH: 'no route to the server',
  ETIMEDOUT: 'the connection timed out',
  ENOTFOUND: 'the server name is unknown',
  EAI_AGAIN: 'the server name could not be looked up',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped',
  UND_ERR_SOCKET: 'the connection was closed',
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another name",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is not signed by the configured authority",
  SELF_SIGNED_CERT_IN_CHAIN: "the server's certificate is not signed by the configured authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the server's certificate is not signed by the configured authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the server's certificate is not signed by the configured authority",
};

/** A call that got no answer, as `ApiUnavailable`; an LbError passes unchanged. */
export function errorOfFailure(thrown: unknown, what: string): LbError {
  if (thrown instanceof LbError) return thrown;
  const code = codeOf(thrown);
  const said = thrown instanceof Error ? oneLine(thrown.message) : '';
  const why = (code === undefined ? undefined : meanings[code]) ?? (said === '' ? (code ?? 'no answer') : said);
  return new LbError('ApiUnavailable', `${what}: ${why}`, { cause: thrown });
}

/** The code may sit on the error, or on its cause where an HTTP client wrapped it. */
function codeOf(thrown: unknown): string | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string') return error.code;
  }
  return undefined;
}
