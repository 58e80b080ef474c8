import * as z from 'zod';
import { asLbError } from '../errors.ts';
import { logLevels } from '../log.ts';
import { defaultGuard } from '../model/load-balancer-class.ts';
import { parseIp } from '../net/ip.ts';
import { durationPattern } from '../settings/duration.ts';
import { parseConfigValue } from '../settings/parse.ts';

/**
 * The shape of the configuration that does not depend on providers. Descriptions are the text of the reference page.
 * Connections and settings are mappings here and are parsed by the rows of their provider.
 */
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const qualifiedName = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;

const dnsLabel = (maximum: number) =>
  z
    .string()
    .regex(label, 'must be a DNS label: lower-case letters, digits and -, not at the ends')
    .max(maximum, `must have at most ${maximum} characters`);

/** A duration with a default, both as people write them. */
function duration(fallback: string, bounds: { minimum?: number; maximum?: number }, description: string) {
  const parse = (value: unknown, ctx: z.RefinementCtx): number => {
    try {
      return parseConfigValue({ type: 'duration', text: description, since: '', edit: 'in-place', ...bounds }, value, '') as number; // a duration is a number
    } catch (thrown) {
      ctx.addIssue({ code: 'custom', message: asLbError(thrown).text });
      return z.NEVER;
    }
  };
  return z
    .unknown()
    .transform(parse)
    .prefault(fallback)
    .meta({ description, pattern: durationPattern, type: ['string', 'integer'] });
}

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const decision = z.enum(['allow', 'approve']);
const guard = z
  .strictObject({
    drains: decision.default(defaultGuard.drains).describe('Connections end when their member goes, after a drain.'),
    'drops-connections': decision.default(defaultGuard['drops-connections']).describe('Connections break; addresses stay.'),
    'changes-address': decision.default(defaultGuard['changes-address']).describe('Clients must learn another address.'),
    destroys: decision.default(defaultGuard.destroys).describe('A load balancer of a Service that still exists goes.'),
  })
  .prefault({})
  .describe('What may be done without asking, by what it costs clients: allow, or approve = wait for the annotation portolan.dev/approve.');

const provider = z.strictObject({
  name: dnsLabel(63).describe('For ever: it is in the mark of things the cluster shares.'),
  kind: z.string().describe('Which provider this is.'),
  connection: z.record(z.string(), z.unknown()).prefault({}).describe('How to reach it; its rows are below.'),
});

const loadBalancerClass = z.strictObject({
  // `portolan.dev/lb.<id>` is a finalizer, whose name may have 63 characters after the slash.
  id: dnsLabel(60).describe('For ever: it is in the finalizer of every Service of the class.'),
  name: z
    .string()
    .regex(qualifiedName, 'must be a qualified name such as portolan.dev/main')
    .describe('What Services say in spec.loadBalancerClass.'),
  default: z.boolean().default(false).describe('Takes Services without a class too; one class at most.'),
  provider: z.string().describe('The name of an entry of providers.'),
  mode: z.enum(['apply', 'plan-only']).default('apply').describe('plan-only: conditions and events, no finalizer, no change in the cloud.'),
  settings: z.record(z.string(), z.unknown()).prefault({}).describe('What annotations of a Service may override; rows are below.'),
  guard,
  handover: duration('60s', { minimum: 0, maximum: day }, 'How long an address that has a successor is served after no status names it.'),
});

const audit = z
  .strictObject({
    interval: duration('1h', { minimum: 0 }, 'How often what is in the cloud is compared with what should be; 0 = never.'),
    grace: duration('30m', { minimum: minute }, 'How long a thing must have been a stray before it may be deleted.'),
    deleteStrays: z.boolean().default(false).describe('Whether strays with proof of ownership are deleted.'),
  })
  .prefault({})
  .describe('Looks for things that carry the mark of this cluster and belong to no Service.');

const leaderElection = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Off only where a single process runs, as in a laptop cluster.'),
    namespace: dnsLabel(63).default('portolan-system').describe('Where the Lease is.'),
    name: z
      .string()
      .regex(subdomain, 'must be a DNS name')
      .max(253, 'must have at most 253 characters')
      .default('portolan')
      .describe('The name of the Lease.'),
  })
  .prefault({})
  .describe('Of several processes one works at a time.');

const serving = z
  .strictObject({
    address: z
      .string()
      .refine((text) => parseIp(text) !== undefined, 'must be an IP address')
      .default('0.0.0.0')
      .describe('The address to listen on.'),
    port: z.int().min(0).max(65_535).default(8080).describe('The port; 0 = a free one.'),
  })
  .prefault({})
  .describe('Where /healthz, /readyz and /metrics are served.');

const log = z
  .strictObject({ level: z.enum(logLevels).default('info').describe('The least important line that is written.') })
  .prefault({})
  .describe('JSON lines on standard error.');

export const clusterIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/, 'must have at most 63 letters, digits, -, _ or ., not at the ends')
  .optional()
  .describe(
    'Whose things in the cloud are. Default: UID of the namespace kube-system. Set it when a cluster is restored beside its original.',
  );

export const configSchema = z.strictObject({
  apiVersion: z.literal('portolan.dev/v1').describe('The version of this format.'),
  kind: z.literal('Config').describe('What the file is.'),
  clusterId: clusterIdSchema,
  providers: z.array(provider).min(1).describe('One entry = one connection, cache, call budget and audit.'),
  classes: z.array(loadBalancerClass).min(1).describe('Which Services are taken, by which provider.'),
  workers: z.int().min(1).max(256).default(8).describe('How many load balancers are worked on at the same time.'),
  nodeDebounce: duration('1s', { minimum: 0, maximum: hour }, 'How long node events are gathered before members follow.'),
  driftCheck: duration('10m', { minimum: 0 }, 'How often a load balancer is compared with the cloud although nothing happened; 0 = never.'),
  audit,
  leaderElection,
  serving,
  log,
});

/** The file as the schema leaves it: defaults in place, durations in milliseconds, mappings of providers still as written. */
export type ConfigShape = z.output<typeof configSchema>;
