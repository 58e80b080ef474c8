import { fieldPath } from '../model/ids.ts';
import type { Refusal } from '../model/plan.ts';
import type { Notice } from '../model/report.ts';
import type { ServiceView } from '../model/service-view.ts';
import { compareIp, familyOf, parseCidr, type Cidr, type Family, type IpAddress } from '../net/ip.ts';
import type { Said } from '../settings/spellings.ts';

const specField = fieldPath('spec.loadBalancerSourceRanges');

/** The spec's list, else the annotation's (contract H3); one bad range refuses the Service (H4). */
export function compileRanges(
  service: ServiceView,
  annotation: Said<readonly string[]> | undefined,
  families: readonly Family[],
  refusals: Refusal[],
  notices: Notice[],
): readonly Cidr[] {
  const inSpec = service.sourceRanges.length > 0;
  if (inSpec && annotation !== undefined) {
    const text = `${specField} is set and wins`;
    notices.push({ reason: 'SettingWithoutEffect', text, field: annotation.from, remedy: 'Remove the annotation', kind: 'info' });
  }
  const field = inSpec ? specField : (annotation?.from ?? specField);
  const ranges: Cidr[] = [];
  for (const text of inSpec ? service.sourceRanges : (annotation?.value ?? [])) {
    const range = parseCidr(text.trim());
    if (range !== undefined) ranges.push(range);
    else refusals.push({ reason: 'InvalidSetting', text: `${JSON.stringify(text)} is not a range such as 192.0.2.0/24`, field });
  }
  const canonical = canonicalRanges(ranges, families);
  for (const family of closedFamilies(canonical, families)) {
    notices.push({
      reason: 'SettingWithoutEffect',
      text: `it names no ${family} range, so no ${family} client may connect`,
      field,
      kind: 'info',
    });
  }
  return canonical;
}

/**
 * Ranges in canonical form: each once, sorted, `[]` = open to all. A range of length 0 opens its family and swallows the
 * others of it; when every family of the Service is open, nothing is left to say. What a list does not name is closed, in
 * every family: `10.0.0.0/8` alone lets no IPv6 client in, and neither does `0.0.0.0/0` (contract H5, H6; §5.9).
 * Ranges of a family the Service does not have are left out, unless that would leave nothing and so open what was meant to
 * be closed.
 */
export function canonicalRanges(ranges: readonly Cidr[], families: readonly Family[]): readonly Cidr[] {
  const open = new Set(ranges.filter((range) => range.endsWith('/0')).map(familyOf));
  if (families.every((family) => open.has(family))) return [];
  const said = [...new Set(ranges)].filter((range) => !open.has(familyOf(range)) || range.endsWith('/0')).sort(compareRanges);
  const used = said.filter((range) => families.includes(familyOf(range)));
  return used.length > 0 ? used : said;
}

/** The families of the Service from which nobody may connect. */
function closedFamilies(ranges: readonly Cidr[], families: readonly Family[]): readonly Family[] {
  return ranges.length === 0 ? [] : families.filter((family) => !ranges.some((range) => familyOf(range) === family));
}

function compareRanges(a: Cidr, b: Cidr): number {
  const [first, second] = [a.split('/'), b.split('/')];
  const byAddress = compareIp(first[0] as IpAddress, second[0] as IpAddress); // a Cidr holds a canonical address before its slash
  return byAddress === 0 ? Number(first[1]) - Number(second[1]) : byAddress;
}
