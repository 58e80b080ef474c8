import { conditionTypes, type Condition } from '../../model/condition.ts';
import { addressOfIngress } from '../../model/ingress.ts';
import { reasons } from '../../reasons.ts';
import type { AtRest, ServiceAtRest } from './at-rest.ts';
import type { Oracle } from './oracle.ts';

/** What the user reads is how it is. */
export const statusRight: Oracle<AtRest> = {
  name: 'status equals reality',
  rows: ['idea-4', 'F1', 'F3', 'design-7', 'P26'],
  promise: 'addresses and conditions of a Service say how its load balancer stands',
  violations: ({ services }) =>
    services.flatMap((service) =>
      (service.wanted ? [...conditionsOf(service), ...addressesOf(service)] : ofUnwanted(service)).map(
        (text) => `${service.view.key}: ${text}`,
      ),
    ),
};

function conditionsOf({ view, class: klass, intent, judgement, report }: ServiceAtRest): readonly string[] {
  const wrong = view.conditions.flatMap((condition) => unreadable(condition));
  const [accepted, programmed] = [conditionTypes.accepted, conditionTypes.programmed].map((type) =>
    view.conditions.find((condition) => condition.type === type),
  );
  if (accepted === undefined || programmed === undefined)
    return [...wrong, 'says neither whether it is accepted nor whether it is programmed'];
  const refusals: readonly string[] = [...(intent?.kind === 'refused' ? intent.refusals : []), ...(judgement?.plan.refusals ?? [])].map(
    ({ reason }) => reason,
  );
  wrong.push(...agree(accepted, refusals));
  if (klass?.mode === 'plan-only') return wrong;
  const inTheWay = [
    ...refusals,
    ...(judgement?.held ?? []).map(({ reason }) => reason),
    ...(report?.listeners ?? []).flatMap(({ state, reason }) => (state === 'failed' && reason !== undefined ? [reason] : [])),
  ];
  return [...wrong, ...agree(programmed, inTheWay)];
}

/** True exactly where nothing is in the way; else one of the causes is named. */
function agree({ type, status, reason, message }: Condition, causes: readonly string[]): readonly string[] {
  const seen = `${type} is ${status} ${reason} (${message})`;
  if (causes.length === 0) return status === 'True' ? [] : [`${seen}, and nothing is in the way`];
  return status === 'False' && causes.includes(reason) ? [] : [`${seen}, and the cause is ${[...new Set(causes)].join(', ')}`];
}

function unreadable({ type, reason, message }: Condition): readonly string[] {
  if (!type.startsWith('portolan.dev/')) return [];
  if (!(reason in reasons)) return [`${type} has the reason ${reason}, which is in no catalogue`];
  return message === '' ? [`${type} is without a word`] : [];
}

function addressesOf({ view, class: klass, things, look, judgement, reported }: ServiceAtRest): readonly string[] {
  if (klass?.mode === 'plan-only') return [];
  const shown = view.ingress.map(addressOfIngress);
  // What belongs to a load balancer that was never made has no address.
  if (!things.some(({ main }) => main)) {
    // What somebody else wrote on a Service that was never served is theirs: it may be served by them.
    const old = shown.filter((address) => judgement !== undefined || reported.has(address));
    return old.length === 0 ? [] : [`shows ${old.join(', ')}, and nothing is there`];
  }
  const wrong: string[] = [];
  const real = look?.ingress === undefined || look.ingress === 'unknown' ? undefined : look.ingress.map(addressOfIngress);
  if (real !== undefined && real.join() !== shown.join()) wrong.push(`shows [${shown.join(', ')}], it is [${real.join(', ')}]`);
  const held = (judgement?.held.length ?? 0) > 0 || (judgement?.plan.refusals.length ?? 0) > 0;
  if (!held && judgement !== undefined && shown.length === 0) wrong.push('has a load balancer and shows no address');
  const ports = view.ports
    .map(({ protocol, port }) => `${protocol}/${port}`)
    .sort()
    .join();
  const programmed = view.conditions.some(({ type, status }) => type === conditionTypes.programmed && status === 'True');
  for (const { ports: listed } of view.ingress) {
    const said = (listed ?? [])
      .map(({ protocol, port }) => `${protocol}/${port}`)
      .sort()
      .join();
    if (programmed && said !== ports) wrong.push(`shows the ports [${said}], it has [${ports}]`);
  }
  return wrong;
}

function ofUnwanted({ view, class: klass }: ServiceAtRest): readonly string[] {
  const ours = view.conditions.filter(({ type }) => type.startsWith('portolan.dev/'));
  const isReleased = view.type === 'LoadBalancer' && view.annotations['portolan.dev/release'] === 'true';
  const others = klass === undefined || (view.loadBalancerClass !== undefined && view.loadBalancerClass !== klass.name);
  if (view.deleting) return [];
  // Who was refused or released and is no load balancer any more may go on saying so: after a restart nobody knows whose words
  // these were. But none may say that it is served.
  const lies = ours.filter(
    ({ type, status }) => (type === conditionTypes.programmed && status === 'True') || type === conditionTypes.applied,
  );
  const wrong = lies.map(({ type }) => `wants nothing of us and carries ${type}`);
  if (isReleased && !others && ours.some(({ reason }) => reason !== 'Released')) wrong.push('is released and still says something else');
  // What serves a released one goes on serving it.
  if (!others && !isReleased && view.ingress.length > 0)
    wrong.push(`wants no load balancer and shows ${view.ingress.map(addressOfIngress).join(', ')}`);
  return wrong;
}
