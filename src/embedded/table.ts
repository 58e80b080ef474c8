import type { Json, JsonObject } from '../model/json.ts';
import type { KubeObject } from './kube-object.ts';
import { columnsOf, type Column } from './table-columns.ts';

/** Whether a client wants objects as the rows of a table, as `kubectl get` does. */
export const wantsTable = (accept: string | undefined): boolean => /;\s*as=Table\b/.test(accept ?? '');

/** Objects as the API server lays them out for people. @param nowMs wall time, for ages. */
export function tableOf(kind: string, objects: readonly KubeObject[], metadata: JsonObject, nowMs: number): JsonObject {
  const columns = columnsOf(kind);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map((column) => ({
      name: column.name,
      type: 'string',
      format: column.name === 'Name' ? 'name' : '',
      description: '',
      priority: column.wide === true ? 1 : 0,
    })),
    rows: objects.map((object) => row(object, columns, nowMs)),
  };
}

function row(object: KubeObject, columns: readonly Column[], nowMs: number): Json {
  return {
    cells: columns.map((column) => column.cell(object, nowMs)),
    object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
  };
}
