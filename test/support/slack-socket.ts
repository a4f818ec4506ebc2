/**
 * Slack's end of Socket Mode, which the emulator lacks: the bot connects out, up to ten times, requests come as envelopes
 * over one of the open connections, and each is acknowledged by its id. As much of RFC 6455 as that needs: text frames,
 * ping, close. https://docs.slack.dev/apis/events-api/using-socket-mode
 */
import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;

/** Why Slack ends a connection. */
export type Disconnect = 'refresh_requested' | 'warning' | 'too_many_websockets';

export type SocketEnvelope = 'slash_commands' | 'interactive' | 'events_api';

export function serveSocketMode(server: Server) {
  const sockets = new Set<Duplex>();
  const waiting = new Map<string, (payload: unknown) => void>();
  const allowed = { connections: 10, refused: 0 };

  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    const key = request.headers['sec-websocket-key'] ?? '';
    const accept = createHash('sha1')
      .update(key + ACCEPT_GUID)
      .digest('base64');
    socket.write(
      [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${accept}`,
      ]
        .join('\r\n')
        .concat('\r\n\r\n'),
    );
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => sockets.delete(socket));
    let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (let frame = readFrame(rest); frame !== undefined; frame = readFrame(rest)) {
        rest = rest.subarray(frame.length);
        take(frame, socket);
      }
    });
    if (sockets.size >= allowed.connections) {
      allowed.refused += 1;
      return end(socket, 'too_many_websockets');
    }
    sockets.add(socket);
    const hello = { type: 'hello', num_connections: sockets.size, connection_info: { app_id: 'A0' } };
    write(socket, TEXT, JSON.stringify(hello));
  });

  /** Nothing comes over it any more, and the client closes it. */
  function end(socket: Duplex, reason: Disconnect): void {
    sockets.delete(socket);
    write(socket, TEXT, JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'wss-111' } }));
  }

  function take({ opcode, payload }: Frame, socket: Duplex): void {
    if (opcode === PING) write(socket, PONG, payload);
    if (opcode === CLOSE) {
      sockets.delete(socket);
      write(socket, CLOSE, payload);
      socket.end();
    }
    if (opcode !== TEXT) return;
    const ack = JSON.parse(payload.toString('utf8')) as { envelope_id: string; payload?: unknown };
    waiting.get(ack.envelope_id)?.(ack.payload);
  }

  return {
    connections: () => sockets.size,
    /** How often a connection was one too many. */
    refused: () => allowed.refused,
    allow: (connections: number) => {
      allowed.connections = connections;
    },
    /** Slack renews a connection after some hours, or earlier. */
    disconnect: (reason: Disconnect, connection = 0): void => {
      const socket = [...sockets][connection];
      if (socket === undefined) throw new Error(`the bot has no connection ${connection}`);
      end(socket, reason);
    },
    /** Resolves with what the bot acknowledged it with. `connection`: the oldest is 0. */
    send: (type: SocketEnvelope, payload: unknown, connection = 0): Promise<unknown> => {
      const socket = [...sockets][connection];
      if (socket === undefined) throw new Error(`the bot has no connection ${connection}`);
      const envelopeId = randomUUID();
      const acknowledged = new Promise<unknown>((resolve) => waiting.set(envelopeId, resolve));
      write(socket, TEXT, JSON.stringify({ type, envelope_id: envelopeId, accepts_response_payload: true, payload }));
      return acknowledged;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

type Frame = Readonly<{ opcode: number; payload: Buffer; length: number }>;

/** Clients mask what they send. */
function readFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 6) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const [size, head] = short < 126 ? [short, 2] : [bytes.readUInt16BE(2), 4];
  const length = head + 4 + size;
  if (bytes.length < length) return undefined;
  const mask = bytes.subarray(head, head + 4);
  const payload = Buffer.from(bytes.subarray(head + 4, length).map((byte, index) => byte ^ mask.readUInt8(index % 4)));
  return { opcode: bytes.readUInt8(0) & 0x0f, payload, length };
}

function write(socket: Duplex, opcode: number, content: string | Buffer): void {
  const payload = Buffer.from(content);
  socket.write(Buffer.concat([headOf(0x80 | opcode, payload.length), payload]));
}

function headOf(first: number, length: number): Buffer {
  if (length < 126) return Buffer.from([first, length]);
  const head = Buffer.from([first, length < 65_536 ? 126 : 127, ...Array(length < 65_536 ? 2 : 8).fill(0)]);
  head.writeUIntBE(length, head.length - (length < 65_536 ? 2 : 6), length < 65_536 ? 2 : 6);
  return head;
}
