import { conditionTypes } from '../../model/condition.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Report } from '../../model/report.ts';
import { errorJson, lookJson } from '../look/look-json.ts';
import type { Asked } from './asked.ts';
import type { Explanation } from './explanation.ts';

const ours: readonly string[] = Object.values(conditionTypes);

/** An explanation as data. */
export function explainJson({ look, claim, asked, nodes, verdict }: Explanation): JsonObject {
  const { service, report } = look;
  return {
    service: service.key,
    uid: service.uid,
    ready: verdict.ready,
    ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
    cause: verdict.text,
    claim: { kind: look.claim.kind, text: claim },
    published: service.ingress.map((entry) => ({ ...entry, ports: (entry.ports ?? []).map((port) => ({ ...port })) })),
    conditions: service.conditions.filter(({ type }) => ours.includes(type)).map((condition) => ({ ...condition })),
    ...(asked === undefined ? {} : { asked: askedJson(asked) }),
    ...(report === undefined ? {} : { stands: standsJson(report) }),
    plan: lookJson(look),
    ...(nodes === undefined ? {} : { nodes: nodes.error === undefined ? nodesJson(nodes.value) : { error: errorJson(nodes.error) } }),
  };
}

const askedJson = ({ settings, ...rest }: Asked): JsonObject => ({ ...rest, settings: settings.map((setting) => ({ ...setting })) });

const nodesJson = ({ out, ...rest }: NonNullable<NonNullable<Explanation['nodes']>['value']>): JsonObject => ({
  ...rest,
  out: out.map(({ node, causes }) => ({ node, causes })),
});

const standsJson = ({ ingress, listeners, members, id }: Report): JsonObject => ({
  ingress: ingress === 'unknown' ? ingress : ingress.map(({ ip, hostname, ipMode }) => ({ ip, hostname, ipMode })),
  listeners: listeners.map((listener) => ({ ...listener })),
  ...(members === undefined ? {} : { members: { ...members } }),
  ...(id === undefined ? {} : { id }),
});
