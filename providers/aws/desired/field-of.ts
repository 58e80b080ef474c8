import { fieldPath, settingName } from '../../../src/model/ids.ts';
import type { LoadBalancerSpec } from '../../../src/model/spec.ts';
import { isOpen } from '../../../src/settings/open-key.ts';
import type { Settings } from '../settings/settings.ts';
import { settings } from '../settings/table.ts';
import type { FieldOf } from './findings.ts';

/** Where a setting was said: the annotation a Service has it from, by its first spelling; else its place in the class. */
export function fieldsOf({ explicit }: Pick<LoadBalancerSpec<Settings>, 'explicit'>): FieldOf {
  return (setting, rest) => {
    const [annotation] = settings[setting].annotations ?? [];
    if (annotation === undefined || !explicit.includes(settingName(setting)))
      return fieldPath(rest === undefined ? `settings.${setting}` : `settings.${setting}.${rest}`);
    return fieldPath(isOpen(annotation) && rest !== undefined ? annotation.slice(0, -1) + rest : annotation);
  };
}
