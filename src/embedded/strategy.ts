import type { FieldError } from './field-error.ts';
import type { KubeObject } from './kube-object.ts';
import type { NameRule } from './name-rules.ts';
import type { Reservation } from './reservation.ts';

/** What is particular in writing one kind. Everything but the name is optional: a plain kind is stored as it comes. */
export interface Strategy {
  readonly nameRule: NameRule;
  /** A PUT may create. */
  readonly createOnUpdate?: boolean;
  /** A PUT must name the version it replaces. */
  readonly needsVersion?: boolean;
  /** A DELETE answers with the object, not with a Status. */
  readonly returnsDeleted?: boolean;
  /** Fills in what was left out; on everything a client sends. */
  defaults?(object: KubeObject): KubeObject;
  /** Takes what must be given out only once. */
  reserve?(object: KubeObject, old: KubeObject | undefined, dryRun: boolean): Reservation;
  prepareCreate?(object: KubeObject): KubeObject;
  prepareUpdate?(object: KubeObject, old: KubeObject): KubeObject;
  /** For a write to /status. */
  prepareStatus?(object: KubeObject, old: KubeObject): KubeObject;
  /** For a write to /finalize. */
  prepareFinalize?(object: KubeObject, old: KubeObject): KubeObject;
  /** Whether a deleted object without finalizers in its metadata has no others either. */
  mayGo?(object: KubeObject): boolean;
  validate?(object: KubeObject, old: KubeObject | undefined): readonly FieldError[];
  validateStatus?(object: KubeObject, old: KubeObject): readonly FieldError[];
  /** After the object is gone. */
  release?(object: KubeObject): void;
}
