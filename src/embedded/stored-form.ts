import { edited, type KubeObject } from './kube-object.ts';

/** Kinds that two groups serve are stored in the form of one of them. */
export interface StoredForm {
  readonly group: string;
  readonly version: string;
  toStored(object: KubeObject): KubeObject;
  fromStored(object: KubeObject): KubeObject;
}

/** Field of events.k8s.io/v1 → field of core/v1, where the names differ. */
const renamed = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
} as const;

/** Events of events.k8s.io are stored as events of the core group. */
export const eventsInCore: StoredForm = {
  group: '',
  version: 'v1',
  toStored: (event) => {
    const core = rename({ ...event, apiVersion: 'v1' }, renamed);
    return { ...core, reportingComponent: core['reportingComponent'] ?? '', reportingInstance: core['reportingInstance'] ?? '' };
  },
  fromStored: (event) => {
    const back = Object.fromEntries(Object.entries(renamed).map(([name, core]) => [core, name]));
    const shown = rename({ ...event, apiVersion: 'events.k8s.io/v1' }, back);
    return edited(shown, {
      reportingController: shown['reportingController'] === '' ? undefined : shown['reportingController'],
      reportingInstance: shown['reportingInstance'] === '' ? undefined : shown['reportingInstance'],
    });
  },
};

function rename(object: KubeObject, names: Readonly<Record<string, string>>): KubeObject {
  const entries = Object.entries(object).map(([name, value]) => [names[name] ?? name, value]);
  return Object.fromEntries(entries) as KubeObject; // kind, apiVersion and metadata keep their names
}
