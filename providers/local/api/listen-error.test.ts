import { expect, it } from 'vitest';
import { ip } from '../test-bed.ts';
import { listenError } from './listen-error.ts';

it.each([
  ['EACCES', 'PortNotPermitted', 'This process may not listen on TCP port 80 of 127.80.0.129.'],
  ['EADDRINUSE', 'PortInUse', 'Something else listens on TCP port 80 of 127.80.0.129.'],
  ['EADDRNOTAVAIL', 'AddressNotAvailable', 'The machine does not have the address 127.80.0.129.'],
  ['EMFILE', 'ListenFailed', 'The TCP port 80 of 127.80.0.129 could not be opened (EMFILE).'],
])('%s is %s', (system, code, text) => {
  const error = listenError(Object.assign(new Error('listen'), { code: system }), 'TCP', { address: ip('127.80.0.129'), port: 80 });
  expect(error).toMatchObject({ code, text });
});
