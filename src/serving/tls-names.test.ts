import { getCiphers } from 'node:tls';
import { expect, it } from 'vitest';
import { cipherListOf, tlsVersionOf } from './tls-names.ts';

/** What upstream's help names as preferred values, TLS 1.3 apart. */
const preferred = `TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA
TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305 TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305 TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256`.split(/\s+/);
const always = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';

it('every suite that upstream prefers can be had, and TLS 1.3 stays on', () => {
  const list = cipherListOf(preferred).split(':');

  expect(list).toHaveLength(preferred.length + 3);
  expect(list.filter((name) => !getCiphers().includes(name.toLowerCase()))).toEqual([]);
  expect(cipherListOf(['TLS_AES_128_GCM_SHA256'])).toBe(always);
});

it('a name means the suite of that name', () => {
  const chosen = [
    'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
    'TLS_RSA_WITH_AES_256_GCM_SHA384',
    'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  ];

  expect(cipherListOf(chosen)).toBe(`${always}:ECDHE-RSA-AES128-SHA256:AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305`);
});

it.each(['TLS_RSA_WITH_RC4_128_SHA', 'TLS_RSA_WITH_3DES_EDE_CBC_SHA', 'AES256-SHA', 'ALL', 'TLS_ALL', '@SECLEVEL=0'])(
  '%s is refused',
  (name) => {
    expect(() => cipherListOf([name])).toThrow(expect.objectContaining({ code: 'InvalidFlag' }));
  },
);

it('versions are those of Go', () => {
  expect(['VersionTLS10', 'VersionTLS12', 'VersionTLS13'].map(tlsVersionOf)).toEqual(['TLSv1', 'TLSv1.2', 'TLSv1.3']);
  expect(() => tlsVersionOf('TLSv1.2')).toThrow(/is none of VersionTLS10, .*VersionTLS13/);
});
