import type { TLSSocket } from 'node:tls';
import { knownUser, type User } from './user.ts';

export interface CertifiedUser {
  readonly user: User;
  /** Wall time in milliseconds; a connection may outlive its certificate. */
  readonly untilMs: number;
}

/**
 * Who stands behind a connection: common name is the user, organizations are the groups, as for the API server. Undefined
 * without a certificate that the authorities vouch for. `authorized` alone does not say so: OpenSSL also sets it on a resumed
 * session that never had a certificate.
 */
export function certifiedUserOf(socket: TLSSocket): CertifiedUser | undefined {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  if (certificate === undefined) return undefined;
  const { CN, O } = certificate.toLegacyObject().subject;
  const name = listOf(CN).at(-1);
  if (name === undefined || name === '') return undefined;
  return { user: knownUser({ name, groups: listOf(O) }), untilMs: certificate.validToDate.getTime() };
}

/** Node gives a repeated attribute as a list. */
const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;
