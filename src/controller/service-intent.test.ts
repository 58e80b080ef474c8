import { describe, expect, it } from 'vitest';
import { capabilitiesWithout, fakeSettings } from '../../test/builders/fake-settings.ts';
import { aClass, aNode, aService } from '../../test/builders/views.ts';
import { MemberSets } from '../intent/nodes.ts';
import { clusterId, providerName } from '../model/ids.ts';
import type { NodeView, ServiceView } from '../model/service-view.ts';
import { formatRecord } from './record.ts';
import { frozenFor, intentOf, keepsMembers } from './service-intent.ts';

const cluster = clusterId('c');
const edge = aNode('n1', { labels: { pool: 'edge' } });
const all = new MemberSets().of([edge]);
const selecting = (text: string): Partial<ServiceView> => ({ annotations: { 'portolan.dev/node-selector': text } });

function seen(patch: Partial<ServiceView>, nodes: readonly NodeView[] = [edge, aNode('n2')]) {
  return intentOf({
    service: aService(patch),
    clusterId: cluster,
    class: aClass(),
    table: fakeSettings,
    capabilities: () => capabilitiesWithout(),
    nodes: new MemberSets().of(nodes),
  });
}

/** As the Service stands once what these words say was applied. */
function applied(patch: Partial<ServiceView>, provider = 'here'): Pick<ServiceView, 'conditions'> {
  const intent = seen(patch);
  if (intent.kind !== 'spec') throw new Error(JSON.stringify(intent.refusals));
  const { inputDigest: input, specDigest: spec } = intent.spec;
  const record = formatRecord({ applied: true, input, spec, provider: providerName(provider) });
  return { conditions: [{ ...record, lastTransitionTime: '2026-01-01T00:00:00Z' }] };
}

describe('an edit that chooses none of the nodes', () => {
  it('is refused where something serves, and the nodes it has stay', () => {
    const intent = seen({ ...applied({}), ...selecting('pool=egde') });
    expect(intent).toMatchObject({
      kind: 'refused',
      refusals: [{ reason: 'NoNodes', text: 'no eligible node is labelled pool=egde', field: 'portolan.dev/node-selector' }],
    });
    expect(intent.chosen?.selector).toEqual(['pool=egde']);
    expect(keepsMembers(intent)).toBe(true);
  });

  it('is carried out where nothing serves yet, or there is no node at all', () => {
    expect(seen(selecting('pool=egde')).kind).toBe('spec');
    expect(seen({ ...applied({}), ...selecting('pool=egde') }, []).kind).toBe('spec');
  });

  it('is none where the nodes went: they are followed', () => {
    expect(seen({ ...applied(selecting('pool=edge')), ...selecting('pool=edge') }, [aNode('n2')])).toMatchObject({
      kind: 'spec',
      spec: { members: [] },
    });
  });
});

describe('what serves although it is refused', () => {
  it('follows the nodes its selector chooses', () => {
    const intent = seen({ ...selecting('pool=edge'), externalTrafficPolicy: 'Local' });
    expect(keepsMembers(intent)).toBe(false);
    expect(frozenFor(aService(), cluster, intent, all).members.map(({ node }) => node)).toEqual(['n1']);
  });

  it('keeps the nodes it has where nobody can tell which are meant', () => {
    const intent = seen(selecting('pool==edge'));
    expect([intent.chosen, keepsMembers(intent)]).toEqual([undefined, true]);
    expect(frozenFor(aService(), cluster, intent, all).members).toBe(all.members);
  });

  it('has lost every node where there is none', () => {
    const intent = seen({ externalTrafficPolicy: 'Local' }, []);
    expect(keepsMembers(intent)).toBe(false);
    expect(frozenFor(aService(), cluster, intent, all).members).toEqual([]);
  });
});

it('a Service whose class was given another provider is refused, and its nodes are followed', () => {
  const intent = seen({ ...applied({}, 'before'), ...selecting('pool=edge') });
  expect(intent).toMatchObject({ kind: 'refused', refusals: [{ reason: 'ProviderChanged' }], chosen: { members: [{ node: 'n1' }] } });
});
