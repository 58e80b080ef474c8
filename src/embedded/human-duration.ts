const units = [
  ['y', 31_536_000],
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** From how many seconds on a unit is used, and up to how many it is followed by the next smaller one; as `kubectl get` shows ages. */
const rules: Readonly<Record<(typeof units)[number][0], readonly [from: number, exactBelow: number]>> = {
  y: [2 * 365 * 86_400, 8 * 365 * 86_400],
  d: [2 * 86_400, 8 * 86_400],
  h: [3 * 3600, 8 * 3600],
  m: [120, 600],
  s: [0, 0],
};

/** A time span as people read it: `119s`, `3m20s`, `12m`, `5h2m`, `3d`. @param seconds a whole number, not below 0 */
export function humanDuration(seconds: number): string {
  const index = units.findIndex(([unit]) => seconds >= rules[unit][0]);
  const [unit, size] = units[index] ?? ['s', 1];
  const whole = Math.floor(seconds / size);
  const below = units[index + 1];
  const rest = below === undefined || seconds >= rules[unit][1] ? 0 : Math.floor((seconds % size) / below[1]);
  return below === undefined || rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${below[0]}`;
}
