import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudBalancer, MemoryCloud } from '../../../test/fixtures/memory-cloud.ts';
import { memorySimulation } from '../../../test/fixtures/memory-simulation.ts';
import { ownerOf } from '../../intent/frozen.ts';
import { keyMark, proves } from '../../model/owner.ts';
import { perform } from '../actions.ts';
import type { ActionStep, ClassSetup } from '../case.ts';
import { Rig } from '../rig.ts';
import { annotate, create, edit, ports, remove, rest } from '../story.ts';
import { lookAtRest } from './at-rest.ts';
import { verdicts } from './oracle.ts';
import { restOracles } from './oracles.ts';

/*
 * The controller is stopped, and what it keeps true is broken behind its back: each promise has somebody who sees it broken.
 */
const classes: readonly ClassSetup[] = [
  { id: 'kit', default: true },
  { id: 'other', name: 'portolan.dev/other' },
  { id: 'shown', name: 'portolan.dev/shown', mode: 'plan-only' },
];
let rig: Rig;
let cloud: MemoryCloud;

beforeEach(async () => {
  rig = await Rig.open({ simulate: memorySimulation({ seen: (made) => (cloud = made) }), seed: 1, setup: { classes } });
  await tell(
    create('web'),
    create('free', { spec: { loadBalancerClass: 'example.com/theirs' } }),
    create('shown', { spec: { loadBalancerClass: 'portolan.dev/shown' } }),
    create('bad', { annotations: { 'portolan.dev/scheme': 'sideways' } }),
    create('given', {}),
    { do: 'plant-foreign', what: 'other-cluster', like: 'web' },
    rest(5_000),
    annotate('given', { 'portolan.dev/release': 'true' }),
    rest(5_000),
  );
});
afterEach(() => rig.close());

async function tell(...steps: readonly ActionStep[]): Promise<void> {
  for (const step of steps) await perform(rig, step);
}

const seen = async (): Promise<readonly string[]> => verdicts(restOracles, await lookAtRest(rig));
const status = (patch: Extract<ActionStep, { do: 'patch' }>['patch'], service = 'web'): ActionStep => ({
  do: 'patch',
  service,
  patch: { status: patch },
  sub: 'status',
});
const finalizers = (service: string, ...list: readonly string[]): ActionStep => ({
  do: 'patch',
  service,
  patch: { metadata: { finalizers: list } },
});
const conditions = (change: (condition: { type: string; message: string }) => object) =>
  (rig.cluster().view('default', 'web')?.conditions ?? []).map((condition) => ({ ...condition, ...change(condition) }));
const web = () => {
  const view = rig.cluster().view('default', 'web');
  const own = ({ marks }: CloudBalancer) => view !== undefined && proves(marks, ownerOf(view, rig.cluster().id));
  const balancer = cloud.balancers.find(own);
  if (view === undefined || balancer === undefined) throw new Error('web is not served');
  return { view, balancer };
};

it('has nothing to say when everything is as it should be', async () => {
  expect(await seen()).toEqual([]);
  await tell({ do: 'stop' });
  expect(await seen()).toEqual([]);
});

