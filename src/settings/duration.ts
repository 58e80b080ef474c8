const unitMs = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
/** The same shape for a JSON Schema, which has no way to ask for at least one unit but a length. */
export const durationPattern = '^(0|([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$';
const shape = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

/**
 * Milliseconds of `1500ms`, `10s`, `5m`, `1h` or `1h30m` (units from large to small, each once, whole numbers), or
 * undefined where the text is none. A bare `0` is a duration, any other number without a unit is not.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = text === '' ? null : shape.exec(text);
  if (match === null) return undefined;
  const [, h = '0', m = '0', s = '0', ms = '0'] = match;
  const total = Number(h) * unitMs.h + Number(m) * unitMs.m + Number(s) * unitMs.s + Number(ms);
  return Number.isSafeInteger(total) ? total : undefined;
}

/** The shortest text `parseDuration` reads as this many milliseconds. */
export function formatDuration(ms: number): string {
  let rest = ms;
  let text = '';
  for (const [unit, size] of Object.entries(unitMs)) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' ? '0s' : text;
}
