/**
 * Moments at which a crash is interesting: just before and just after every effect that outlives the process. The kill
 * test ends the process at each of them; in production a checkpoint does nothing.
 */
export const checkpoints = [
  'begin/before',
  'begin/after',
  'step/before',
  'step/after',
  'status/before',
  'status/after',
  'finalizer/before',
  'finalizer/after',
  'epoch/before',
  'epoch/after',
  'state/before-write',
  'state/half-written',
  'state/before-rename',
  'state/after-rename',
  'listen/before',
  'listen/after',
] as const;
export type Checkpoint = (typeof checkpoints)[number];
export type ReachCheckpoint = (name: Checkpoint) => void;

export const noCheckpoint: ReachCheckpoint = () => {};
