import { describe, expect, it } from 'vitest';
import { fakeSettings } from '../../test/builders/fake-settings.ts';
import { reasons } from '../reasons.ts';
import { rowSchema, tableSchema } from '../settings/json-schema.ts';
import { annotationsMarkdown, markdownTable, settingsMarkdown } from '../settings/markdown.ts';
import type { AnySettingsTable } from '../settings/row.ts';
import { configJsonSchema, configMarkdown, reasonsMarkdown, type DocumentedProvider } from './reference.ts';
import { configSchema } from './schema.ts';

const row = { text: 'A row.', since: '0.1.0', edit: 'in-place' } as const;
const connection: AnySettingsTable = {
  ranges: { ...row, type: 'object', required: true, rows: { public: { ...row, type: 'cidr-list', required: true } } },
  password: { ...row, type: 'string', secret: true },
  retries: { ...row, type: 'integer', minimum: 1, maximum: 5, default: 3 },
  mode: { ...row, type: 'enum', values: ['a', 'b|c'], default: 'a', text: 'One\nor the other.' },
  address: { ...row, type: 'ip' },
};
const fake: DocumentedProvider = { kind: 'fake', connection, settings: fakeSettings };

describe('the configuration reference', () => {
  const text = configMarkdown([fake, { kind: 'bare', connection: {}, settings: {} }]);

  it('has a line for every key of the file', () => {
    for (const key of Object.keys(configSchema.shape)) expect(text).toContain(`| \`${key}\` |`);
    expect(text).toContain('| `classes[].guard.destroys` | `allow`, `approve` | `approve` |');
    expect(text).toContain('| `driftCheck` | a duration | `10m` |');
    expect(text).toContain('| `serving.port` | a whole number, 0 to 65535 | `8080` |');
    expect(text).toContain('| `apiVersion` | `portolan.dev/v1` | **required** |');
    expect(text).toContain('| `leaderElection.enabled` | true or false | `true` |');
  });

  it('has the rows of every provider, groups flattened', () => {
    expect(text).toContain('## Provider `fake`');
    expect(text).toContain('| `ranges.public` | a list of ranges such as 192.0.2.0/24 | **required** | A row. |');
    expect(text).toContain('| `idleTimeout` | a duration such as 1500ms, 10s, 5m or 1h30m, at least 1s and at most 1h | `1m` |');
    expect(text).toContain('## Provider `bare`\n\n### Connection\n\nNone.');
  });

  it('keeps cells in their table', () => {
    expect(settingsMarkdown(connection)).toContain(
      String.raw`| \`mode\` | \`a\`, \`b\|c\` | \`a\` | One or the other. |`.replaceAll('\\`', '`'),
    );
    expect(markdownTable(['A', 'B'], [['1', '2']])).toBe('| A | B |\n| --- | --- |\n| 1 | 2 |');
  });
});

describe('the JSON Schema', () => {
  const schema = JSON.parse(JSON.stringify(configJsonSchema([fake]))) as Record<string, never>; // looked into below only

  it('knows kinds, connections by kind, and settings', () => {
    expect(schema).toMatchObject({
      additionalProperties: false,
      required: ['apiVersion', 'kind', 'providers', 'classes'],
      properties: {
        providers: {
          items: {
            properties: { kind: { enum: ['fake'] } },
            allOf: [
              {
                if: { properties: { kind: { const: 'fake' } } },
                // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema, in plain data
                then: { properties: { connection: { required: ['ranges'], additionalProperties: false } } },
              },
            ],
          },
        },
        classes: {
          items: { properties: { settings: { anyOf: [{ properties: { scheme: { enum: ['internal', 'public'] }, tags: {} } }] } } },
        },
        nodeDebounce: { default: '1s', type: ['string', 'integer'] },
      },
    });
  });

  it('has a shape for each type of row', () => {
    expect(tableSchema(connection)).toEqual({
      type: 'object',
      required: ['ranges'],
      additionalProperties: false,
      properties: {
        ranges: {
          description: 'A row.',
          type: 'object',
          required: ['public'],
          additionalProperties: false,
          properties: { public: { description: 'A row.', type: 'array', items: { type: 'string' } } },
        },
        password: { description: 'A row.', type: 'string', writeOnly: true },
        retries: { description: 'A row.', type: 'integer', minimum: 1, maximum: 5, default: 3 },
        mode: { description: 'One\nor the other.', type: 'string', enum: ['a', 'b|c'], default: 'a' },
        address: { description: 'A row.', type: 'string' },
      },
    });
    expect(rowSchema({ ...row, type: 'duration', default: 90_000 })).toMatchObject({ type: ['string', 'integer'], default: '1m30s' });
    expect(rowSchema({ ...row, type: 'boolean' })).toEqual({ description: 'A row.', type: 'boolean' });
    expect(rowSchema({ ...row, type: 'integer' })).toEqual({ description: 'A row.', type: 'integer' });
    expect(rowSchema({ ...row, type: 'map' })).toMatchObject({ additionalProperties: { type: 'string' } });
  });
});

describe('the annotations reference', () => {
  const text = annotationsMarkdown([fake, { kind: 'bare', settings: {} }]);

  it('has every annotation, with what a later edit does', () => {
    for (const { annotations = [] } of Object.values<AnySettingsTable[string]>(fakeSettings))
      for (const key of annotations) expect(text).toContain(`\`${key}\``);
    expect(text).toContain('| `portolan.dev/scheme` | `internal`, `public` | – | changes the address: needs approval |');
    expect(text).toContain('Also `portolan.dev/proxy-protocol`.');
    expect(text).toContain('| `networking.gke.io/load-balancer-type` | Google | `internal` | `external` |');
    expect(text).toContain('## Provider `bare`\n\nNo annotations.');
  });
});

it('the reasons reference has every reason', () => {
  const text = reasonsMarkdown();
  for (const [name, { means }] of Object.entries(reasons)) expect(text).toContain(`| \`${name}\` | ${means} |`);
});
