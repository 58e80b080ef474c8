import { LbError } from '../../../src/errors.ts';
import { errorCode } from './error-code.ts';
import type { Endpoint } from './network.ts';

/** Why a socket cannot listen, in words a user can act on. */
export function listenError(cause: unknown, protocol: 'TCP' | 'UDP', { address, port }: Endpoint): LbError {
  const place = `${protocol} port ${port} of ${address}`;
  switch (errorCode(cause)) {
    case 'EACCES':
      return new LbError('PortNotPermitted', `This process may not listen on ${place}.`, { cause });
    case 'EADDRINUSE':
      return new LbError('PortInUse', `Something else listens on ${place}.`, { cause });
    case 'EADDRNOTAVAIL':
      return new LbError('AddressNotAvailable', `The machine does not have the address ${address}.`, { cause });
    default:
      return new LbError('ListenFailed', `The ${place} could not be opened (${errorCode(cause)}).`, { cause });
  }
}
