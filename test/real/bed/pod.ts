import { createSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { readProxyHeader } from './proxy-header.ts';

/**
 * `pod.ts NAME PORT`: the container of a Pod, on TCP and UDP and every address of its namespace. An HTTP request is answered
 * with one JSON object `{ pod, peer, local, proxy }`, where `proxy` is the PROXY protocol header that came first, or null.
 * Any other bytes come back behind `NAME PEER `, and the connection stays open until the client ends it.
 */
const [name = '', port = ''] = process.argv.slice(2);
const show = (address = '', number = 0) => (address.includes(':') ? `[${address}]:${number}` : `${address}:${number}`);

function serve(socket: Socket): void {
  // Health checks reset their connections.
  socket.on('error', () => socket.destroy());
  const peer = show(socket.remoteAddress, socket.remotePort);
  let proxy: string | null | undefined;
  let held = Buffer.alloc(0);
  socket.on('data', (part) => {
    held = Buffer.concat([held, part]);
    if (proxy === undefined) {
      const header = readProxyHeader(held);
      if (header === 'incomplete') return;
      proxy = header.text;
      held = held.subarray(header.length);
    }
    if (held.length === 0) return;
    if (/^(GET|HEAD|POST) /.test(held.toString('latin1', 0, 5))) {
      const body = `${JSON.stringify({ pod: name, peer, local: show(socket.localAddress, socket.localPort), proxy })}\n`;
      const head = ['HTTP/1.1 200 OK', 'Content-Type: application/json', `Content-Length: ${body.length}`, 'Connection: close', '', ''];
      socket.end(head.join('\r\n') + body);
    } else {
      socket.write(Buffer.concat([Buffer.from(`${name} ${peer} `), held]));
    }
    held = Buffer.alloc(0);
  });
}

for (const [host, type] of [
  ['0.0.0.0', 'udp4'],
  ['::', 'udp6'],
] as const) {
  createServer(serve).listen({ host, port: Number(port), ipv6Only: true });
  const datagrams = createSocket({ type, ipv6Only: type === 'udp6' });
  datagrams.on('message', (message, { address, port: from }) => {
    datagrams.send(Buffer.concat([Buffer.from(`${name} ${show(address, from)} `), message]), from, address);
  });
  datagrams.bind(Number(port), host);
}
