import { describe, expect, it } from 'vitest';
import { fakeSettings } from '../../test/builders/fake-settings.ts';
import { aClass, aService } from '../../test/builders/views.ts';
import { clusterId, providerName } from '../model/ids.ts';
import type { ServiceView } from '../model/service-view.ts';
import { formatRecord } from './record.ts';
import { goneFor } from './service-end.ts';

const ended = (patch: Partial<ServiceView>, klass = aClass()) => goneFor(aService(patch), clusterId('c'), klass, fakeSettings);
const tagged = { annotations: { 'portolan.dev/tags': 'a=b' } };

describe('the want of a Service that wants no load balancer any more', () => {
  it('has the settings that the Service and its class ask for now', () => {
    expect(ended(tagged)).toMatchObject({ gone: true, leave: 'nothing', settings: { tags: { a: 'b' } } });
    expect(ended({}, aClass({ settings: { tags: { c: 'd' } } })).settings).toMatchObject({ tags: { c: 'd' } });
  });

  it('has none where the Service says something that cannot be read, and goes all the same', () => {
    expect(ended({ annotations: { 'portolan.dev/tags': '=' } })).not.toHaveProperty('settings');
    expect(ended({ annotations: { ...tagged.annotations, 'portolan.dev/unknown': 'x' } })).toHaveProperty('settings');
  });

  it('has none where the class has come to speak of another provider', () => {
    const record = formatRecord({ applied: true, input: 'gone', spec: 'gone', provider: providerName('before') });
    const conditions = [{ ...record, lastTransitionTime: '2026-01-01T00:00:00Z' }];
    expect(ended({ ...tagged, conditions })).not.toHaveProperty('settings');
  });

  it('leaves everything where the Service is released', () => {
    expect(ended({ annotations: { 'portolan.dev/release': 'true' } }).leave).toBe('everything');
  });
});
