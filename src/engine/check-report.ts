import { LbError } from '../errors.ts';
import { addressOfIngress } from '../model/ingress.ts';
import type { ListenerReport, Report } from '../model/report.ts';
import { isSpec, type Want } from '../model/spec.ts';

const states: readonly ListenerReport['state'][] = ['serving', 'pending', 'failed'];

/**
 * Holds a report against the contract before anybody believes it: a listener nobody speaks of is not served, and an
 * address that is none would take the good one out of status (contract B5, F5, F9).
 * @throws LbError `ProviderBug`
 */
export function checkReport(report: Report, want: Want<unknown>): Report {
  const { ingress, listeners } = report;
  if (ingress !== 'unknown' && ingress.some((entry) => addressOfIngress(entry) === ''))
    throw bug('an ingress without address and host name');
  const strange = listeners.find(({ state }) => !states.includes(state));
  if (strange !== undefined) throw bug(`a state of ${strange.id} that there is none`);
  if (!isSpec(want)) return report;
  const reported = new Set(listeners.map(({ id }) => id));
  const silent = want.listeners.find(({ id }) => !reported.has(id));
  if (silent !== undefined) throw bug(`nothing of ${silent.id}`);
  const stray = listeners.find(({ id }) => !want.listeners.some((listener) => listener.id === id));
  if (stray !== undefined || reported.size < listeners.length) throw bug(`more than the listeners asked for: ${[...reported].join(', ')}`);
  return report;
}

const bug = (what: string): LbError => new LbError('ProviderBug', `the report says ${what}`);
