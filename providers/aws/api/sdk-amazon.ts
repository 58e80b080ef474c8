import type { Clock } from '../../../src/clock.ts';
import type { Amazon, Place } from './amazon.ts';
import { createSdkClients } from './sdk-clients.ts';
import { sdkDryRuns } from './sdk-dry-runs.ts';
import { sdkEc2Reads } from './sdk-ec2-reads.ts';
import { sdkEc2Writes } from './sdk-ec2-writes.ts';
import { sdkElbReads } from './sdk-elb-reads.ts';
import { sdkElbWrites } from './sdk-elb-writes.ts';
import { SdkRequests } from './sdk-requests.ts';

/** The narrow interfaces by Amazon's SDK. */
export function amazonBySdk(place: Place, clock: Clock): Amazon {
  const clients = createSdkClients(place);
  const [elb, ec2] = [new SdkRequests(clients.elb, clock), new SdkRequests(clients.ec2, clock)];
  return {
    elb: { ...sdkElbReads(elb), ...sdkElbWrites(elb) },
    ec2: { ...sdkEc2Reads(ec2), ...sdkEc2Writes(ec2) },
    dryRuns: sdkDryRuns(ec2),
    close: () => clients.destroy(),
  };
}
