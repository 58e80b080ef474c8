import { describe, expect, it } from 'vitest';
import { LbError } from '../errors.ts';
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
const asLbErrorOf = async (parsed: Promise<unknown>): Promise<string> => {
  const error = await parsed.then(
    () => new Error('it was taken'),
    (thrown: unknown) => thrown,
  );
  return error instanceof LbError ? error.text : String(error);
};
const parse = (text: string) => parseCloudConfig(text, 'cloud.yaml', 'fake', kinds);

describe('a cloud configuration', () => {
  it('is connection and settings of one provider', async () => {
    expect(await parse('clusterId: home\nconnection: { region: here }\nsettings: { scheme: internal }\n')).toEqual({
      clusterId: 'home',
      connection: { region: 'here' },
      settings: { scheme: 'internal' },
      warnings: [],
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

describe("upstream's INI", () => {
  const reading: ProviderKinds = {
    ...kinds,
    upstream: (kind) =>
      Promise.resolve(
        kind === 'fake'
          ? (entries) => ({
              connection: Object.fromEntries(entries.map(({ key, value }) => [key.toLowerCase(), value])),
              settings: {},
              warnings: entries.filter(({ key }) => key === 'Old').map(({ line }) => ({ line, text: 'Old means nothing here' })),
              problems: entries.filter(({ key }) => key === 'Bad').map(({ line }) => ({ line, text: 'there is no Bad' })),
            })
          : undefined,
      ),
  };
  const parseIniOf = (text: string, kind = 'fake') => parseCloudConfig(text, 'cloud.conf', kind, reading);

  it('is read by the kind that knows it, and what means nothing is told with its line', async () => {
    expect(await parseIniOf('; upstream\n[Global]\nRegion = here\n')).toEqual({
      connection: { region: 'here' },
      settings: {},
      warnings: [],
    });
    await expect(parseIniOf('[Global]\nRegion=here\nOld=1\n')).rejects.toThrow('cloud.conf: connection');
    expect((await parseIniOf('connection: { region: here }')).warnings).toEqual([]);
  });

  it('names file and line of what is wrong, at most three, and rows that lack a value', async () => {
    const linesOf = async (text: string) => (await asLbErrorOf(parseIniOf(text))).split('\n');
    expect(await linesOf('[Global]\nBad=1\nnonsense!\n')).toEqual([
      'cloud.conf:2: there is no Bad',
      'cloud.conf:3: this is neither a section, nor a key with a value',
    ]);
    expect(await linesOf('[Global]\nBad=1\nBad=1\nBad=1\nBad=1\n')).toHaveLength(3);
    await expect(parseIniOf('[Global]\n')).rejects.toThrow('cloud.conf: connection: region is missing');
  });

  it('is no YAML where the kind has no such file', async () => {
    await expect(parseIniOf('[Global]\nRegion=here\n', 'other')).rejects.toThrow('cloud.conf:');
  });
});
