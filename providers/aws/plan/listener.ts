/** The listeners of one load balancer: one per port number. */
import { fieldPath } from '../../../src/model/ids.ts';
import { marksOf, type Owner } from '../../../src/model/owner.ts';
import type { Claim, Step } from '../../../src/model/plan.ts';
import type { Marks } from '../../../src/model/owner.ts';
import { attributesToSet, listenerRows } from '../desired/attribute-rows.ts';
import type { DesiredListener } from '../desired/desired.ts';
import type { HaveListener, HaveLoadBalancer } from '../observe/have.ts';
import type { Operation } from '../operation.ts';
import { attributeText } from './balancer.ts';
import { outputOf, sources, type Ref } from './made.ts';
import { carries, step } from './step.ts';

export function createListener(
  owner: Owner,
  listener: DesiredListener,
  on: Ref,
  targetGroup: Ref,
  tags: Marks,
): readonly Step<Operation>[] {
  const { port, protocol, ids, certificates, attributes, tls } = listener;
  const [certificate, ...extra] = certificates;
  const proof = { willMark: marksOf(owner) };
  const name = nameOf(listener);
  const create = step({
    id: `listener/${name}/create`,
    verb: 'create',
    summary: `listen on ${ids.join(' and ')} by ${protocol}`,
    proof,
    after: [...new Set(sources(on, targetGroup))],
    op: { do: 'create-listener', on, port, protocol, targetGroup, tags, ...(certificate === undefined ? {} : { certificate }), ...tls },
  });
  const ref = outputOf(create);
  const steps = [create];
  if (extra.length > 0) {
    const op: Operation = { do: 'add-certificates', on: ref, certificates: extra };
    const summary = `serve ${extra.length} more certificates on ${ids.join(' and ')}`;
    steps.push(step({ id: `listener/${name}/add-certificates`, verb: 'create', summary, proof, after: [create.id], op }));
  }
  const set = attributesToSet(listenerRows(protocol), attributes, {});
  if (Object.keys(set).length > 0) {
    const op: Operation = { do: 'set-listener-attributes', on: ref, attributes: set };
    const summary = `set ${attributeText(set)} of ${ids.join(' and ')}`;
    steps.push(step({ id: `listener/${name}/attributes`, verb: 'create', summary, proof, after: [create.id], op }));
  }
  return steps;
}

/** In place: also another protocol, which ends the connections of the one before. */
export function editListener(
  listener: DesiredListener,
  balancer: HaveLoadBalancer,
  have: HaveListener,
  targetGroup: Ref,
): readonly Step<Operation>[] {
  const { arn } = have;
  const name = nameOf(listener);
  const proof = carries(balancer.tags, balancer.arn);
  const steps: Step<Operation>[] = [];
  const change = changeOf(listener, have, targetGroup);
  if (Object.keys(change).length > 0) {
    const claim: Claim = {
      loses: [`listener ${have.protocol}/${have.port} (${arn})`],
      because: [{ field: fieldPath('spec.ports'), from: have.protocol, to: listener.protocol }],
    };
    const ends = change.protocol !== undefined;
    steps.push(
      step({
        id: `listener/${name}/set`,
        verb: 'update',
        summary: `set ${Object.keys(change).join(', ')} of ${listener.ids.join(' and ')}`,
        proof,
        on: arn,
        after: sources(targetGroup),
        ...(ends ? { disruption: 'drops-connections', claim } : {}),
        op: { do: 'set-listener', on: arn, loadBalancer: balancer.arn, ...change },
      }),
    );
  }
  const edit = (what: string, summary: string, op: Operation): Step<Operation> =>
    step({ id: `listener/${name}/${what}`, verb: 'update', summary, proof, on: arn, after: steps.map(({ id }) => id), op });
  steps.push(...certificateSteps(listener, have, edit));
  const set = have.attributes === 'unread' ? {} : attributesToSet(listenerRows(listener.protocol), listener.attributes, have.attributes);
  if (Object.keys(set).length > 0) {
    const op: Operation = { do: 'set-listener-attributes', on: arn, attributes: set };
    steps.push(edit('attributes', `set ${attributeText(set)} of ${listener.ids.join(' and ')}`, op));
  }
  return steps;
}

export function deleteListener(
  balancer: HaveLoadBalancer,
  { arn, protocol, port }: HaveListener,
  after: Step<Operation>['after'],
): Step<Operation> {
  const id = `${protocol}/${port}`;
  return step({
    id: `listener/${port}/delete`,
    verb: 'delete',
    summary: `stop listening on ${id}`,
    proof: carries(balancer.tags, balancer.arn),
    on: arn,
    after,
    disruption: 'drops-connections',
    claim: { loses: [`listener ${id} (${arn})`], because: [{ field: fieldPath('spec.ports'), from: id, to: '' }] },
    op: { do: 'delete-listener', on: arn, loadBalancer: balancer.arn },
  });
}

type Change = Omit<Extract<Operation, { readonly do: 'set-listener' }>, 'do' | 'on' | 'loadBalancer'>;

/** Only what differs: what is not said stays. */
function changeOf({ protocol, certificates: [certificate], tls }: DesiredListener, have: HaveListener, targetGroup: Ref): Change {
  const forwards = typeof targetGroup === 'string' && have.targetGroups.length === 1 && have.targetGroups[0] === targetGroup;
  const becomesTls = tls !== undefined && have.protocol !== 'TLS';
  return {
    ...(protocol === have.protocol ? {} : { protocol }),
    ...(forwards ? {} : { targetGroup }),
    ...(certificate === undefined || (!becomesTls && certificate === have.certificate) ? {} : { certificate }),
    ...(tls === undefined || (!becomesTls && tls.sslPolicy === have.sslPolicy) ? {} : { sslPolicy: tls.sslPolicy }),
    ...(tls === undefined || tls.alpnPolicy === ((becomesTls ? undefined : have.alpnPolicy) ?? 'None')
      ? {}
      : { alpnPolicy: tls.alpnPolicy }),
  };
}

/** Of names, added before others are taken away; the default one is the listener's own. */
function certificateSteps(
  { certificates: [first, ...extra], ids, tls }: DesiredListener,
  { arn, protocol, extraCertificates }: HaveListener,
  edit: (what: string, summary: string, op: Operation) => Step<Operation>,
): readonly Step<Operation>[] {
  if (tls === undefined) return [];
  const known = extraCertificates === 'unread' ? undefined : extraCertificates;
  const there = protocol === 'TLS' ? known : [];
  const added = extra.filter((certificate) => there?.includes(certificate) === false);
  // One of them may be the default one now, which is never taken away.
  const gone = there?.filter((certificate) => certificate !== first && !extra.includes(certificate)) ?? [];
  const steps: Step<Operation>[] = [];
  const of = ids.join(' and ');
  if (added.length > 0) {
    const op: Operation = { do: 'add-certificates', on: arn, certificates: added };
    steps.push(edit('add-certificates', `serve ${added.length} more certificates on ${of}`, op));
  }
  if (gone.length === 0) return steps;
  const op: Operation = { do: 'remove-certificates', on: arn, certificates: gone };
  const remove = edit('remove-certificates', `serve ${gone.length} certificates less on ${of}`, op);
  return [...steps, { ...remove, after: [...remove.after, ...steps.map(({ id }) => id)] }];
}

/** Amazon has one listener per port number, whatever its protocol. */
const nameOf = ({ port }: DesiredListener): string => String(port);
