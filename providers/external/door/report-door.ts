import * as z from 'zod';
import type { Report } from '../../../src/model/report.ts';
import { parseIp } from '../../../src/net/ip.ts';
import { parsed } from './parsed.ts';
import { aField, aListener, anId, aReason, sentence } from './texts.ts';

const address = z.string().transform((text, ctx) => {
  const ip = parseIp(text);
  if (ip !== undefined) return ip;
  ctx.addIssue({ code: 'custom', message: 'is no IP address' });
  return z.NEVER;
});
/** What the API server takes as a host name of an ingress. */
const hostname = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);

const ingress = z.union([z.strictObject({ ip: address, ipMode: z.enum(['VIP', 'Proxy']).exactOptional() }), z.strictObject({ hostname })]);

const listener = z
  .strictObject({
    id: aListener,
    state: z.enum(['serving', 'pending', 'failed']),
    reason: aReason.exactOptional(),
    text: sentence.exactOptional(),
  })
  .refine(({ state, reason }) => state !== 'failed' || reason !== undefined, 'has failed and does not say why');

const notice = z.strictObject({
  reason: aReason,
  text: sentence,
  field: aField.exactOptional(),
  remedy: sentence.exactOptional(),
  kind: z.enum(['health', 'service', 'info']),
});

export const reportShape = z.strictObject({
  ingress: z.union([z.array(ingress).max(100), z.literal('unknown')]),
  listeners: z
    .array(listener)
    .max(1_000)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'names a listener twice'),
  members: z
    .strictObject({ healthy: z.int().min(0), total: z.int().min(0) })
    .refine(({ healthy, total }) => healthy <= total, 'has more healthy members than members')
    .exactOptional(),
  notices: z.array(notice).max(100),
  id: anId.exactOptional(),
});

/** @throws LbError `BadAnswer` */
export const parseReport = (result: unknown): Report => parsed(reportShape, result, 'report');
