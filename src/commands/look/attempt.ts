import { asLbError, type LbError } from '../../errors.ts';

/** What came of something that may fail without ending the rest. */
export type Attempt<T> = { readonly value: T; readonly error?: undefined } | { readonly value?: undefined; readonly error: LbError };

export async function attempt<T>(work: Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work };
  } catch (thrown) {
    return { error: asLbError(thrown) };
  }
}
