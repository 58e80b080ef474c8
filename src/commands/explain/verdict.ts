import { errorSentence, heldSentence } from '../../controller/conditions.ts';
import { sentence, type Complaint } from '../../controller/sentence.ts';
import { isReleased } from '../../intent/claim.ts';
import { conditionTypes, type Condition } from '../../model/condition.ts';
import { addressOfIngress } from '../../model/ingress.ts';
import { finalizerOf } from '../../model/load-balancer-class.ts';
import type { AnyStep } from '../../model/plan.ts';
import type { Look } from '../look/look.ts';

/** The answer to "why is it (not) ready": `unknown` where what it depends on could not be seen. */
export interface Verdict {
  readonly ready: boolean | 'unknown';
  /** The first cause in the way, or what there is; with the remedy where there is one. */
  readonly text: string;
  /** A code of the catalogue, or a condition's reason. */
  readonly reason?: string;
}

/** Judged in the order in which things must be put right: whose it is, what it asks, what may be done, what is done. */
export function verdictOf(look: Look): Verdict {
  const { claim, service, refusals, held, error } = look;
  if (claim.kind === 'foreign') return foreign(look, claim.why);
  if (claim.kind === 'left-behind') {
    return no(
      `Nobody looks after it: no class with id ${claim.classId} serves it. Put that class back into the configuration, or take the finalizer ${finalizerOf(claim.classId)} off and clean up by hand.`,
    );
  }
  const [refusal] = refusals;
  if (refusal !== undefined) return because(refusal);
  if (claim.kind === 'ours' && !claim.wanted) {
    if (isReleased(service))
      return no(`It is being released: what serves it (${addressesOf(look) || 'no address'}) stays and is left to others.`, 'Released');
    return no(
      `It wants no load balancer any more (${service.deleting ? 'it is being deleted' : whyUnwanted(look)}); what there is is taken away.`,
    );
  }
  const programmed = condition(look, conditionTypes.programmed);
  if (error !== undefined) {
    if (programmed?.status === 'False') return said(programmed);
    return { ready: 'unknown', reason: error.code, text: `It could not be seen how it stands: ${errorSentence(error)}` };
  }
  const [hold] = held;
  if (hold !== undefined) return { ready: false, reason: hold.reason, text: heldSentence(hold) };
  return standing(look, programmed);
}

function standing(look: Look, programmed: Condition | undefined): Verdict {
  const { service, steps, wait, report, notices } = look;
  if (programmed?.status === 'False') return said(programmed);
  const pending = steps.filter(holdsUp);
  if (pending.length > 0) return toDo(look, pending);
  if (wait !== undefined) return because(wait);
  const broken = report?.listeners.find(({ state }) => state === 'failed');
  if (broken !== undefined)
    return because({ reason: broken.reason ?? 'CloudUnavailable', text: broken.text ?? 'it is not served', field: broken.id });
  if (programmed === undefined)
    return no('No controller has said anything of it yet. See whether portolan controller runs with this configuration.', 'Pending');
  if (service.ingress.length === 0)
    return no('No address is published yet. The controller does that when it has finished; see its log if it lasts.', 'Pending');
  const ill = notices.find(({ kind, reason }) => kind === 'health' || reason === 'NoNodes');
  if (ill !== undefined) return because(ill);
  const degraded = condition(look, conditionTypes.degraded);
  if (degraded?.status === 'True' && unreachable.has(degraded.reason)) return said(degraded);
  const where = addressesOf(look);
  return { ready: true, text: degraded?.status === 'True' ? `${where}. Degraded: ${degraded.message}` : `${where}.` };
}

/** Degraded for these reasons means that nobody answers. */
const unreachable: ReadonlySet<string> = new Set(['NoNodes', 'NoHealthyMember']);

/** Members follow and old addresses go while the Service is ready. */
const holdsUp = (step: AnyStep): boolean => step.membersOnly !== true && (step.releases ?? []).length === 0;

function toDo({ claim, steps }: Look, [first]: readonly AnyStep[]): Verdict {
  if (claim.kind === 'ours' && claim.class.mode === 'plan-only')
    return because({ reason: 'PlanOnly', text: `class ${claim.class.id} shows changes and makes none` });
  const count = steps.length === 1 ? 'A step is' : `${steps.length} steps are`;
  return no(
    `${count} to be done, beginning with: ${first?.summary ?? ''}. The controller does that within seconds; see whether it runs if it lasts.`,
    'Pending',
  );
}

function foreign(look: Look, why: Extract<Look['claim'], { readonly kind: 'foreign' }>['why']): Verdict {
  const { service } = look;
  switch (why) {
    case 'not-load-balancer':
      return no('It asks for no load balancer. Set spec.type to LoadBalancer.');
    case 'deleting':
      return no(
        `It is being deleted${service.finalizers.length === 0 ? '' : `, and waits for the finalizers ${service.finalizers.join(', ')} of others`}.`,
      );
    case 'released':
      if (service.ingress.length > 0) return { ready: true, text: `Released: it is served at ${addressesOf(look)} without Portolan.` };
      return no('It was released and publishes no address.', 'Released');
    case 'other-class':
    case 'no-default-class':
      if (service.ingress.length > 0) return { ready: true, text: `Another controller serves it at ${addressesOf(look)}.` };
      return no(
        why === 'other-class'
          ? 'No class of this configuration has its name. Run the controller of that class, add a class of that name, or make the Service anew with another spec.loadBalancerClass.'
          : 'No class takes Services without a class. Set default: true on one, or make the Service anew with spec.loadBalancerClass.',
      );
  }
}

const whyUnwanted = ({ service }: Look): string =>
  service.type === 'LoadBalancer' ? `spec.loadBalancerClass is ${service.loadBalancerClass ?? ''}` : `spec.type is ${service.type}`;

const addressesOf = ({ service }: Look): string => service.ingress.map(addressOfIngress).join(', ');

const condition = ({ service }: Look, type: string): Condition | undefined => service.conditions.find((one) => one.type === type);

const said = ({ reason, message }: Condition): Verdict => ({ ready: false, reason, text: message });
const because = (complaint: Complaint): Verdict => ({ ready: false, reason: complaint.reason, text: sentence(complaint) });
const no = (text: string, reason?: string): Verdict => ({ ready: false, text, ...(reason === undefined ? {} : { reason }) });
