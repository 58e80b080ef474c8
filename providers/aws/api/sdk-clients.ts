import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Place } from './amazon.ts';
import type { ClientPair } from './sdk-requests.ts';

export interface SdkClients {
  readonly elb: ClientPair<ElasticLoadBalancingV2Client>;
  readonly ec2: ClientPair<EC2Client>;
  /** Closes the connections. */
  destroy(): void;
}

/** A read is tried so often, a change once: whether one without an answer was carried out, nobody here guesses. */
const attempts = { reads: 3, writes: 1 } as const;
const connectMs = 3_000;
/** Of one attempt. */
const answerMs = { reads: 10_000, writes: 8_000 } as const;
/**
 * A connection that idles for longer is closed on this side, before Amazon closes it: a change sent into a closing connection
 * would be in doubt.
 */
const idleMs = 5_000;

/**
 * The clients of one connection. Credentials come by the SDK's own chain, asked for once for all clients and renewed by it before
 * they expire; nothing is kept here.
 */
export function createSdkClients({ region, endpoint }: Place): SdkClients {
  const agents = { keepAlive: true, maxSockets: 50, timeout: idleMs };
  const configOf = (kind: 'reads' | 'writes'): EC2ClientConfig => ({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: attempts[kind],
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: answerMs[kind],
      throwOnRequestTimeout: true,
      httpAgent: new HttpAgent(agents),
      httpsAgent: new HttpsAgent(agents),
    },
    customUserAgent: 'portolan',
  });
  const reads = new EC2Client(configOf('reads'));
  // One chain for all: it remembers what it found until that expires.
  const { credentials } = reads.config;
  const ec2 = { reads, writes: new EC2Client({ ...configOf('writes'), credentials }) };
  const elb = {
    reads: new ElasticLoadBalancingV2Client({ ...configOf('reads'), credentials }),
    writes: new ElasticLoadBalancingV2Client({ ...configOf('writes'), credentials }),
  };
  return {
    elb,
    ec2,
    destroy: () => {
      for (const client of [ec2.reads, ec2.writes, elb.reads, elb.writes]) client.destroy();
    },
  };
}
