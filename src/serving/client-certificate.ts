import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { knownUser, type User } from './user.ts';

export interface CertifiedUser {
  readonly user: User;
  /** Wall time in milliseconds; a connection may outlive its certificate. */
  readonly untilMs: number;
}

/**
 * Who stands behind a connection: common name is the user, organizations are the groups, as for the API server. Undefined
 * without a certificate that these authorities vouch for: `authorized` speaks of those the handshake began with, which may
 * have been replaced before it ended.
 * @param authorities SHA-256 fingerprints
 */
export function certifiedUserOf(socket: TLSSocket, authorities: ReadonlySet<string>): CertifiedUser | undefined {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  if (certificate === undefined || !chainOf(socket).some((fingerprint) => authorities.has(fingerprint))) return undefined;
  const { CN, O } = certificate.toLegacyObject().subject;
  const name = listOf(CN).at(-1);
  if (name === undefined || name === '') return undefined;
  return { user: knownUser({ name, groups: listOf(O) }), untilMs: certificate.validToDate.getTime() };
}

/** Fingerprints from the certificate of the client up to who vouched for it. */
function chainOf(socket: TLSSocket): readonly string[] {
  const chain: string[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // The last one is its own issuer.
  while (next !== undefined && !chain.includes(next.fingerprint256)) {
    chain.push(next.fingerprint256);
    next = next.issuerCertificate;
  }
  return chain;
}

/** Node gives a repeated attribute as a list. */
const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;
