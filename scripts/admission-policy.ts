import type { JsonObject } from '../src/model/json.ts';
import { booleanTexts } from '../src/settings/boolean-text.ts';
import { durationPattern, formatDuration } from '../src/settings/duration.ts';
import { boundsOf, typeTexts } from '../src/settings/parse-scalar.ts';
import { controlKeys, ourPrefix, reservedKeys } from '../src/settings/portable.ts';
import type { AnySettingsTable, SettingRow } from '../src/settings/row.ts';

/**
 * The rows of settings as a ValidatingAdmissionPolicy: what the controller would refuse on the Service is refused when it is
 * written. Only annotations under our prefix, because others may speak to another controller; only what a request sets or
 * changes, so that what is stored already hinders no other edit. It may let through what the controller refuses, never the
 * other way round (but for `::ffff:192.0.2.1`, which is no address to Kubernetes).
 */
export function admissionPolicy(tables: readonly AnySettingsTable[], name = 'portolan-annotations'): readonly JsonObject[] {
  const rows = rowsByKey(tables);
  const words = [...rows.keys(), controlKeys.approve, controlKeys.release].map((key) => key.slice(ourPrefix.length)).sort();
  const unknownWhy = `${celText('unknown annotation; ')} + (variables.scores.max() >= ${leastScore} ? ${celText(`did you mean ${ourPrefix}`)} + variables.words[variables.scores.indexOf(variables.scores.max())] + '?' : ${celText(`known are ${words.map((word) => ourPrefix + word).join(', ')}`)})`;
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      // The controller refuses what this lets through; a policy that cannot be evaluated must not stop every Service.
      failurePolicy: 'Ignore',
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['services'] }],
      },
      matchConditions: [
        { name: 'is-a-load-balancer', expression: `object.spec.type == 'LoadBalancer' && !has(object.metadata.deletionTimestamp)` },
      ],
      variables: [
        // First, so that an overlay can replace it: see the guide about installing.
        { name: 'alsoKnown', expression: '[]' },
        {
          name: 'stored',
          expression: `oldObject != null && oldObject.spec.type == 'LoadBalancer' && has(oldObject.metadata.annotations) ? oldObject.metadata.annotations : {}`,
        },
        {
          name: 'said',
          expression: `has(object.metadata.annotations) ? object.metadata.annotations.filter(key, key.startsWith(${celText(ourPrefix)}) && !(key in variables.stored && variables.stored[key] == object.metadata.annotations[key])) : []`,
        },
        { name: 'words', expression: celList(words) },
        { name: 'pairs', expression: celList(words.map((word) => pairsOf(word).join(' '))) },
        {
          name: 'unknown',
          expression: `variables.said.filter(key, !(key.substring(${ourPrefix.length}) in variables.words) && !(key in ${celList([controlKeys.group, ...reservedKeys])}) && !(key in variables.alsoKnown))`,
        },
        {
          name: 'asked',
          expression: `'/' + (variables.unknown.size() == 0 ? '' : variables.unknown[0].substring(${ourPrefix.length}).lowerAscii()) + '/'`,
        },
        {
          name: 'scores',
          expression: `variables.pairs.map(pairs, 200 * pairs.split(' ').filter(pair, variables.asked.contains(pair)).size() / (pairs.split(' ').size() + variables.asked.size() - 1))`,
        },
      ],
      validations: [
        {
          expression: 'variables.unknown.size() == 0',
          message: 'unknown annotation',
          messageExpression: `variables.unknown[0] + ': ' + ${unknownWhy}`,
          reason: 'Invalid',
        },
        refusal(controlKeys.group, 'false', 'several Services cannot share a load balancer yet'),
        refusal(controlKeys.release, `${valueOf(controlKeys.release)} == 'true'`, 'must be "true", or be removed'),
        ...[...rows].flatMap(([key, alternatives]) => {
          const texts = alternatives.map((row) => goodValue(row, `${valueOf(key)}.trim()`));
          // One provider takes any text: nothing can be said here.
          if (texts.includes(undefined)) return [];
          const wanted = [...new Set(alternatives.map(wantedText))].join(', or ');
          return [refusal(key, texts.length === 1 ? `${texts[0]}` : texts.map((text) => `(${text})`).join(' || '), `must be ${wanted}`)];
        }),
      ],
    },
  };
  const binding = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'] },
  };
  return [policy, binding];
}

/** How alike two words must be, of 100, for one to be meant by the other. */
const leastScore = 50;

/**
 * What stands for a word where likeness is measured: CEL knows no edit distance, but it can count how many pairs of
 * neighbouring letters, both ends included, one word has of another.
 */
function pairsOf(word: string): readonly string[] {
  const text = `/${word}/`;
  return [...new Set(Array.from({ length: text.length - 1 }, (_, index) => text.slice(index, index + 2)))];
}

/** The rows of annotations under our prefix; providers may read one key differently. */
function rowsByKey(tables: readonly AnySettingsTable[]): ReadonlyMap<string, readonly SettingRow[]> {
  const rows = new Map<string, SettingRow[]>();
  for (const row of tables.flatMap((table) => Object.values(table))) {
    for (const key of row.annotations ?? []) {
      if (key.startsWith(ourPrefix)) rows.set(key, [...(rows.get(key) ?? []), row]);
    }
  }
  return new Map([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const valueOf = (key: string): string => `object.metadata.annotations[${celText(key)}]`;

function refusal(key: string, good: string, why: string): JsonObject {
  return { expression: `!(${celText(key)} in variables.said) || ${good}`, message: `${key}: ${why}`, reason: 'Invalid' };
}

/** Whether a trimmed text is a value of the row, as the parser of annotations has it; undefined where every text is. */
function goodValue(row: SettingRow, value: string): string | undefined {
  switch (row.type) {
    case 'enum':
      return `${value} in ${celList(row.values ?? [])}`;
    case 'boolean':
      return `${value} in ${celList(booleanTexts)}`;
    case 'integer':
      return withBounds(`${value}.matches('^[+-]?[0-9]+$')`, `int(${value})`, row, String);
    case 'duration':
      return withBounds(
        `${value} != '' && ${value}.matches(${celText(durationPattern)})`,
        `duration(${value})`,
        row,
        (ms) => `duration(${celText(formatDuration(ms))})`,
      );
    case 'ip':
      return `isIP(${value})`;
    case 'ip-list':
      return `${value} == '' || ${value}.split(',').all(item, isIP(item.trim()))`;
    case 'cidr-list':
      return `${value} == '' || ${value}.split(',').all(item, isCIDR(item.trim()))`;
    default:
      return undefined;
  }
}

function withBounds(shape: string, value: string, row: SettingRow, print: (bound: number) => string): string {
  const least = row.minimum === undefined ? [] : [`${value} >= ${print(row.minimum)}`];
  const most = row.maximum === undefined ? [] : [`${value} <= ${print(row.maximum)}`];
  return [shape, ...least, ...most].join(' && ');
}

function wantedText(row: SettingRow): string {
  const shape = row.type === 'enum' ? `one of ${(row.values ?? []).join(', ')}` : typeTexts[row.type];
  const bounds = boundsOf(row);
  return bounds === '' ? shape : `${shape}, ${bounds}`;
}

/** A literal of CEL, whose escapes are those of JSON as far as our texts go. */
const celText = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll(String.raw`\"`, '"').replaceAll("'", String.raw`\'`)}'`;

const celList = (texts: readonly string[]): string => `[${texts.map(celText).join(', ')}]`;
