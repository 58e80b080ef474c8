import { expect, it } from 'vitest';
import { tableSchema } from './json-schema.ts';
import { annotationsMarkdown } from './markdown.ts';
import { parseRows } from './parse.ts';
import { readSettings } from './read.ts';
import type { SettingRow } from './row.ts';

const key = 'service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg';
const why = 'a load balancer without a security group can never get one';
const table: Readonly<Record<string, SettingRow>> = {
  noGroup: { type: 'boolean', text: 'Make no security group.', since: '', edit: 'only-at-creation', annotations: [key], refused: why },
};

it('what is known and cannot be had is refused with its reason, whatever is asked', () => {
  for (const value of ['true', 'false', 'maybe']) {
    expect(readSettings(table, { [key]: value }, {})).toMatchObject({
      settings: {},
      complete: false,
      refusals: [{ reason: 'UnsupportedFeature', text: why, field: key, remedy: `Remove ${key}` }],
      notices: [],
    });
  }
  expect(readSettings(table, {}, {})).toMatchObject({ refusals: [], complete: true });
});

it('so it is in the configuration; the reference says it, the schema has no place for it', () => {
  expect(parseRows(table, { noGroup: true }, 'settings').problems).toMatchObject([
    { code: 'InvalidSetting', text: why, field: 'settings.noGroup' },
  ]);
  expect(tableSchema(table)).toMatchObject({ properties: {} });
  expect(annotationsMarkdown([{ kind: 'x', settings: table }])).toContain(`| \`${key}\` | refused: ${why} |`);
});

it('so is each end of a key with a part of the user’s own', () => {
  const actions = 'service.beta.kubernetes.io/actions.';
  const weights: Readonly<Record<string, SettingRow>> = {
    row: { type: 'map-by-key', text: 'Weights.', since: '', edit: 'in-place', annotations: [`${actions}*`], refused: why },
  };
  const said = { [`${actions}TCP-80`]: '{}', [`${actions}TCP-443`]: '{}' };
  const asked = readSettings(weights, said, {});
  expect(asked.refusals.map(({ reason, field }) => `${reason} ${field}`)).toEqual([
    `UnsupportedFeature ${actions}TCP-443`,
    `UnsupportedFeature ${actions}TCP-80`,
  ]);
  expect(asked.notices).toEqual([]);
  expect(readSettings({}, said, {}).notices).toMatchObject([{ reason: 'SettingWithoutEffect' }, { reason: 'SettingWithoutEffect' }]);
});
