import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { flagRows } from './flag-rows.ts';
import { parseFlagValue } from './flag-value.ts';
import { addFlags, readFlags, runsServices } from './read-flags.ts';

/** Name, type and default of every flag of upstream's manager of 1.36, as its help says. */
const upstream = JSON.parse(readFileSync(new URL('../../../test/fixtures/upstream-flags-1.36.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, { readonly type: string; readonly default: string }>
>; // written from that help

function read(...argv: string[]) {
  const command = addFlags(new Command('ccm'))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.parse(argv, { from: 'user' });
  return readFlags(command);
}
const flagsOf = (...argv: string[]) => read('--cloud-provider=local', ...argv).flags;

describe('the flags of upstream', () => {
  it.each(Object.entries(upstream))('--%s is known, with its default', (name, { type, default: preset }) => {
    const row = flagRows[name];
    expect(row).toBeDefined();
    if (row === undefined || type === 'version') return;
    const text = preset.replace(/^\[(.*)\]$/, '$1');
    const parsed = text === '' ? undefined : parseFlagValue(row.type, text);
    const nothing = { string: '', boolean: false, integer: 0, number: 0, duration: 0, list: [], gates: {} }[row.type];
    expect(row.default).toEqual(parsed === undefined ? nothing : 'value' in parsed ? parsed.value : parsed);
  });

  it('are all there is, but for one that was taken out and one of our own', () => {
    const more = Object.keys(flagRows).filter((name) => upstream[name] === undefined);
    expect(more).toEqual(['conditions', 'allow-untagged-cloud']);
  });
});

describe('what is said on the command line', () => {
  it('is read as Go reads it', () => {
    const flags = flagsOf('--leader-elect=false', '--kube-api-qps', '50.5', '--leader-elect-lease-duration=1m30s', '-v=4', '--conditions');
    expect(flags).toMatchObject({
      'leader-elect': false,
      'kube-api-qps': 50.5,
      'leader-elect-lease-duration': 90_000,
      v: 4,
      conditions: true,
    });
    expect(flagsOf('--controllers=*', '--controllers=-cloud-node,service').controllers).toEqual(['*', '-cloud-node', 'service']);
    expect(flagsOf('--feature-gates=WatchList=true', '--feature-gates=AllAlpha=false')['feature-gates']).toEqual({
      WatchList: true,
      AllAlpha: false,
    });
  });

  it.each([
    ['12h0m0s', 43_200_000],
    ['1.5s', 1_500],
    ['250ms', 250],
    ['0', 0],
  ])('%s is a duration', (text, ms) => {
    expect(parseFlagValue('duration', text)).toEqual({ value: ms });
  });

  it.each([
    ['duration', '15'],
    ['duration', ''],
    ['integer', '1.5'],
    ['boolean', 'yes'],
    ['gates', 'A'],
    ['number', 'many'],
  ] as const)('no %s is %j', (type, text) => {
    expect(parseFlagValue(type, text)).toHaveProperty('problem');
  });

  it('is answered once where it does nothing here', () => {
    expect(read('--cloud-provider=local').warning).toBeUndefined();
    const { warning } = read('--cloud-provider=local', '--profiling=false', '--cluster-name=prod', '--feature-gates=AllAlpha=true');
    expect(warning).toMatch(/^accepted for compatibility, without effect: --profiling .*; --cluster-name .*; --feature-gates AllAlpha/);
  });

  it.each([
    [[], '--cloud-provider: must be set'],
    [['--cloud-provider=local', '--controllers=servce'], 'there is no controller servce; did you mean service?'],
    [['--cloud-provider=local', '--feature-gates=Wtchlist=true'], 'there is no gate Wtchlist; did you mean WatchList?'],
    [['--cloud-provider=local', '--concurrent-service-syncs=0'], 'must be more than 0'],
    [['--cloud-provider=local', '--secure-port=70000'], 'between 0 and 65535'],
    [['--cloud-provider=local', '--leader-elect-renew-deadline=20s'], 'less than --leader-elect-lease-duration'],
    [['--cloud-provider=local', '--leader-elect-retry-period=11s'], 'less than --leader-elect-renew-deadline'],
    [['--cloud-provider=local', '--leader-elect-resource-lock=configmaps'], 'there is leases only'],
    [['--cloud-provider=local', '--tls-cert-file=a'], 'go together'],
  ])('%j is refused', (argv, text) => {
    expect(() => read(...argv)).toThrow(text);
  });

  it.each([['--nope'], ['--kube-api-qps=many'], ['stray']])('%s is an error of usage', (flag) => {
    expect(() => read('--cloud-provider=local', flag)).toThrow();
  });
});

describe('--controllers', () => {
  it.each([
    ['*', true],
    ['service', true],
    ['service-lb-controller', true],
    ['cloud-node', false],
    ['*,-service', false],
    ['-service-lb-controller', false],
  ])('%s: %s', (said, runs) => {
    expect(runsServices(flagsOf(`--controllers=${said}`))).toBe(runs);
  });
});
