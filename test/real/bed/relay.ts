import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';

/** `relay.ts FROM TO`: carries connections from one place to another; each a port of 127.0.0.1 or the path of a Unix socket. */
const [from = '', to = ''] = process.argv.slice(2);
const place = (text: string) => (text.startsWith('/') ? { path: text } : { host: '127.0.0.1', port: Number(text) });

// A socket that a killed relay left behind.
if (from.startsWith('/')) rmSync(from, { force: true });

// Who is not there, or goes, closes the other side too: the one who asked sees it and asks again.
createServer({ allowHalfOpen: true }, (inbound) => {
  const outbound = connect({ ...place(to), allowHalfOpen: true });
  pipeline(inbound, outbound, inbound, () => {
    inbound.destroy();
    outbound.destroy();
  });
}).listen(place(from));
