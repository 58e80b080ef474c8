import { getCiphers, type SecureVersion } from 'node:tls';
import { LbError } from '../errors.ts';

const versions: Readonly<Record<string, SecureVersion>> = {
  VersionTLS10: 'TLSv1',
  VersionTLS11: 'TLSv1.1',
  VersionTLS12: 'TLSv1.2',
  VersionTLS13: 'TLSv1.3',
};

/**
 * The version that upstream's `--tls-min-version` names.
 * @throws LbError `InvalidFlag`
 */
export function tlsVersionOf(name: string): SecureVersion {
  const version = versions[name];
  if (version !== undefined) return version;
  const field = '--tls-min-version';
  throw new LbError('InvalidFlag', `${field}: ${name} is none of ${Object.keys(versions).join(', ')}`, { field });
}

/** Suites of TLS 1.3 cannot be chosen upstream: they are always on. Node would turn TLS 1.3 off where none is listed. */
const always = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

/**
 * The OpenSSL list of the suites that upstream's `--tls-cipher-suites` names in IANA's way.
 * @throws LbError `InvalidFlag` for one that this Node does not have, such as those with RC4
 */
export function cipherListOf(names: readonly string[]): string {
  const has = new Set(getCiphers());
  const chosen = names
    .filter((name) => !always.includes(name))
    .map((name) => {
      const suite = openSslName(name);
      if (name.startsWith('TLS_') && has.has(suite.toLowerCase())) return suite;
      const field = '--tls-cipher-suites';
      throw new LbError('InvalidFlag', `${field}: ${name} is unknown, or too weak to be offered`, { field });
    });
  return [...always, ...chosen].join(':');
}

/** `TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256` is `ECDHE-RSA-AES128-SHA256`; plain RSA is not named, nor are CBC and the hash of ChaCha20. */
const openSslName = (name: string): string =>
  name
    .replace(/^TLS_/, '')
    .replace(/^RSA_WITH_/, '')
    .replace('_WITH', '')
    .replace(/AES_(128|256)/, 'AES$1')
    .replace('_CBC', '')
    .replace(/(CHACHA20_POLY1305)_SHA256$/, '$1')
    .replaceAll('_', '-');
