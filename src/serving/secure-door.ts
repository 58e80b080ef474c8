import { constants, X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { isIP } from 'node:net';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import type { Clock } from '../clock.ts';
import { asLbError, LbError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Asked } from './answer-request.ts';
import { textAnswer, type Answer } from './answers.ts';
import { certifiedUserOf, type CertifiedUser } from './client-certificate.ts';
import type { KeyPair } from './key-pair.ts';
import type { User } from './user.ts';

export interface SecureDoorOptions {
  readonly tls: Pick<SecureContextOptions, 'minVersion' | 'ciphers'>;
  readonly pair: KeyPair;
  /** Certificates in PEM, one each; none: no client certificate counts. */
  readonly authorities: readonly string[];
  readonly answer: (asked: Asked) => Promise<Answer>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Sockets, TLS and HTTP/1.1. Certificate and authorities may change while it is open; new connections see the new ones. */
export class SecureDoor {
  readonly #options: SecureDoorOptions;
  readonly #server: Server;
  #pair: KeyPair;
  #authorities: readonly string[];
  /** Made anew with the authorities: a connection that the old ones vouched for has no user any more. */
  #certified = new WeakMap<TLSSocket, CertifiedUser>();

  constructor(options: SecureDoorOptions) {
    this.#options = options;
    this.#pair = options.pair;
    this.#authorities = options.authorities;
    this.#server = createServer({
      ...this.#context(options.pair, options.authorities),
      requestCert: true,
      // Most clients show none; who shows one that nobody vouches for is nobody, and told so by 401.
      rejectUnauthorized: false,
      handshakeTimeout: 10_000,
      headersTimeout: 32_000,
      keepAliveTimeout: 90_000,
    });
    this.#server.on('secureConnection', (socket) => {
      const user = certifiedUserOf(socket, new Set(this.#authorities.map((pem) => new X509Certificate(pem).fingerprint256)));
      if (user !== undefined) this.#certified.set(socket, user);
    });
    this.#server.on('request', (request, response) => void this.#respond(request, response));
  }

  /**
   * @param address unspecified (`0.0.0.0`, `::`, empty): every address of both families, as upstream
   * @param port 0: any that is free
   * @returns the port
   * @throws LbError `AddressTaken`
   */
  async listen(address: string, port: number): Promise<number> {
    const everywhere = address === '' || address === '::' || address === '0.0.0.0';
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code ?? 'unknown'})`;
        const where = `${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
        const remedy = 'Choose another --secure-port or --bind-address.';
        reject(new LbError('AddressTaken', `${where} ${why}`, { cause: error, field: '--secure-port', remedy }));
      };
      this.#server.once('error', refuse);
      this.#server.listen({ port, ...(everywhere ? {} : { host: address }) }, () => {
        this.#server.off('error', refuse);
        resolve();
      });
    });
    this.#server.on('error', (error) => this.#options.log.warn({ error }, 'a connection could not be accepted'));
    const bound = this.#server.address();
    return bound !== null && typeof bound === 'object' ? bound.port : port;
  }

  /** Whether it is another one. */
  usePair(pair: KeyPair): boolean {
    if (pair.cert === this.#pair.cert && pair.key === this.#pair.key) return false;
    this.#server.setSecureContext(this.#context(pair, this.#authorities));
    this.#pair = pair;
    return true;
  }

  /** Whether they are others. */
  useAuthorities(authorities: readonly string[]): boolean {
    if (authorities.join() === this.#authorities.join()) return false;
    this.#server.setSecureContext(this.#context(this.#pair, authorities));
    this.#authorities = authorities;
    this.#certified = new WeakMap();
    return true;
  }

  /** Ends every connection, too. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #context(pair: KeyPair, authorities: readonly string[]): SecureContextOptions {
    return {
      ...this.#options.tls,
      ...pair,
      // Without `ca` Node would trust the authorities of the public web; an empty list trusts nobody.
      ca: [...authorities],
      // No session is taken up again: each connection shows who it is, to the authorities of its own day.
      secureOptions: constants.SSL_OP_NO_TICKET,
    };
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#answer(request);
    if (response.destroyed) return;
    response.writeHead(answer.status, {
      'cache-control': 'no-cache, private',
      'content-type': answer.type,
      'x-content-type-options': 'nosniff',
      'content-length': Buffer.byteLength(answer.body),
      // Whoever is nobody keeps no connection.
      ...(answer.status === 401 ? { 'www-authenticate': 'Bearer', connection: 'close' } : {}),
    });
    response.end(answer.body);
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const url = URL.parse(request.url ?? '/', 'https://localhost');
    if (url === null) return textAnswer(400, 'this is no path\n');
    try {
      return await this.#options.answer({
        method: request.method ?? 'GET',
        path: url.pathname,
        query: url.searchParams,
        authorization: request.headers.authorization,
        certified: this.#certifiedUser(request),
      });
    } catch (thrown) {
      this.#options.log.error({ path: url.pathname, error: asLbError(thrown) }, 'a request could not be answered');
      return textAnswer(500, 'internal server error\n');
    }
  }

  #certifiedUser(request: IncomingMessage): User | undefined {
    const certified = this.#certified.get(request.socket as TLSSocket); // a server of HTTPS has no other sockets
    return certified !== undefined && this.#options.clock.now() < certified.untilMs ? certified.user : undefined;
  }
}
