/**
 * Names and UIDs that look random and are the same in every run with the same seed.
 * A generator of its own (splitmix32): the sequence is a promise to tests, so it may not change with a library.
 */
export class Ids {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 0x9e3779b9 + 0x7f4a7c15) >>> 0;
  }

  /** A whole number from 0 up to, and not including, `limit`. */
  below(limit: number): number {
    return this.#next() % limit;
  }

  /** In the form of a version 4 UUID. */
  uid(): string {
    const hex = Array.from({ length: 4 }, () => this.#next().toString(16).padStart(8, '0')).join('');
    const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4] ?? '8';
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  /** What is put behind `metadata.generateName`. */
  suffix(): string {
    const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
    return Array.from({ length: 5 }, () => alphabet[this.below(alphabet.length)] ?? '').join('');
  }

  #next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }
}
