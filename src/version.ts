import manifest from '../package.json' with { type: 'json' };

/** The version of this package, as in its manifest. */
export const version: string = manifest.version;
