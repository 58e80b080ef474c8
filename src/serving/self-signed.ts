import { generateKeyPair, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_kp_serverAuth,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';
import type { KeyPair } from './key-pair.ts';

const commonName = '2.5.4.3';
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';
const hourMs = 3_600_000;
const validMs = 365 * 24 * hourMs;

/**
 * A key and a certificate signed by itself (ECDSA on P-256), good for a year. It begins an hour ago: a client's clock may be behind.
 * @param names DNS names and IP addresses it is for; the first one names it
 * @param now wall time in milliseconds
 */
export async function selfSignedPair(names: readonly string[], now: number): Promise<KeyPair> {
  const keys = await promisify(generateKeyPair)('ec', { namedCurve: 'prime256v1' });
  const subject = nameOf(`${names[0] ?? 'localhost'}@${Math.floor(now / 1_000)}`);
  const algorithm = new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 });
  const content = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: algorithm,
    issuer: subject,
    subject,
    validity: new Validity({ notBefore: new Date(now - hourMs), notAfter: new Date(now - hourMs + validMs) }),
    subjectPublicKeyInfo: AsnConvert.parse(keys.publicKey.export({ type: 'spki', format: 'der' }), SubjectPublicKeyInfo),
    extensions: new Extensions([
      extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
      extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
      extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
      extension(id_ce_subjectAltName, new SubjectAlternativeName(names.map(alternativeName))),
    ]),
  });
  const certificate = new Certificate({
    tbsCertificate: content,
    signatureAlgorithm: algorithm,
    signatureValue: signatureOf(content, keys.privateKey),
  });
  return {
    cert: pem('CERTIFICATE', AsnConvert.serialize(certificate)),
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const nameOf = (text: string): Name =>
  new Name([
    new RelativeDistinguishedName([new AttributeTypeAndValue({ type: commonName, value: new AttributeValue({ utf8String: text }) })]),
  ]);

const alternativeName = (name: string): GeneralName => new GeneralName(isIP(name) === 0 ? { dNSName: name } : { iPAddress: name });

const extension = (extnID: string, value: object, critical = false): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

/** Random, so that two pairs of one name are told apart; positive, and not zero. */
function serialNumber(): ArrayBuffer {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.buffer;
}

const signatureOf = (content: TBSCertificate, key: KeyObject): ArrayBuffer =>
  new Uint8Array(sign('sha256', new Uint8Array(AsnConvert.serialize(content)), key)).buffer;

const pem = (label: string, der: ArrayBuffer): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/(.{64})(?=.)/g, '$1\n')}\n-----END ${label}-----\n`;
