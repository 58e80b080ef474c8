/** What is said of a Service again is counted on, not listed anew. */
export const eventKey = (place: string, { reason, message }: { readonly reason: string; readonly message: string }): string =>
  `${place} ${reason} ${message}`;
