import { createPrivateKey, X509Certificate } from 'node:crypto';

/** What a TLS server shows and proves, both in PEM. */
export interface KeyPair {
  /** The certificate; those of its issuers may follow. */
  readonly cert: string;
  readonly key: string;
}

/** The certificate of a pair, or why the two cannot be used. */
export function certificateOf({ cert, key }: KeyPair): X509Certificate | string {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
  } catch {
    return 'the certificate is no X.509 certificate in PEM'; // what OpenSSL says about it helps nobody
  }
  try {
    return certificate.checkPrivateKey(createPrivateKey(key)) ? certificate : 'the key is not the one of the certificate';
  } catch {
    return 'the key is no private key in PEM without passphrase'; // as above, and it must not show any of it
  }
}
