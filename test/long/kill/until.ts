import { setTimeout as pause } from 'node:timers/promises';

const stepMs = 40;

/**
 * Looks again and again until there is an answer.
 * @throws Error with what was missing last when the time is over
 */
export async function until<T>(look: () => Promise<Found<T>> | Found<T>, limitMs: number): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if ('value' in found) return found.value;
    if (performance.now() > end) {
      const missing = typeof found.missing === 'string' ? found.missing : await found.missing();
      throw new Error(`after ${limitMs / 1000} s: ${missing}`);
    }
    await pause(stepMs);
  }
}

export type Found<T> = { readonly value: T } | { readonly missing: string | (() => Promise<string>) };

export const found = { value: undefined } as const;
