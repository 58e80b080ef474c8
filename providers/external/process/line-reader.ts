/** Cuts bytes into lines. Holds one unfinished line of at most `limit` bytes: what is longer is never kept. */
export class LineReader {
  readonly #limit: number;
  #parts: Buffer[] = [];
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The lines that this piece ends, in order; `tooLong` as soon as one is, after which no more may be pushed. */
  push(piece: Buffer): { readonly lines: readonly Buffer[]; readonly tooLong: boolean } {
    const lines: Buffer[] = [];
    let from = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
      if (this.#held + end - from > this.#limit) return this.#overflow(lines);
      lines.push(Buffer.concat([...this.#parts, piece.subarray(from, end)]));
      this.#parts = [];
      this.#held = 0;
      from = end + 1;
    }
    if (this.#held + piece.length - from > this.#limit) return this.#overflow(lines);
    // A copy: a slice would keep the whole piece alive.
    if (from < piece.length) this.#parts.push(Buffer.from(piece.subarray(from)));
    this.#held += piece.length - from;
    return { lines, tooLong: false };
  }

  /** Whether the last line has not ended. */
  get unfinished(): boolean {
    return this.#held > 0;
  }

  #overflow(lines: readonly Buffer[]): { lines: readonly Buffer[]; tooLong: boolean } {
    this.#parts = [];
    this.#held = 0;
    return { lines, tooLong: true };
  }
}
