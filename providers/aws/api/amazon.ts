import type { Clock } from '../../../src/clock.ts';
import type { Ec2DryRuns } from './dry-runs.ts';
import type { Ec2Api } from './ec2.ts';
import type { ElbApi } from './elb.ts';

/** Where Amazon is. */
export interface Place {
  readonly region: string;
  /** In place of Amazon's own, for all services. */
  readonly endpoint?: string;
}

/** The two services of one region, by one credential. */
export interface Amazon {
  readonly elb: ElbApi;
  readonly ec2: Ec2Api;
  readonly dryRuns: Ec2DryRuns;
  /** Closes the connections. */
  close(): void;
}

/** Loads Amazon's SDK, which nothing else does, and makes its clients. Asks Amazon nothing. */
export async function connectToAmazon(place: Place, clock: Clock): Promise<Amazon> {
  const { amazonBySdk } = await import('./sdk-amazon.ts');
  return amazonBySdk(place, clock);
}
