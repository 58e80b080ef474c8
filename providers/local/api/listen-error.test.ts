import { expect, it } from 'vitest';
import { ip } from '../test-bed.ts';
import { listenError } from './listen-error.ts';

it.each([
  ['EACCES', 'PortNotPermitted', 'this process may not listen on TCP/80 on 127.80.0.129'],
  ['EADDRINUSE', 'PortInUse', 'something else listens on TCP/80 on 127.80.0.129'],
  ['EADDRNOTAVAIL', 'AddressNotAvailable', 'the machine does not have the address of TCP/80 on 127.80.0.129'],
  ['EMFILE', 'ListenFailed', 'TCP/80 on 127.80.0.129 could not be opened (EMFILE)'],
])('%s is %s', (system, code, text) => {
  const error = listenError(Object.assign(new Error('listen'), { code: system }), 'TCP', { address: ip('127.80.0.129'), port: 80 });
  expect(error).toMatchObject({ code, text });
});
