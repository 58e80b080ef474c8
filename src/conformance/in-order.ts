interface Held {
  finished: boolean;
  readonly deliver: () => void;
}

/**
 * Answers of a provider that lives outside of this process, in the order in which it was asked. They come in real time, which
 * no seed decides; so each is held until nothing else happens, and a story that is told again goes as it went before.
 */
export class InOrder {
  readonly #held: Held[] = [];

  /** Makes the call at once; how it went is known only when it is delivered. */
  hold<T>(call: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const finish = (deliver: () => void) => Object.assign(held, { finished: true, deliver });
      const held: Held = { finished: false, deliver: () => {} };
      this.#held.push(held);
      call().then(
        (result) => finish(() => resolve(result)),
        (thrown: unknown) => finish(() => reject(thrown)),
      );
    });
  }

  /** Delivers the answer that was asked for first, of those that have come. False where none has. */
  deliver(): boolean {
    const index = this.#held.findIndex(({ finished }) => finished);
    const [first] = index < 0 ? [] : this.#held.splice(index, 1);
    first?.deliver();
    return first !== undefined;
  }
}
