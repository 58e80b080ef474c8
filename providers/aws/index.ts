import type { ProviderDefinition } from '../../src/provider.ts';
import { connectToAmazon } from './api/amazon.ts';
import { AwsProvider, settleMs } from './aws-provider.ts';
import { connection } from './settings/connection-rows.ts';
import type { Connection, Settings } from './settings/settings.ts';
import { settings } from './settings/table.ts';

export { cloudOfIni } from './settings/cloud-config.ts';

/** Network load balancers of Amazon. See README.md. */
export const provider: ProviderDefinition<Connection, Settings> = {
  kind: 'aws',
  connection,
  settings,
  settleMs,
  clusterUnit: true,
  endpointSlices: false,
  // Amazon's SDK is loaded when a provider starts, by whoever has one.
  create: (of, host) => new AwsProvider(of, host, () => connectToAmazon(of, host.clock)),
};
