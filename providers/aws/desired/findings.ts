import type { FieldPath } from '../../../src/model/ids.ts';
import type { Refusal } from '../../../src/model/plan.ts';
import type { Notice } from '../../../src/model/report.ts';
import type { Settings } from '../settings/settings.ts';

/** Where the user said a setting: its annotation, or its place in the class. `rest` is what follows the key of a map by port. */
export type FieldOf = (setting: keyof Settings, rest?: string) => FieldPath;

/** What is found wrong, or idle, on the way from a spec to what Amazon should show. */
export interface Findings {
  readonly fieldOf: FieldOf;
  readonly refusals: Refusal[];
  readonly notices: Notice[];
}

/** Of settings that Amazon would refuse, or that mean nothing. */
export function refuseSetting({ refusals, fieldOf }: Findings, setting: keyof Settings, text: string, more: Partial<Refusal> = {}): void {
  refusals.push({ reason: 'InvalidSetting', text, field: fieldOf(setting), ...more });
}

/** Of a setting that nothing here can act on. */
export function noteIdle({ notices, fieldOf }: Findings, setting: keyof Settings, text: string): void {
  notices.push({ reason: 'SettingWithoutEffect', text, field: fieldOf(setting), kind: 'info' });
}

/** `; did you mean x?`, or which there are. */
export function didYouMean(meant: string | undefined, known: readonly string[]): string {
  return meant === undefined ? `known are ${known.join(', ')}` : `did you mean ${meant}?`;
}
