/** One target group per listener: made, or changed where it stands. Its members are in `members.ts`. */
import { canonicalJson } from '../../../src/model/digest.ts';
import { marksOf, type Owner } from '../../../src/model/owner.ts';
import type { Step } from '../../../src/model/plan.ts';
import { attributesToSet, targetGroupRows } from '../desired/attribute-rows.ts';
import type { DesiredListener } from '../desired/desired.ts';
import type { ElbHealthCheck } from '../api/elb.ts';
import type { HaveTargetGroup } from '../observe/have.ts';
import type { Operation } from '../operation.ts';
import { attributeText } from './balancer.ts';
import { outputOf, type Planned } from './made.ts';
import { memberSteps, registerNew } from './members.ts';
import { carries, step } from './step.ts';

export function createTargetGroup(owner: Owner, listener: DesiredListener, vpcId: string, odd: readonly string[]): Planned {
  const { name, protocol, port, ipAddressType, healthCheck, tags, attributes } = listener.targetGroup;
  const proof = { willMark: marksOf(owner) };
  const create = step({
    id: `target-group/${name}/create`,
    verb: 'create',
    summary: `create the target group ${name} for ${listener.ids.join(' and ')}`,
    proof,
    op: { do: 'create-target-group', of: { name, protocol, port, vpcId, ipAddressType, healthCheck, tags } },
  });
  const ref = outputOf(create);
  const set = attributesToSet(rowsOf(listener), attributes, {});
  const attribute = step({
    id: `target-group/${name}/attributes`,
    verb: 'create',
    summary: `set ${attributeText(set)} of ${name}`,
    proof,
    after: [create.id],
    op: { do: 'set-target-group-attributes', on: ref, attributes: set },
  });
  const attributeSteps = Object.keys(set).length === 0 ? [] : [attribute];
  return { ref, steps: [create, ...attributeSteps, ...registerNew(listener.targetGroup, ref, odd, proof)] };
}

export function editTargetGroup(listener: DesiredListener, have: HaveTargetGroup): readonly Step<Operation>[] {
  const { healthCheck, attributes, targets } = listener.targetGroup;
  const { arn, name, tags } = have;
  const steps: Step<Operation>[] = [];
  if (canonicalJson(healthCheck) !== canonicalJson(have.healthCheck)) {
    const op: Operation = { do: 'set-health-check', on: arn, healthCheck };
    const summary = `check the health of the nodes of ${listener.ids.join(' and ')} by ${checkText(healthCheck)}`;
    steps.push(step({ id: `target-group/${name}/health-check`, verb: 'update', summary, proof: carries(tags, arn), on: arn, op }));
  }
  const set = have.attributes === 'unread' ? {} : attributesToSet(rowsOf(listener), attributes, have.attributes);
  if (Object.keys(set).length > 0) {
    const op: Operation = { do: 'set-target-group-attributes', on: arn, attributes: set };
    const summary = `set ${attributeText(set)} of ${name}`;
    steps.push(step({ id: `target-group/${name}/attributes`, verb: 'update', summary, proof: carries(tags, arn), on: arn, op }));
  }
  return [...steps, ...memberSteps(have, targets)];
}

const rowsOf = ({ protocol, targetGroup }: DesiredListener) => targetGroupRows({ protocol, targetProtocol: targetGroup.protocol });

const checkText = ({ protocol, port, path }: ElbHealthCheck): string => `${protocol} on ${port}${path ?? ''}`;
