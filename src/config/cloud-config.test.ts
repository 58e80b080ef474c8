import { describe, expect, it } from 'vitest';
import { parseCloudConfig } from './cloud-config.ts';
import type { ProviderKinds } from './config.ts';

const kinds: ProviderKinds = {
  names: ['fake'],
  tables: () =>
    Promise.resolve({
      connection: { region: { type: 'string', text: 'Where it is.', since: '0.1', edit: 'in-place', required: true } },
      settings: { size: { type: 'string', text: 'How large.', since: '0.1', edit: 'in-place' } },
    }),
};
const parse = (text: string) => parseCloudConfig(text, 'cloud.yaml', 'fake', kinds);

describe('a cloud configuration', () => {
  it('is connection and settings of one provider', async () => {
    expect(await parse('clusterId: home\nconnection: { region: here }\nsettings: { scheme: internal }\n')).toEqual({
      clusterId: 'home',
      connection: { region: 'here' },
      settings: { scheme: 'internal' },
    });
  });

  it('names file, line and path of what is wrong, and what was meant', async () => {
    await expect(parse('conection: { region: here }\n')).rejects.toThrow(/cloud\.yaml:1:1: conection: .*connection/);
    await expect(parse('connection: { region: here }\nsettings:\n  schem: internal\n')).rejects.toThrow(
      /cloud\.yaml:3:3: settings\.schem: .*scheme/,
    );
    await expect(parse('')).rejects.toThrow(/cloud\.yaml: .*region/s);
  });
});
