import { createSocket } from 'node:dgram';
import { connect } from 'node:net';

/** Where a client goes, and from which of its own addresses. */
export interface Place {
  readonly protocol: 'TCP' | 'UDP';
  readonly address: string;
  readonly port: number;
  readonly from?: string;
}

/** Who answered on which node port, or why nobody did: the system's code, `CLOSED`, `SILENT`, `NONSENSE`. */
export type Reply = { readonly node: string; readonly nodePort: number; readonly protocol: string } | { readonly error: string };

export const placeText = ({ protocol, address, port }: Place): string => `${protocol} ${address}:${port}`;

const patienceMs = 500;
const question = 'who answers?\n';

/** One request from a socket of its own, so that each is a new flow. Never rejects. */
export const ask = (place: Place): Promise<Reply> => (place.protocol === 'TCP' ? askTcp(place) : askUdp(place));

function askTcp({ address, port, from }: Place): Promise<Reply> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, noDelay: true, ...(from === undefined ? {} : { localAddress: from }) });
    const timer = setTimeout(() => finish({ error: 'SILENT' }), patienceMs);
    const finish = (reply: Reply) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reply);
    };
    let heard = '';
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.write(question));
    socket.on('data', (text: string) => {
      heard += text;
      if (heard.includes('\n')) finish(parse(heard));
    });
    socket.once('end', () => finish({ error: 'CLOSED' }));
    socket.on('error', (error: NodeJS.ErrnoException) => finish({ error: error.code ?? error.message }));
  });
}

function askUdp({ address, port, from }: Place): Promise<Reply> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const timer = setTimeout(() => finish({ error: 'SILENT' }), patienceMs);
    let open = true;
    const finish = (reply: Reply) => {
      clearTimeout(timer);
      if (open) socket.close();
      open = false;
      resolve(reply);
    };
    socket.once('message', (message) => finish(parse(message.toString())));
    socket.on('error', (error: NodeJS.ErrnoException) => finish({ error: error.code ?? error.message }));
    // Connected, so that only the address asked may answer, and a closed port says so.
    const send = () => socket.connect(port, address, () => socket.send(question));
    if (from === undefined) send();
    else socket.bind(0, from, send);
  });
}

function parse(heard: string): Reply {
  try {
    const { node, port, protocol } = JSON.parse(heard.split('\n', 1)[0] ?? '') as Record<string, unknown>; // checked next
    if (typeof node === 'string' && typeof port === 'number' && typeof protocol === 'string') return { node, nodePort: port, protocol };
  } catch {
    // Whoever it was, it was no toy node.
  }
  return { error: 'NONSENSE' };
}
