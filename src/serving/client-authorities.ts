import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { asLbErrorOf, LbError } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { asWire, optionalText, textMap } from '../kube/json-reader.ts';

/** Who may vouch for clients that show a certificate. Read again and again: authorities are replaced. */
export interface AuthoritySource {
  readonly everyMs: number;
  /** Certificates in PEM, one each; none: no client certificate counts. */
  read(signal: AbortSignal): Promise<readonly string[]>;
}

const fileEveryMs = 10_000;
/** Authorities live for years and overlap for weeks. */
const clusterEveryMs = 60_000;

/** `--client-ca-file`. */
export function authoritiesOfFile(file: string): AuthoritySource {
  const field = '--client-ca-file';
  return {
    everyMs: fileEveryMs,
    async read() {
      try {
        return certificatesOf(await readFile(file, 'utf8'));
      } catch (error) {
        throw new LbError('InvalidFlag', `${field}: ${file} cannot be used`, { cause: error, field });
      }
    },
  };
}

const configMap = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';

/** What the API server tells everybody who serves beside it: the authorities it trusts itself. */
export function authoritiesOfCluster(client: KubeClient): AuthoritySource {
  const where = 'ConfigMap kube-system/extension-apiserver-authentication';
  return {
    everyMs: clusterEveryMs,
    async read(signal) {
      try {
        const data = textMap(asWire(await client.get(configMap, signal), where), 'data', where);
        const bundle = optionalText(asWire(data, where), 'client-ca-file', where);
        return bundle === undefined ? [] : certificatesOf(bundle);
      } catch (thrown) {
        const error = asLbErrorOf(thrown, signal);
        if (error.code === 'ApiNotFound') return [];
        throw new LbError(error.code, `the authorities of client certificates cannot be read: ${error.text}`, {
          cause: thrown,
          remedy:
            'Bind the role kube-system/extension-apiserver-authentication-reader to the account, or set --authentication-tolerate-lookup-failure or --authentication-skip-lookup.',
        });
      }
    },
  };
}

/** @throws LbError `InvalidObject` where a text holds none, or a broken one: half a bundle would turn clients away unseen */
function certificatesOf(bundle: string): readonly string[] {
  const found = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    for (const pem of found) void new X509Certificate(pem);
  } catch (error) {
    throw new LbError('InvalidObject', 'one of the authorities is no X.509 certificate', { cause: error });
  }
  if (found.length === 0) throw new LbError('InvalidObject', 'there is no certificate in it');
  return found;
}
