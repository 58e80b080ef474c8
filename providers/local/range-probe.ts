import { asLbError } from '../../src/errors.ts';
import type { Log } from '../../src/log.ts';
import type { Network } from './api/network.ts';
import type { AddressRange } from './address-range.ts';

/**
 * Says at start which ranges the machine seems not to have, by their first address: of IPv6 a machine has no range by itself.
 * No failure: others may be there, or come later, and each listener says for itself whether it is served.
 */
export async function warnOfMissing(ranges: readonly AddressRange[], network: Network, log: Log): Promise<void> {
  for (const range of ranges) {
    const [address] = range.addresses();
    if (address === undefined) continue;
    try {
      const socket = await network.bindUdp(
        { address, port: 0 },
        () => {},
        () => {},
      );
      await socket.close();
    } catch (thrown) {
      const error = asLbError(thrown);
      log.warn({ range: range.network, address, error, remedy: error.remedy }, 'cannot listen on the first address of a range');
    }
  }
}
