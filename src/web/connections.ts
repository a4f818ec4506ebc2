/**
 * Limits the number of open connections. A new connection is always accepted. Above the limit, the connection closes that
 * has kept us waiting longest for a request, its headers or its body. So slow and idle senders never shut others out. A
 * limit per address would not help: behind a proxy, all requests come from one address.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Closes a connection that sends a request before it has the response to the previous one. No known client does so, and it
 * could queue responses that nobody reads. Call this before anything else listens for requests.
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

/** The headers of Slack and alerting systems fit in; so do 75 of the shortest requests. */
const PIECE_BYTES = 2_048;

/**
 * Node's parser reads up to 64 kB at once: 2,400 requests, each with its objects, although the connection was closed at the
 * second. So it gets the bytes in small pieces.
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
  /** Connections that we wait for, the longest first. The others wait for us. */
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
