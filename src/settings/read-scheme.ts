import { fieldPath } from '../model/ids.ts';
import type { Refusal } from '../model/plan.ts';
import type { Notice } from '../model/report.ts';
import type { Scheme } from '../model/spec.ts';
import { internalAnnotations, readInternal } from './internal-annotations.ts';
import { portableRows } from './portable.ts';
import type { AnySettingsTable, SettingRow } from './row.ts';
import { agreed, spellingsOf, type Said } from './spellings.ts';

const internalKeys: ReadonlySet<string> = new Set(internalAnnotations.map(({ key }) => key));

/**
 * The scheme the Service itself asks for. Our own annotation, the provider's own, and every cloud's word for internal count
 * alike and must agree. Another cloud's word for public counts for nothing: it never makes a load balancer public.
 */
export function readScheme(
  table: AnySettingsTable,
  annotations: Readonly<Record<string, string>>,
  refusals: Refusal[],
  notices: Notice[],
): Said<Scheme> | undefined {
  const rows = Object.values(table).filter((row) => row.sets === 'scheme');
  const own = new Set(rows.flatMap((row) => row.annotations ?? []));
  const said: Said<Scheme>[] = [];
  for (const row of [portableRows.scheme, ...rows]) {
    const others = { ...row, annotations: (row.annotations ?? []).filter((key) => !internalKeys.has(key)) };
    for (const { value, from } of spellingsOf(others, annotations, refusals)) said.push({ value: schemeOfValue(row, value), from });
  }
  for (const annotation of internalAnnotations) {
    const text = annotations[annotation.key];
    if (text === undefined) continue;
    const from = fieldPath(annotation.key);
    const meaning = readInternal(annotation, text);
    if (meaning === 'unclear') refusals.push(unclear(annotation.key, text, annotation.internal, annotation.public));
    else if (own.has(annotation.key)) said.push({ value: meaning, from });
    else if (meaning === 'internal') {
      said.push({ value: meaning, from });
      notices.push({ reason: 'OtherCloudsSetting', text: `understood as internal, as on ${annotation.cloud}`, field: from, kind: 'info' });
    }
  }
  return agreed(said, refusals);
}

/** What a value of a row that sets the scheme means: true or `internal` is internal, everything else public. */
export const schemeOfValue = (row: SettingRow, value: unknown): Scheme =>
  (row.type === 'boolean' ? value === true : String(value).toLowerCase() === 'internal') ? 'internal' : 'public';

function unclear(key: string, text: string, internal: readonly string[] | 'any', isPublic: readonly string[]): Refusal {
  const known = [...(internal === 'any' ? [] : internal), ...isPublic].filter((value) => value !== '');
  return {
    reason: 'InvalidSetting',
    text: `${JSON.stringify(text)} is not one of ${known.join(', ')}: it is not clear whether the load balancer should be internal`,
    field: fieldPath(key),
  };
}
