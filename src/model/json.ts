/** Plain JSON data: what crosses to a cloud, a file, or a provider in another process. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}
