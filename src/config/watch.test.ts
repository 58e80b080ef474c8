import { describe, expect, it } from 'vitest';
import { aClass } from '../../test/builders/views.ts';
import { ManualClock } from '../clock.ts';
import { LbError } from '../errors.ts';
import { clusterId, providerName } from '../model/ids.ts';
import { changeAtRunTime } from './changes.ts';
import type { Config } from './config.ts';
import { watchConfig } from './watch.ts';

const base: Config = {
  clusterId: clusterId('c'),
  providers: [
    { name: providerName('here'), kind: 'fake', connection: { a: 1 } },
    { name: providerName('there'), kind: 'fake', connection: {} },
  ],
  classes: [aClass({ id: 'main' })],
  workers: 8,
  nodeDebounceMs: 1000,
  driftCheckMs: 0,
  audit: { intervalMs: 1, graceMs: 1, deleteStrays: false },
  leaderElection: { enabled: true, namespace: 'n', name: 'l' },
  serving: { address: '0.0.0.0', port: 8080 },
  log: { level: 'info' },
};

describe('changeAtRunTime', () => {
  it('takes what can change', () => {
    const classes = [
      aClass({ id: 'main', settings: { scheme: 'internal' }, handoverMs: 1 }),
      aClass({ id: 'new', provider: providerName('there') }),
    ];
    const after: Config = { ...base, driftCheckMs: 7, log: { level: 'debug' }, classes };

    expect(changeAtRunTime(base, after)).toEqual({ config: after, needsRestart: [] });
  });

  it('a class that is gone is gone', () => {
    expect(changeAtRunTime(base, { ...base, classes: [] })).toMatchObject({ config: { classes: [] }, needsRestart: [] });
  });

  it.each<[string, Partial<Config>, string[]]>([
    ['clusterId', { clusterId: clusterId('d') }, ['clusterId']],
    ['serving', { serving: { address: '0.0.0.0', port: 1 } }, ['serving']],
    ['workers', { workers: 2 }, ['workers']],
    ['nodeDebounce', { nodeDebounceMs: 5 }, ['nodeDebounce']],
    ['audit', { audit: { ...base.audit, deleteStrays: true } }, ['audit']],
    ['leaderElection', { leaderElection: { enabled: false, namespace: 'n', name: 'l' } }, ['leaderElection']],
    [
      'a connection',
      { providers: [{ name: providerName('here'), kind: 'fake', connection: { a: 2 } }, base.providers[1]!] },
      ['providers[here]'],
    ],
    [
      'a provider more',
      { providers: [...base.providers, { name: providerName('new'), kind: 'fake', connection: {} }] },
      ['providers[new]'],
    ],
    ['a provider less', { providers: [base.providers[0]!] }, ['providers[there]']],
    [
      'the provider of a class',
      { classes: [aClass({ id: 'main', provider: providerName('there'), settings: { x: 1 } })] },
      ['classes[main].provider'],
    ],
  ])('keeps %s until a restart, and says so', (_title, patch, needsRestart) => {
    expect(changeAtRunTime(base, { ...base, ...patch })).toEqual({ config: base, needsRestart });
  });

  it('clusterId set or taken away needs a restart', () => {
    const { clusterId: _gone, ...without } = base;
    expect(changeAtRunTime(base, without)).toEqual({ config: base, needsRestart: ['clusterId'] });
    expect(changeAtRunTime(without, base)).toEqual({ config: without, needsRestart: ['clusterId'] });
  });

  it('a class of a provider that does not run yet is left out; one whose provider changed its kind stays as it was', () => {
    const providers = [
      { name: providerName('here'), kind: 'other', connection: {} },
      base.providers[1]!,
      { name: providerName('new'), kind: 'fake', connection: {} },
    ];
    const classes = [aClass({ id: 'main', default: true, settings: { other: 1 } }), aClass({ id: 'b', provider: providerName('new') })];

    const { config, needsRestart } = changeAtRunTime(base, { ...base, providers, classes });

    expect(config.classes).toEqual([{ ...base.classes[0], default: true }]);
    expect(needsRestart).toEqual(['providers[here]', 'providers[new]']);
  });
});

describe('watchConfig', () => {
  function watching(first = 'check 0') {
    const clock = new ManualClock();
    const aborter = new AbortController();
    const events: string[] = [];
    const file = { text: first as string | undefined, reads: 0 };
    const parse = async (text: string): Promise<Config> => {
      const [key, value] = text.split(' ');
      if (key !== 'check') throw new LbError('InvalidConfig', `bad: ${text}`);
      return { ...base, driftCheckMs: Number(value) };
    };
    const done = watchConfig(
      {
        path: 'portolan.yaml',
        first: { config: base, text: first },
        parse,
        read: async () => {
          file.reads += 1;
          if (file.text === undefined) throw new LbError('InvalidConfig', 'no such file');
          return file.text;
        },
        clock,
        intervalMs: 1000,
        onChange: ({ config, needsRestart }) => events.push(`check ${config.driftCheckMs}${needsRestart.join()}`),
        onError: (error) => events.push(error?.text ?? 'good again'),
      },
      aborter.signal,
    );
    const write = async (text: string | undefined): Promise<string[]> => {
      file.text = text;
      await clock.advanceAsync(3000);
      return events.splice(0);
    };
    return { clock, aborter, events, file, done, write };
  }

  it('reads at its interval, and says nothing of an unchanged file', async () => {
    const { write, file } = watching();
    expect(await write('check 0')).toEqual([]);
    expect(file.reads).toBe(3);
  });

  it('a changed file holds', async () => {
    const { write } = watching();
    expect(await write('check 2')).toEqual(['check 2']);
    expect(await write('check 0')).toEqual(['check 0']);
  });

  it('a bad file shows once and changes nothing, until it is good again', async () => {
    const { write } = watching();
    expect(await write('chekc 2')).toEqual(['bad: chekc 2']);
    expect(await write('cehck 2')).toEqual(['bad: cehck 2']);
    expect(await write('check 0')).toEqual(['good again']);
    expect(await write('chekc 2')).toEqual(['bad: chekc 2']);
    expect(await write('check 3')).toEqual(['good again', 'check 3']);
  });

  it('a file that went away shows, and one that comes back is read', async () => {
    const { write } = watching();
    expect(await write(undefined)).toEqual(['no such file']);
    expect(await write('check 0')).toEqual(['good again']);
    expect(await write(undefined)).toEqual(['no such file']);
    expect(await write('check 9')).toEqual(['good again', 'check 9']);
  });

  it('ends when it is told to', async () => {
    const { aborter, done, file, clock } = watching();
    aborter.abort(new Error('stop'));
    await done;
    await clock.advanceAsync(10_000);
    expect(file.reads).toBe(0);
  });
});
