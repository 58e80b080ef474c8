import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { digestOf } from '../../src/model/digest.ts';
import { fieldPath } from '../../src/model/ids.ts';
import type { LoadBalancerSpec, Want } from '../../src/model/spec.ts';
import { compareIp, familyOf, parseCidr } from '../../src/net/ip.ts';
import { parseRanges } from './address-range.ts';
import { observed } from './observe.ts';
import { planned } from './plan.ts';
import { reported } from './report.ts';
import type { Settings } from './settings.ts';
import { emptyState, type State } from './state.ts';
import { changed } from './state-change.ts';
import { parseState, printState } from './state-text.ts';
import { connection, frozen, gone, ip, listener, member, owner, spec } from './test-bed.ts';

const ranges = parseRanges({
  ...connection,
  ranges: { public: ['127.80.0.0/29', 'fd00:80::/126'], internal: ['127.81.0.0/29', 'fd00:81::/125'] },
});
const services = ['a', 'b', 'c', 'd'] as const;
const nodes = [member('n1', '10.0.0.1'), member('n2', '10.0.0.2'), member('n3', '10.0.0.3')];

/** What one Service says at one moment; the same fields every time, so that edits are differences of two of them. */
const wish = fc.record({
  scheme: fc.constantFrom('public' as const, 'internal' as const),
  /** Whether anybody said the scheme, or it is a mere default. */
  schemeSaid: fc.boolean(),
  request: fc.option(fc.constantFrom('127.80.0.1', '127.80.0.2', '127.80.0.6', '127.81.0.3', '127.80.0.7', '192.0.2.1'), {
    nil: undefined,
  }),
  /** Whether a second family is wanted, and whether it must be there. */
  second: fc.constantFrom('none' as const, 'may' as const, 'must' as const),
  request6: fc.option(fc.constantFrom('fd00:80::1', 'fd00:80::2', 'fd00:81::2', 'fd00:99::1'), { nil: undefined }),
  ports: fc.uniqueArray(fc.constantFrom(80, 443, 53), { minLength: 1 }),
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
  nodePort: fc.integer({ min: 30_000, max: 30_003 }),
  local: fc.boolean(),
  members: fc.subarray(nodes),
  sourceRanges: fc.subarray(['10.0.0.0/8', '192.168.0.0/16']),
  timeout: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
});
type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never;

const action = fc.record({
  service: fc.constantFrom(...services),
  wish,
  kind: fc.constantFrom('spec' as const, 'spec' as const, 'spec' as const, 'frozen' as const, 'gone' as const, 'restart' as const),
  /** How many steps of the plan are carried out before the process dies; then it is planned again. */
  crashAfter: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
});

function specOf(name: string, said: Wish, published: LoadBalancerSpec<Settings>['published']): LoadBalancerSpec<Settings> {
  const { request, request6, second } = said;
  return spec({
    owner: owner(name),
    scheme: said.scheme,
    origin: said.schemeSaid ? { scheme: fieldPath('portolan.dev/scheme') } : {},
    addresses: [
      { family: 'IPv4', required: true, ...requested(request) },
      ...(second === 'none' ? [] : [{ family: 'IPv6' as const, required: second === 'must', ...requested(request6) }]),
    ],
    listeners: said.ports.map((port) =>
      listener(said.protocol, port, said.nodePort, { healthCheck: said.local ? { kind: 'local', port: 32_000 } : { kind: 'cluster' } }),
    ),
    members: said.members,
    membersDigest: digestOf(said.members),
    sourceRanges: said.sourceRanges.flatMap((range) => parseCidr(range) ?? []),
    affinity: said.timeout === undefined ? { kind: 'none' } : { kind: 'client-ip', timeoutSeconds: said.timeout },
    published,
  });
}

const requested = (address: string | undefined) =>
  address === undefined ? {} : { requested: { address: ip(address), from: fieldPath('portolan.dev/load-balancer-ips') } };

const haveOf = (want: Want<Settings>, state: State) => observed(want, state, ranges, () => undefined);
const planOf = (want: Want<Settings>, state: State) => planned(want, haveOf(want, state));

it('after every step the plan is empty, no address is given twice, and none is lost unasked', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
      let state = emptyState;
      const published = new Map<string, LoadBalancerSpec<Settings>['published']>();
      for (const { service, wish: said, kind, crashAfter } of actions) {
        if (kind === 'restart') {
          // Reading back also finds every address that two load balancers have.
          state = parseState(printState(state), 'state.json');
          continue;
        }
        const live = specOf(service, said, published.get(service) ?? []);
        const want = kind === 'spec' ? live : kind === 'frozen' ? frozen(live) : gone(live.owner);
        const before = haveOf(want, state).loadBalancers;
        let plan = planOf(want, state);
        if (crashAfter !== undefined) {
          for (const { op } of plan.steps.slice(0, crashAfter)) state = changed(state, op).state;
          plan = planOf(want, state);
        }
        // Repeating a step whose reply was lost changes nothing.
        for (const { op } of plan.steps) {
          state = changed(state, op).state;
          expect(printState(changed(state, op).state)).toBe(printState(state));
        }

        expect(planOf(want, state).steps).toEqual([]);
        expect(parseState(printState(state), 'state.json')).toEqual(state);
        const own = haveOf(want, state).loadBalancers;
        const report = reported(want, haveOf(want, state));
        if (report.ingress !== 'unknown') published.set(service, report.ingress);
        if (kind === 'gone') {
          expect(own).toEqual([]);
          continue;
        }
        // An address stays unless the Service itself, or its class, says another scheme, another address or no such family.
        const [only] = before.length === 1 ? before : [];
        const now = own.flatMap(({ addresses }) => addresses);
        for (const address of only?.addresses ?? []) {
          if (kind === 'frozen') expect(now).toContain(address);
          const { wanted, request } =
            familyOf(address) === 'IPv4'
              ? { wanted: true, request: said.request }
              : { wanted: said.second !== 'none', request: said.request6 };
          const isMidway = (only?.addresses ?? []).filter((other) => familyOf(other) === familyOf(address)).length > 1;
          const moved =
            only?.scheme !== said.scheme &&
            (said.schemeSaid || said.request !== undefined || (said.second !== 'none' && said.request6 !== undefined));
          if (wanted && request === undefined && !isMidway && !moved) expect(now).toContain(address);
        }
        if (kind === 'frozen' || plan.refusals.length > 0) continue;
        expect(own).toHaveLength(1);
        if (said.schemeSaid || before.length === 0) expect(own[0]?.scheme).toBe(said.scheme);
        const [, six, ...more] = own[0]?.addresses.toSorted(compareIp) ?? [];
        expect(more).toEqual([]);
        if (said.request !== undefined) expect(own[0]?.addresses).toContain(said.request);
        if (said.second === 'none') expect(six).toBeUndefined();
        if (said.second === 'must') expect(six).toBeDefined();
        if (said.second !== 'none' && said.request6 !== undefined) expect(six).toBe(said.request6);
        // What status is told is what is there, in the order of the want.
        expect(report.ingress).toEqual((own[0]?.addresses ?? []).toSorted(compareIp).map((address) => ({ ip: address, ipMode: 'Proxy' })));
      }
    }),
    { numRuns: 400 },
  );
});
