import { conditionTypes } from '../model/condition.ts';
import type { ServiceView } from '../model/service-view.ts';

/** The codes that a Service's conditions ask a user to repeat, in the order shown. */
export function approvalCodes({ conditions }: Pick<ServiceView, 'conditions'>): readonly string[] {
  const message = conditions.find(({ type }) => type === conditionTypes.programmed)?.message ?? '';
  return [...message.matchAll(/portolan\.dev\/approve: "([^"]+)"/g)].map(([, code = '']) => code);
}
