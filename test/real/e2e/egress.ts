import { createServer } from 'node:http';
import { connect } from 'node:net';

/**
 * `egress.ts SOCKET`: HTTP CONNECT on a Unix socket, into the network namespace of this process. The API server stands outside
 * of the nodes' network and asks for its way to the kubelets here (its EgressSelectorConfiguration says so).
 */
const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('egress.ts SOCKET');

const server = createServer((_request, response) => response.writeHead(405).end());
server.on('connect', ({ url }, socket, head) => {
  const { hostname, port } = new URL(`tcp://${url}`);
  const kubelet = connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
  // Whichever side breaks takes the other along: the API server sees a broken connection, as without a proxy.
  kubelet.on('error', () => socket.destroy());
  socket.on('error', () => kubelet.destroy());
  kubelet.once('connect', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    kubelet.write(head);
    kubelet.pipe(socket).pipe(kubelet);
  });
});
server.listen(path);
