import { rowsOf, type FlagRow } from './flag-row.ts';

const debugging = rowsOf('Debugging flags');
const migration = rowsOf('Leader-migration flags');
const generic = rowsOf('Generic flags');
const node = rowsOf('Cloud-node-controller flags');
const webhooks = rowsOf('Webhook flags');
const serving = rowsOf('Secure serving flags');
const authentication = rowsOf('Authentication flags');
const misc = rowsOf('Misc flags');
const logging = rowsOf('Logging flags');

const profiler = { idle: 'there is no Go profiler in here' };
const noMigration = { idle: 'no controller of Portolan moves from one manager to another' };
const otherController = { idle: 'it belongs to a controller that Portolan does not have' };
const noWebhooks = { idle: 'Portolan serves no webhooks' };
const http1 = { idle: 'the secure port speaks HTTP/1.1' };
const noProxies = { idle: 'no proxy is trusted to name users' };
const jsonLines = { idle: 'the log is JSON lines on standard error, written at once' };
const platform = { idle: 'Node.js decides' };

/** Flags that upstream knows and that do nothing here, each with why: a manifest made for upstream starts all the same. */
export const idleFlagRows: Readonly<Record<string, FlagRow>> = {
  'contention-profiling': debugging('boolean', false, 'Profile blocking.', profiler),
  profiling: debugging('boolean', true, 'Serve profiles.', profiler),
  'enable-leader-migration': migration('boolean', false, 'Move controllers between managers.', noMigration),
  'leader-migration-config': migration('string', '', 'How they move.', noMigration),
  'allocate-node-cidrs': generic('boolean', false, 'Give nodes ranges of pod addresses.', otherController),
  'allow-untagged-cloud': generic('boolean', false, 'Run without a cluster id.', {
    idle: 'everything that is made carries the cluster id',
  }),
  'cidr-allocator-type': generic('string', 'RangeAllocator', 'How those ranges are found.', otherController),
  'cluster-cidr': generic('string', '', 'What those ranges are of.', otherController),
  'cluster-name': generic('string', 'kubernetes', 'The name of the cluster.', {
    idle: 'ownership goes by the UID of kube-system, or by clusterId of --cloud-config, because names repeat',
  }),
  'configure-cloud-routes': generic('boolean', true, 'Make routes to nodes.', otherController),
  'controller-start-interval': generic('duration', 0, 'Pause between the starts of controllers.', { idle: 'there is one controller' }),
  'external-cloud-volume-plugin': generic('string', '', 'The volume plugin.', otherController),
  'kube-api-content-type': generic('string', 'application/vnd.kubernetes.protobuf', 'The encoding of requests.', {
    idle: 'requests are JSON',
  }),
  'min-resync-period': generic('duration', 43_200_000, 'How often everything is looked at again.', {
    idle: 'nothing is looked at again without a reason',
  }),
  'node-monitor-period': generic('duration', 5_000, 'How often nodes are looked at.', otherController),
  'route-reconciliation-period': generic('duration', 10_000, 'How often routes are looked at.', otherController),
  'use-service-account-credentials': generic('boolean', false, 'An account per controller.', { idle: 'there is one controller' }),
  'concurrent-node-status-updates': node('integer', 0, 'Nodes updated at the same time.', otherController),
  'concurrent-node-syncs': node('integer', 1, 'Nodes worked on at the same time.', otherController),
  webhooks: webhooks('list', [], 'Which webhooks run.', noWebhooks),
  'webhook-bind-address': webhooks('string', '0.0.0.0', 'Their address.', noWebhooks),
  'webhook-cert-dir': webhooks('string', '', 'Their certificates.', noWebhooks),
  'webhook-disable-http2-serving': webhooks('boolean', false, 'HTTP/1.1 only.', noWebhooks),
  'webhook-secure-port': webhooks('integer', 10260, 'Their port.', noWebhooks),
  'webhook-tls-cert-file': webhooks('string', '', 'Their certificate.', noWebhooks),
  'webhook-tls-cipher-suites': webhooks('list', [], 'Their cipher suites.', noWebhooks),
  'webhook-tls-curve-preferences': webhooks('list', [], 'Their curves.', noWebhooks),
  'webhook-tls-min-version': webhooks('string', '', 'Their least version of TLS.', noWebhooks),
  'webhook-tls-private-key-file': webhooks('string', '', 'Their key.', noWebhooks),
  'webhook-tls-sni-cert-key': webhooks('list', [], 'Their certificates by name.', noWebhooks),
  'disable-http2-serving': serving('boolean', false, 'HTTP/1.1 only.', http1),
  'http2-max-streams-per-connection': serving('integer', 0, 'Streams of one connection.', http1),
  'permit-address-sharing': serving('boolean', false, 'Share the address.', platform),
  'permit-port-sharing': serving('boolean', false, 'Share the port.', platform),
  'tls-curve-preferences': serving('list', [], 'The curves allowed.', platform),
  'tls-sni-cert-key': serving('list', [], 'Certificates by name.', { idle: 'one certificate serves every name' }),
  'requestheader-allowed-names': authentication('list', [], 'Proxies that may name users.', noProxies),
  'requestheader-client-ca-file': authentication('string', '', 'Their authorities.', noProxies),
  'requestheader-extra-headers-prefix': authentication('list', ['x-remote-extra-'], 'Their extra headers.', noProxies),
  'requestheader-group-headers': authentication('list', ['x-remote-group'], 'Their headers for groups.', noProxies),
  'requestheader-uid-headers': authentication('list', [], 'Their headers for UIDs.', noProxies),
  'requestheader-username-headers': authentication('list', ['x-remote-user'], 'Their headers for names.', noProxies),
  'node-status-update-frequency': misc('duration', 300_000, 'How often node status is written.', otherController),
  'log-flush-frequency': logging('duration', 5_000, 'How often the log is flushed.', jsonLines),
  'log-text-info-buffer-size': logging('string', '', 'How much of it is kept back.', jsonLines),
  'log-text-split-stream': logging('boolean', false, 'Split it by level.', jsonLines),
  'logging-format': logging('string', 'text', 'Its format.', jsonLines),
  vmodule: logging('string', '', 'Levels by file.', jsonLines),
};
