import * as z from 'zod';
import type { Arn, ElbListener } from './elb.ts';
import { optionalWord, parsedAnswer, word } from './parsed-answer.ts';

const certificate = z.object({ CertificateArn: word, IsDefault: z.boolean().optional() });

const action = z
  .object({
    TargetGroupArn: optionalWord,
    ForwardConfig: z.object({ TargetGroups: z.array(z.object({ TargetGroupArn: word })).default([]) }).optional(),
  })
  .transform(({ TargetGroupArn, ForwardConfig }): readonly Arn[] => {
    const several = ForwardConfig?.TargetGroups.map((one) => one.TargetGroupArn) ?? [];
    if (several.length > 0) return several;
    return TargetGroupArn === undefined ? [] : [TargetGroupArn];
  });

const listener = z
  .object({
    ListenerArn: word,
    Port: z.int(),
    Protocol: word,
    DefaultActions: z.array(action),
    Certificates: z.array(certificate).default([]),
    SslPolicy: optionalWord,
    AlpnPolicy: z.array(word).default([]),
  })
  .transform(({ ListenerArn, Port, Protocol, DefaultActions, Certificates, SslPolicy, AlpnPolicy }): ElbListener => {
    const targetGroups = DefaultActions.flat();
    const plain = { arn: ListenerArn, port: Port, protocol: Protocol, targetGroups: targetGroups.length === 1 ? targetGroups : [] };
    // What only TLS has is left over where the protocol was another before.
    if (Protocol !== 'TLS') return plain;
    const [first] = Certificates;
    const [alpnPolicy] = AlpnPolicy;
    return {
      ...plain,
      ...(first === undefined ? {} : { certificate: first.CertificateArn }),
      ...(SslPolicy === undefined ? {} : { sslPolicy: SslPolicy }),
      ...(alpnPolicy === undefined ? {} : { alpnPolicy }),
    };
  });

const answer = z.object({ Listeners: z.array(listener) });

/** @throws LbError `BadAnswer` */
export const parseListeners = (sent: unknown, asked: string): readonly ElbListener[] => parsedAnswer(answer, sent, asked).Listeners;

const certificates = z.object({ Certificates: z.array(certificate) });

/** All but the default one, which the list holds as well. @throws LbError `BadAnswer` */
export const parseExtraCertificates = (sent: unknown, asked: string): readonly Arn[] =>
  parsedAnswer(certificates, sent, asked)
    .Certificates.filter(({ IsDefault }) => IsDefault !== true)
    .map(({ CertificateArn }) => CertificateArn);
