import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `node scripts/lock-platforms.ts`, after each change of dependencies: completes package-lock.json.
 *
 * Native tools come as one package per platform, all of them optional. A registry that mirrors only some of these makes npm
 * leave the others out of the lock file without a word, and `npm ci` then refuses that lock file, on every machine. Each that
 * is left out is entered with its platform, so that `npm ci` passes over it here and installs it where it belongs.
 */
interface LockedPackage {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}
interface Lock {
  packages: Record<string, LockedPackage>;
}

const file = join(import.meta.dirname, '../package-lock.json');

/** The optional packages that the lock file names and does not hold, with what they are for. */
export function leftOut(lock: Lock): Readonly<Record<string, LockedPackage>> {
  const missing: Record<string, LockedPackage> = {};
  for (const [holder, { optionalDependencies }] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
      const held = `${holder}/node_modules/${name}` in lock.packages || `node_modules/${name}` in lock.packages;
      if (!held) missing[`node_modules/${name}`] = { version, ...platformOf(name), dev: true, optional: true };
    }
  }
  return missing;
}

/** What `…/cli-linux-x64-musl` is for. */
function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  const [, os, cpu, abi = ''] =
    /(?:^|[/-])(aix|android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)(?:-([a-z]+))?$/.exec(name) ?? [];
  if (os === undefined || cpu === undefined) throw new Error(`${name} does not say for which platform it is`);
  const libc = abi.startsWith('musl') ? ['musl'] : abi.startsWith('gnu') ? ['glibc'] : undefined;
  return { cpu: [cpu], ...(libc === undefined ? {} : { libc }), os: [os] };
}

if (process.argv[1] === import.meta.filename) {
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock; // npm wrote it
  const missing = leftOut(lock);
  const packages = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
  process.stdout.write(`${Object.keys(missing).length} packages of other platforms entered\n`);
}
