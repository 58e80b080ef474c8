import { sentence } from '../../controller/sentence.ts';
import { conditionTypes, type Condition } from '../../model/condition.ts';
import { addressOfIngress, type Ingress } from '../../model/ingress.ts';
import { lookLines } from '../look/look-lines.ts';
import type { Look } from '../look/look.ts';
import { printable, type Paint } from '../look/paint.ts';
import type { Asked } from './asked.ts';
import type { Explanation, NodeSummary } from './explanation.ts';

/** An explanation as people read it; the last line is the answer. */
export function explainText(explanation: Explanation, paint: Paint): string {
  const { look, claim, asked, verdict } = explanation;
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Conditions', conditionLines(look)],
    ['Asked for', asked === undefined ? [] : askedLines(asked, look)],
    ['Stands', standsLines(look)],
    ['Plan', planLines(look, paint)],
    ['Nodes', nodeLines(explanation)],
  ];
  const answer = { true: ['green', 'Ready'], false: ['red', 'Not ready'], unknown: ['yellow', 'Unknown'] } as const;
  const [style, word] = answer[`${verdict.ready}`];
  return `${[
    `${paint('bold', look.service.key)}: ${printable(claim)}`,
    ...sections
      .filter(([, lines]) => lines.length > 0)
      .map(([title, lines]) => [paint('bold', title), ...lines.map((line) => `  ${line}`)].join('\n')),
    `${paint(style, word)}: ${printable(`${verdict.reason === undefined ? '' : `${verdict.reason}: `}${verdict.text}`)}`,
  ].join('\n')}\n`;
}

const ours: readonly string[] = Object.values(conditionTypes);

function conditionLines({ service, claim }: Look): readonly string[] {
  if (claim.kind === 'foreign') return [];
  const found = service.conditions.filter(({ type }) => ours.includes(type));
  if (found.length === 0) return ['none: no controller has written anything on it'];
  return found.map((one) =>
    printable(`${one.type.replace('portolan.dev/', '')}=${one.status} ${one.reason}${messageOf(one)}${since(one)}`),
  );
}

/** The record's message is data for the controller. */
const messageOf = ({ type, message }: Condition): string => (type === conditionTypes.applied || message === '' ? '' : `: ${message}`);
const since = ({ lastTransitionTime }: Condition): string => (lastTransitionTime === undefined ? '' : ` (since ${lastTransitionTime})`);

function askedLines(asked: Asked, { notices }: Look): readonly string[] {
  const ranges = asked.sourceRanges;
  return [
    ...asked.listeners.map((listener) => `listener ${listener}`),
    ...(asked.scheme === undefined ? [] : [`scheme ${asked.scheme}`]),
    ...(asked.addresses ?? []).map((address) => `address ${address}`),
    ...(ranges === undefined ? [] : [`source ranges ${ranges.length === 0 ? 'open to all' : ranges.join(', ')}`]),
    ...(asked.nodes === undefined ? [] : [`nodes labelled ${asked.nodes.join(', ')}`]),
    `affinity ${asked.affinity}`,
    `traffic policy ${asked.trafficPolicy}`,
    ...asked.settings.map(({ name, value, by }) => `setting ${name} = ${value}, by the ${by}`),
    ...notices.map((notice) => `note ${notice.reason}: ${sentence(notice)}`),
  ].map(printable);
}

function standsLines({ service, claim, report, error }: Look): readonly string[] {
  const published = `published ${addressList(service.ingress)}`;
  if (claim.kind !== 'ours') return [published];
  // The cause is told where the plan would be.
  if (report === undefined)
    return [published, error === undefined ? 'in the cloud: nothing, because it is refused' : 'in the cloud: not known'];
  return [
    published,
    `in the cloud ${report.ingress === 'unknown' ? 'an address that is not known now' : addressList(report.ingress)}${report.id === undefined ? '' : ` (${report.id})`}`,
    ...report.listeners.map(({ id, state, reason, text }) => {
      const why = [reason, text].filter((part) => part !== undefined).join(': ');
      return `listener ${id} ${state}${why === '' ? '' : `: ${why}`}`;
    }),
    ...(report.members === undefined ? [] : [`members ${report.members.healthy} of ${report.members.total} healthy`]),
  ].map(printable);
}

const addressList = (ingress: readonly Ingress[]): string =>
  ingress.length === 0 ? 'no address' : ingress.map(addressOfIngress).join(', ');

function planLines(look: Look, paint: Paint): readonly string[] {
  if (look.claim.kind === 'foreign' || look.claim.kind === 'left-behind') return [];
  const lines = lookLines(look, paint);
  return lines.length === 0 ? ['nothing to do'] : lines;
}

function membersLine({ total, members, refused }: NodeSummary): string {
  if (refused === 'kept') return 'it keeps the members it has';
  return `${members} of ${total} are ${refused === 'unknown' ? 'eligible; which are meant is not known' : 'members'}`;
}

function nodeLines({ nodes }: Explanation): readonly string[] {
  if (nodes === undefined) return [];
  if (nodes.error !== undefined) return [printable(`not known: ${nodes.error.text}`)];
  const { out, withoutAddress } = nodes.value;
  return [
    membersLine(nodes.value),
    ...out.map(({ node, causes }) => printable(`${node} is out: ${causes.join(', ')}`)),
    ...withoutAddress.map((node) => printable(`${node} has no address, so nothing is sent to it`)),
  ];
}
