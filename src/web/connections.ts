/**
 * Bounds how many connections are open. A new one is always taken: where there are too many, the one goes that has kept
 * us waiting longest, for a request, for its headers or for its body. Slow and idle senders so never shut others out.
 * A limit per address would mean nothing here: behind a proxy all requests come from one address.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Ends a connection that sends its next request before it has the answer to the last one. No client that we know does so:
 * it lets somebody queue up answers that nobody reads. Call it before anything else listens for requests.
 */
export function oneRequestAtATime(server: Server): void {
  const busy = new WeakSet<Socket>();
  server.on('connection', parseInPieces);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    if (busy.has(socket)) {
      socket.destroy();
      return;
    }
    busy.add(socket);
    response.once('close', () => busy.delete(socket));
  });
}

/** Headers that Slack and alerting systems send fit in; of the shortest requests 75 do. */
const PIECE_BYTES = 2_048;

/**
 * What arrives together, up to 64 kB, Node's parser reads to its end: 2,400 requests, each with its objects, though the
 * connection was ended at the second.
 */
function parseInPieces(socket: Socket): void {
  const parsers = socket.listeners('data') as ((bytes: Buffer) => void)[];
  socket.removeAllListeners('data');
  socket.on('data', (bytes: Buffer) => {
    for (let at = 0; at < bytes.length && !socket.destroyed; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      for (const parse of parsers) parse.call(socket, piece);
    }
  });
}

export function limitConnections(server: Server, most: number): void {
  const open = new Set<Socket>();
  /** Those that we wait for, the longest first. The others wait for us. */
  const waiting = new Set<Socket>();

  server.on('connection', (socket: Socket) => {
    open.add(socket);
    waiting.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      waiting.delete(socket);
    });
    if (open.size <= most) return;
    const [longest = socket] = waiting;
    open.delete(longest);
    waiting.delete(longest);
    longest.destroy();
  });

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket, headers } = request;
    const arrived = () => waiting.delete(socket);
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    if (hasBody) request.once('end', arrived);
    else arrived();
    response.once('close', () => {
      request.off('end', arrived);
      if (open.has(socket)) waiting.add(socket);
    });
  });
}
