import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../clock.ts';
import { keyPairSource } from './key-pair-source.ts';
import { certificateOf } from './key-pair.ts';

const tls = join(import.meta.dirname, '../../test/fixtures/tls');
const dayMs = 24 * 3_600_000;
const made = { pairName: 'portolan', names: ['localhost', '127.0.0.1', '::1', 'node-1'] };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-pair-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a certificate made in memory', () => {
  it('is for this machine by every name, good for a year, and only to serve', async () => {
    const clock = new ManualClock();
    const pair = await keyPairSource(made, clock).read();

    const certificate = new X509Certificate(pair.cert);
    expect(certificateOf(pair)).toBeInstanceOf(X509Certificate);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(made.names.map((name) => certificate.checkHost(name) ?? certificate.checkIP(name))).not.toContain(undefined);
    expect(certificate.checkHost('example.com') ?? certificate.checkIP('127.0.0.2')).toBeUndefined();
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(certificate.validFromDate.getTime()).toBe(clock.now() - 3_600_000);
    expect(certificate.validToDate.getTime()).toBe(clock.now() - 3_600_000 + 365 * dayMs);
  });

  it('stays the same until a month of its year is left', async () => {
    const clock = new ManualClock();
    const source = keyPairSource(made, clock);
    const first = await source.read();
    clock.advance(330 * dayMs);
    expect(await source.read()).toBe(first);
    clock.advance(6 * dayMs);
    const second = await source.read();

    expect(second.cert).not.toBe(first.cert);
    expect(second.key).not.toBe(first.key);
  });
});

describe('a folder for certificates', () => {
  it('is made and keeps the pair, its key for the owner alone', async () => {
    const certDir = join(folder, 'certs');
    const clock = new ManualClock();
    const first = await keyPairSource({ ...made, certDir }, clock).read();

    expect((await readdir(certDir)).sort()).toEqual(['portolan.crt', 'portolan.key']);
    expect((await stat(join(certDir, 'portolan.key'))).mode & 0o777).toBe(0o600);
    expect(await keyPairSource({ ...made, certDir }, clock).read()).toEqual(first);
    clock.advance(336 * dayMs);
    const renewed = await keyPairSource({ ...made, certDir }, clock).read();
    expect(renewed.cert).not.toBe(first.cert);
    expect(await readFile(join(certDir, 'portolan.crt'), 'utf8')).toBe(renewed.cert);
    expect((await stat(join(certDir, 'portolan.key'))).mode & 0o777).toBe(0o600);
  });

  it('is not written to where somebody else’s pair is in it', async () => {
    const pair = { cert: await readFile(join(tls, 'client.crt'), 'utf8'), key: await readFile(join(tls, 'client.key'), 'utf8') };
    await writeFile(join(folder, 'portolan.crt'), pair.cert);
    await writeFile(join(folder, 'portolan.key'), pair.key);
    const afterItsEnd = new ManualClock(Date.UTC(2200, 0, 1));

    expect(await keyPairSource({ ...made, certDir: folder }, afterItsEnd).read()).toEqual(pair);
  });

  it('with half a pair is an error, and stays as it is', async () => {
    await writeFile(join(folder, 'portolan.crt'), await readFile(join(tls, 'a.crt')));

    await expect(keyPairSource({ ...made, certDir: folder }, new ManualClock()).read()).rejects.toMatchObject({
      code: 'InvalidFlag',
      field: '--cert-dir',
    });
    expect(await readdir(folder)).toEqual(['portolan.crt']);
  });

  it('that cannot be made is an error', async () => {
    await writeFile(join(folder, 'file'), '');

    await expect(keyPairSource({ ...made, certDir: join(folder, 'file') }, new ManualClock()).read()).rejects.toMatchObject({
      code: 'InvalidFlag',
      field: '--cert-dir',
    });
  });
});

describe('given files', () => {
  const given = (cert: string, key: string) =>
    keyPairSource({ ...made, certFile: join(tls, cert), keyFile: join(tls, key) }, new ManualClock()).read();

  it('are read each time', async () => {
    const [certFile, keyFile] = [join(folder, 'x.crt'), join(folder, 'x.key')];
    const source = keyPairSource({ ...made, certFile, keyFile }, new ManualClock());
    for (const name of ['a', 'b']) {
      await writeFile(certFile, await readFile(join(tls, `${name}.crt`)));
      await writeFile(keyFile, await readFile(join(tls, `${name}.key`)));
      expect((await source.read()).cert).toBe(await readFile(join(tls, `${name}.crt`), 'utf8'));
    }
  });

  it.each([
    ['a.crt', 'b.key', 'the key is not the one of the certificate'],
    ['a.key', 'a.key', 'the certificate is no X.509 certificate'],
    ['a.crt', 'b.crt', 'the key is no private key'],
    ['none.crt', 'a.key', '--tls-cert-file: .*none.crt is not there'],
    ['', 'a.key', '--tls-cert-file: .* cannot be read'],
  ])('%s with %s: %s', async (cert, key, message) => {
    await expect(given(cert, key)).rejects.toThrow(new RegExp(message));
    await expect(given(cert, key)).rejects.toMatchObject({ code: 'InvalidFlag' });
  });

  it('come in pairs', () => {
    const one = (files: { certFile?: string; keyFile?: string }) => () => keyPairSource({ ...made, ...files }, new ManualClock());

    expect(one({ certFile: 'x' })).toThrow(expect.objectContaining({ code: 'InvalidFlag', field: '--tls-private-key-file' }));
    expect(one({ keyFile: 'x' })).toThrow(expect.objectContaining({ code: 'InvalidFlag', field: '--tls-cert-file' }));
  });
});