describe('behind the back of the controller', () => {
  beforeEach(() => tell({ do: 'stop' }));

  it('an orphan', async () => {
    const { marks } = web().balancer;
    cloud.add({ ...marks, [keyMark]: 'service/nobody' }, 'public');

    expect(await seen()).toEqual([expect.stringMatching(/^no orphans: balancer lb-\d+ .* of service\/nobody is nobody's$/)]);
  });

  it('something of ours that lost its marks', async () => {
    const { balancer } = web();
    cloud.balancers.push({ ...balancer, id: 'lb-99', marks: {} });

    expect(await seen()).toEqual(['no orphans: lb-99 is there without a mark']);
  });

  it('a duplicate', async () => {
    const { marks, scheme } = web().balancer;
    cloud.add(marks, scheme);

    expect(await seen()).toContainEqual(expect.stringMatching(/^no duplicates: default\/web has 2: lb-2 .*, lb-\d+/));
  });

  it('a foreign thing that was changed', async () => {
    const foreign = cloud.balancers.find(({ marks }) => marks['portolan.dev/cluster'] === 'somebody-elses-cluster');
    if (foreign !== undefined) foreign.members = 'n9';

    expect(await seen()).toEqual([expect.stringMatching(/^nothing foreign touched: lb-\d+ was changed or removed$/)]);
  });

  it('something that was released and taken away all the same', async () => {
    const released = cloud.balancers.findIndex(({ marks }) => Object.keys(marks).length === 0);
    const [gone] = cloud.balancers.splice(released, 1);

    expect(released).toBeGreaterThanOrEqual(0);
    expect(await seen()).toEqual([`nothing foreign touched: ${gone?.id} was released and is gone`]);
  });

  it.each<[string, () => ActionStep]>([
    ['default/web has a load balancer and no finalizer', () => finalizers('web')],
    ['default/web carries portolan.dev/lb.other of another class', () => finalizers('web', 'portolan.dev/lb.kit', 'portolan.dev/lb.other')],
    ['default/bad has a finalizer, and nothing to clean up', () => finalizers('bad', 'portolan.dev/lb.kit')],
    ['default/given wants no load balancer, and portolan.dev/lb.kit is on it', () => finalizers('given', 'portolan.dev/lb.kit')],
    [
      'default/free is none of ours and carries our finalizer or record',
      () =>
        status({ conditions: [{ type: 'portolan.dev/Applied', status: 'True', reason: 'Applied', message: 'v1 input=a spec=b' }] }, 'free'),
    ],
    [
      'default/bad has a record and no finalizer',
      () =>
        status({ conditions: [{ type: 'portolan.dev/Applied', status: 'True', reason: 'Applied', message: 'v1 input=a spec=b' }] }, 'bad'),
    ],
    [
      'default/given wants no load balancer and carries a record',
      () =>
        status(
          { conditions: [{ type: 'portolan.dev/Applied', status: 'True', reason: 'Applied', message: 'v1 input=a spec=b' }] },
          'given',
        ),
    ],
  ])('a finalizer that is not right: %s', async (text, breaking) => {
    await tell(breaking());

    expect(await seen()).toContain(`finalizer right: ${text}`);
  });

  it('a Service that cannot go', async () => {
    await tell(remove('web'));

    expect(await seen()).toContain('finalizer right: default/web wants no load balancer and cannot go, and portolan.dev/lb.kit is on it');
  });

  it.each<[string, (message: string) => string | undefined]>([
    ['programmed without a record', () => undefined],
    ['the record is of other words than the Service says now', (message) => message.replace(/input=\w+/, 'input=0')],
    ['the record is of another spec than the Service comes to now', (message) => message.replace(/spec=\w+/, 'spec=0')],
    ['the record names lb-77, there is lb-2', (message) => message.replace(/id=\S+/, 'id=lb-77')],
    ['the record names nothing, there is lb-2', (message) => message.replace(/id=\S+ /, '')],
  ])('a record that is not right: %s', async (text, change) => {
    const changed = conditions(({ type, message }) => (type === 'portolan.dev/Applied' ? { message: change(message) } : {}));
    await tell(status({ conditions: changed.filter(({ message }) => message !== undefined) }));

    expect(await seen()).toContain(`record right: default/web: ${text}`);
  });

  it('a record that says that it is not applied', async () => {
    await tell(status({ conditions: conditions(({ type }) => (type === 'portolan.dev/Applied' ? { status: 'False' } : {})) }));

    expect(await seen()).toContain('record right: default/web: programmed, and the record says that it is not applied');
  });

  it.each<[RegExp, () => ActionStep]>([
    [/shows \[192\.0\.2\.99\], it is \[192\.0\.2\.2\]/, () => status({ loadBalancer: { ingress: [{ ip: '192.0.2.99' }] } })],
    [/shows the ports \[\], it has \[TCP\/80\]/, () => status({ loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } })],
    [/has a load balancer and shows no address/, () => status({ loadBalancer: null })],
    [/says neither whether it is accepted nor/, () => status({ conditions: null })],
    [/Accepted is False Pending .* nothing is in the way/, () => said('Accepted', { status: 'False', reason: 'Pending' })],
    [
      /Programmed is False CloudUnavailable .* nothing is in the way/,
      () => said('Programmed', { status: 'False', reason: 'CloudUnavailable' }),
    ],
    [/has the reason Nonsense, which is in no catalogue/, () => said('Degraded', { reason: 'Nonsense' })],
    [/Degraded is without a word/, () => said('Degraded', { message: '' })],
    [
      /default\/bad: .*Accepted is True .* the cause is InvalidSetting/,
      () => status({ conditions: [accepted('True'), refusedProgram] }, 'bad'),
    ],
    [/default\/given: is released and still says something else/, () => status({ conditions: [accepted('True')] }, 'given')],
    [/default\/free: wants nothing of us and carries portolan.dev\/Programmed/, () => status({ conditions: [programmedTrue] }, 'free')],
  ])('a status that is not right: %s', async (text, breaking) => {
    await tell(breaking());

    expect((await seen()).filter((line) => line.startsWith('status equals reality'))).toContainEqual(expect.stringMatching(text));
  });

  it('an address of a load balancer that is no more', async () => {
    cloud.balancers.splice(cloud.balancers.indexOf(web().balancer), 1);

    expect(await seen()).toContain('status equals reality: default/web: shows 192.0.2.2, and nothing is there');
  });

  it('a Service that wants nothing any more and still shows an address', async () => {
    await tell(annotate('web', { note: 'x' }));
    await tell(status({ loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } }));
    const seenNow = await lookAtRest(rig);
    const services = seenNow.services.map((service) => (service.view.name === 'web' ? { ...service, wanted: false } : service));

    expect(verdicts(restOracles, { ...seenNow, services })).toContain(
      'status equals reality: default/web: wants no load balancer and shows 192.0.2.1',
    );
  });

  it('something that is left to do', async () => {
    web().balancer.members = 'n1';

    expect(await seen()).toEqual([expect.stringMatching(/^second plan empty: default\/web: step members\/lb-2 .* is left to do$/)]);
  });

  it('something that is waited for', async () => {
    const now = await lookAtRest(rig);
    const services = now.services.map((service) =>
      service.judgement === undefined
        ? service
        : { ...service, judgement: { ...service.judgement, wait: { reason: 'Settling' as const, text: 'not yet' } } },
    );

    expect(verdicts(restOracles, { ...now, services })).toContain('second plan empty: default/web: waits for Settling (not yet)');
  });

  it.each<[string, () => ActionStep]>([
    ['it was asked for as it was before an edit', () => edit('web', ports(['TCP', 443]))],
    ['its members were those of other nodes', () => ({ do: 'delete-node', node: 'n2' })],
  ])('something that was overlooked: %s', async (text, breaking) => {
    await tell(breaking());

    expect(await seen()).toContain(`nothing overlooked: default/web: ${text}`);
  });

  it('a Service that was taken for one that is to go', async () => {
    const now = await lookAtRest(rig);
    const services = now.services.map((service) =>
      service.lastWant === undefined
        ? service
        : { ...service, lastWant: { gone: true as const, owner: service.lastWant.owner, leave: 'nothing' as const } },
    );

    expect(verdicts(restOracles, { ...now, services })).toContain(
      'nothing overlooked: default/web: it is wanted, and was last asked to be gone',
    );
  });
});

const said = (type: string, over: object): ActionStep =>
  status({ conditions: conditions((condition) => (condition.type === `portolan.dev/${type}` ? over : {})) });
const accepted = (value: string) => ({ type: 'portolan.dev/Accepted', status: value, reason: 'Accepted', message: 'Good.' });
const programmedTrue = { type: 'portolan.dev/Programmed', status: 'True', reason: 'Programmed', message: 'Good.' };
const refusedProgram = { type: 'portolan.dev/Programmed', status: 'False', reason: 'InvalidSetting', message: 'Refused.' };
