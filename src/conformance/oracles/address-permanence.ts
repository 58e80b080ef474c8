import type { LoadBalancerKey, ServiceKey } from '../../model/ids.ts';
import { isGone } from '../../model/spec.ts';
import type { ApiWrite, ProviderCall } from '../trace.ts';
import type { Course, PlanMade } from './mutations.ts';
import type { Oracle } from './oracle.ts';
import { approved, saidMeanwhile, unasked, unwanted } from './permission.ts';

/** An address that was published stays published until its owner gives it up. */
export const addressPermanence: Oracle<Course> = {
  name: 'address permanence',
  rows: ['idea-6', 'F12', 'I6'],
  promise: 'an address leaves the status only by deletion, type change, release, an approved step, or a loss that the class allows',
  violations: (course) => {
    const books = new Map<ServiceKey, Book>();
    return course.trace.flatMap((entry, position) => {
      if (entry.kind === 'api') return leaving(course, entry, position, books);
      if (entry.kind === 'call' && entry.verb === 'plan') note(course, entry, position, books);
      return [];
    });
  },
};

/** What is published of one Service, and the plans made for it since. */
interface Book {
  readonly key: LoadBalancerKey;
  readonly published: Set<string>;
  readonly plans: PlanMade[];
}

function note(course: Course, call: ProviderCall, position: number, books: Map<ServiceKey, Book>): void {
  const { want } = call;
  for (const { name } of want?.owner.services ?? []) {
    if (want === undefined) return;
    const { key } = want.owner;
    const known = books.get(name);
    const book = known?.key === key ? known : { key, published: new Set<string>(), plans: [] };
    const plan = { call, position };
    book.plans.push(plan);
    // Given up, and with a type change taken out of the status by the API server itself (contract D1).
    if (isGone(want) && unwanted(saidMeanwhile(course, key, plan, position))) book.published.clear();
    books.set(name, book);
  }
}

function leaving(course: Course, write: ApiWrite, position: number, books: Map<ServiceKey, Book>): readonly string[] {
  const [, namespace, name] = /\/namespaces\/([^/]+)\/services\/([^/?]+)\/status/.exec(write.path) ?? [];
  const book = books.get(`${namespace}/${name}` as ServiceKey); // as serviceKey makes it
  const addresses = addressesIn(write.body);
  if (book === undefined || addresses === undefined) return [];
  const lost = [...book.published].filter((address) => !addresses.includes(address));
  const violations = lost.filter((address) => !mayLeave(course, book, address, position));
  for (const address of lost) book.published.delete(address);
  // A request without an answer may have been carried out.
  if (write.status < 300) for (const address of addresses) book.published.add(address);
  return violations.map((address) => `${address} of ${namespace}/${name} was taken out of its status, and nobody gave it up`);
}

function mayLeave(course: Course, { key, plans }: Book, address: string, until: number): boolean {
  return plans.some((plan) =>
    (plan.call.plan?.steps ?? []).some((step) => {
      const ends = step.releases?.includes(address) === true || step.claim?.loses.some((loss) => names(loss, address)) === true;
      if (!ends) return false;
      const said = saidMeanwhile(course, key, plan, until);
      return approved(key, step, said) || unasked(step, said);
    }),
  );
}

/** Whether a loss, which is a text for people, is of this very address. */
const names = (loss: string, address: string): boolean => loss.split(/[^0-9A-Za-z.:-]+/).includes(address);

/** The addresses a patch writes; undefined where it says nothing of them. */
function addressesIn(body: string | undefined): readonly string[] | undefined {
  if (body === undefined) return undefined;
  const patch = JSON.parse(body) as { status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] | null } } }; // written by the controller
  const ingress = patch.status?.loadBalancer?.ingress;
  return ingress === undefined ? undefined : (ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '');
}
