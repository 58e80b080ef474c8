import { idleFlagRows } from './idle-flag-rows.ts';
import { rowsOf, type FlagRow, type FlagType, type FlagValues } from './flag-row.ts';

const generic = rowsOf('Generic flags');
const service = rowsOf('Service-lb-controller flags');
const serving = rowsOf('Secure serving flags');
const authentication = rowsOf('Authentication flags');
const authorization = rowsOf('Authorization flags');
const misc = rowsOf('Misc flags');
const own = rowsOf('Flags of Portolan');

/** The flags that do something: names and defaults are upstream's (contract M3 to M5), of 1.36. */
const usedFlagRows = {
  'cloud-provider': generic('string', '', 'The kind of provider: local, external …'),
  'cloud-config': generic('string', '', "The provider's connection and settings, a YAML file; for aws also upstream's INI."),
  controllers: generic(
    'list',
    ['*'],
    'Which controllers run: * for all, name for one more, -name for one less. There is service-lb-controller.',
  ),
  'feature-gates': generic('gates', {}, "Upstream's feature gates; none of them changes anything here."),
  'kube-api-burst': generic('integer', 30, 'So many requests to the API server at once.'),
  'kube-api-qps': generic('number', 20, 'So many requests a second to the API server, watches and the Lease apart.'),
  'leader-elect': generic('boolean', true, 'Of several processes one works at a time.'),
  'leader-elect-lease-duration': generic('duration', 15_000, 'How long a leader that is silent stays one.'),
  'leader-elect-renew-deadline': generic('duration', 10_000, 'How long a leader tries to renew before it gives up.'),
  'leader-elect-resource-lock': generic('string', 'leases', 'The kind of lock; there is leases.'),
  'leader-elect-resource-name': generic('string', 'cloud-controller-manager', 'The name of the Lease.'),
  'leader-elect-resource-namespace': generic('string', 'kube-system', 'The namespace of the Lease.'),
  'leader-elect-retry-period': generic('duration', 2_000, 'How often the Lease is renewed, or asked for.'),
  'concurrent-service-syncs': service('integer', 1, 'How many load balancers are worked on at the same time.'),
  'bind-address': serving('string', '0.0.0.0', 'The address of the secure port; unspecified means all, of both families.'),
  'cert-dir': serving('string', '', 'Where a certificate made here is kept; in memory where it is not set.'),
  'secure-port': serving('integer', 10258, 'The port of /healthz, /livez, /readyz, /metrics and /configz over TLS; 0 = none.'),
  'tls-cert-file': serving('string', '', 'The certificate, with its chain; one is made where it is not set.'),
  'tls-cipher-suites': serving('list', [], 'The cipher suites allowed, by their names in Go.'),
  'tls-min-version': serving('string', '', 'The least version: VersionTLS10 to VersionTLS13.'),
  'tls-private-key-file': serving('string', '', 'The key of --tls-cert-file.'),
  'authentication-kubeconfig': authentication(
    'string',
    '',
    'Who reviews tokens; in a cluster that cluster where it is not set, else nobody.',
  ),
  'authentication-skip-lookup': authentication('boolean', false, 'Do not ask the cluster for the authorities of client certificates.'),
  'authentication-token-webhook-cache-ttl': authentication('duration', 10_000, 'How long an accepted token needs no other review.'),
  'authentication-tolerate-lookup-failure': authentication('boolean', false, 'Go on where the cluster does not name those authorities.'),
  'client-ca-file': authentication('string', '', 'Authorities of client certificates.'),
  'authorization-always-allow-paths': authorization('list', ['/healthz', '/readyz', '/livez'], 'Paths that need neither name nor right.'),
  'authorization-kubeconfig': authorization(
    'string',
    '',
    'Who reviews rights; in a cluster that cluster where it is not set, else nobody.',
  ),
  'authorization-webhook-cache-authorized-ttl': authorization('duration', 10_000, 'How long a right needs no other review.'),
  'authorization-webhook-cache-unauthorized-ttl': authorization(
    'duration',
    10_000,
    'How long a right that is missing is not asked for again.',
  ),
  kubeconfig: misc('string', '', 'The kubeconfig of the cluster; default: KUBECONFIG, ~/.kube/config, in-cluster.'),
  master: misc('string', '', 'The URL of the API server; wins over the kubeconfig.'),
  v: rowsOf('Logging flags')('integer', 0, 'How much is logged: from 4 on also what matters to developers only.', { short: 'v' }),
  conditions: own('boolean', false, 'Write conditions as soon as they change. Without it they come with what is written anyway.'),
} as const;

type UsedRows = typeof usedFlagRows;

/** Every flag, parsed. */
export type CcmFlags = { readonly [Name in keyof UsedRows]: UsedRows[Name] extends FlagRow<infer Type> ? FlagValues[Type] : never };

/** Every flag there is, by name: those that do something, then those that upstream knows and that do nothing here. */
export const flagRows: Readonly<Record<string, FlagRow>> = { ...usedFlagRows, ...idleFlagRows };

/** The default of every flag that does something. */
export const flagDefaults: CcmFlags = Object.fromEntries(
  Object.entries<FlagRow<FlagType>>(usedFlagRows).map(([name, row]) => [name, row.default]),
) as unknown as CcmFlags; // built from the same rows
