import { LbError } from '../../../src/errors.ts';
import { errorCode } from './error-code.ts';
import type { Endpoint } from './network.ts';

/** Why a socket cannot listen; what can be done about it is in the catalogue of reasons. */
export function listenError(cause: unknown, protocol: 'TCP' | 'UDP', { address, port }: Endpoint): LbError {
  const place = `${protocol}/${port} on ${address}`;
  switch (errorCode(cause)) {
    case 'EACCES':
      return new LbError('PortNotPermitted', `this process may not listen on ${place}`, { cause });
    case 'EADDRINUSE':
      return new LbError('PortInUse', `something else listens on ${place}`, { cause });
    case 'EADDRNOTAVAIL':
      return new LbError('AddressNotAvailable', `the machine does not have the address of ${place}`, { cause });
    default:
      return new LbError('ListenFailed', `${place} could not be opened (${errorCode(cause)})`, { cause });
  }
}
