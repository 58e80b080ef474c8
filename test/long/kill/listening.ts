import { readFile } from 'node:fs/promises';

const listenState = '0A';

/**
 * What listens on addresses that start so (`127.90.0.`), as `TCP 127.90.0.130:80`; undefined where the system does not say.
 * Connected UDP sockets are no listeners.
 */
export async function listening(isWanted: (address: string) => boolean): Promise<ReadonlySet<string> | undefined> {
  try {
    const [tcp, udp] = await Promise.all([readFile('/proc/net/tcp', 'utf8'), readFile('/proc/net/udp', 'utf8')]);
    const listeners = rowsOf(tcp).filter(({ state }) => state === listenState);
    const bound = rowsOf(udp).filter(({ remote }) => remote.endsWith(':0000'));
    const named = [...listeners.map(({ local }) => `TCP ${readable(local)}`), ...bound.map(({ local }) => `UDP ${readable(local)}`)];
    return new Set(named.filter((line) => isWanted(line.slice(4, line.indexOf(':')))));
  } catch {
    return undefined;
  }
}

function rowsOf(table: string): readonly { local: string; remote: string; state: string }[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .map(([, local = '', remote = '', state = '']) => ({ local, remote, state }))
    .filter(({ local }) => local !== '');
}

/** `0100007F:1F90` is 127.0.0.1:8080: the address is a number of this machine, all in use here are little-endian. */
function readable(place: string): string {
  const [address = '', port = ''] = place.split(':');
  const bytes = address.match(/../g) ?? [];
  return `${bytes
    .toReversed()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.')}:${Number.parseInt(port, 16)}`;
}
