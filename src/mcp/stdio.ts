/**
 * The protocol over standard input and output: one JSON-RPC message a line. A line is bounded before it is kept. A message
 * that cannot be read gets an error, so that no client waits for an answer that never comes.
 */
import type { Readable, Writable } from 'node:stream';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CancelledNotificationSchema,
  ErrorCode,
  isJSONRPCRequest,
  type JSONRPCMessage,
  JSONRPCMessageSchema,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import { hasFewValues } from '#operations/few-values.ts';

export type StdioOptions = Readonly<{ input: Readable; output: Writable; maxBytes: number }>;

export type StdioTransport = Transport &
  Readonly<{
    /** Resolves when the client has closed the input and has its answers. */
    ended: Promise<void>;
  }>;

export function stdioTransport({ input, output, maxBytes }: StdioOptions): StdioTransport {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const lines = boundedLines(maxBytes);
  const unanswered = new Set<RequestId>();
  let isOver = false;

  const end = () => {
    isOver = true;
    if (unanswered.size === 0) resolve();
  };
  const settle = (id: RequestId) => {
    unanswered.delete(id);
    if (isOver) end();
  };

  const write = (message: object) =>
    new Promise<void>((written) => {
      output.write(`${JSON.stringify(message)}\n`, () => written());
    });
  const refuse = (code: number, message: string, id: string | number | null) =>
    void write({ jsonrpc: '2.0', id, error: { code, message } });

  const transport: StdioTransport = {
    ended,
    async start() {
      input.on('data', take);
      input.once('end', end).once('error', end).once('close', end);
    },
    async send(message) {
      await write(message);
      if ('id' in message && message.id !== undefined) settle(message.id);
    },
    async close() {
      input.off('data', take);
      input.pause();
      resolve();
      transport.onclose?.();
    },
  };

  function take(chunk: Buffer | string): void {
    for (const line of lines.add(Buffer.from(chunk))) {
      if ('tooLong' in line) {
        const id = idIn(line.tooLong);
        refuse(ErrorCode.InvalidRequest, `the message has more than ${maxBytes} bytes`, id);
      } else read(line.text);
    }
  }

  function read(text: string): void {
    if (text.trim() === '') return;
    if (!hasFewValues(Buffer.from(text))) {
      refuse(ErrorCode.InvalidRequest, 'the message has more members than any call needs', idIn(text));
      return;
    }
    const value = jsonIn(text);
    const message = JSONRPCMessageSchema.safeParse(value);
    if (message.success) deliver(message.data);
    else if (value === undefined) refuse(ErrorCode.ParseError, 'the line is not JSON', null);
    else refuse(ErrorCode.InvalidRequest, 'the line is not a JSON-RPC 2.0 message', idIn(text));
  }

  function deliver(message: JSONRPCMessage): void {
    if (isJSONRPCRequest(message)) unanswered.add(message.id);
    transport.onmessage?.(message);
    // A cancelled request gets no answer.
    const cancelled = CancelledNotificationSchema.safeParse(message).data?.params.requestId;
    if (cancelled !== undefined) settle(cancelled);
  }

  return transport;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) ?? null;
  } catch {
    return undefined;
  }
}

/** The id of a request is its first or its last member in the messages of known clients. */
const ID_FIRST = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(-?\d{1,15}|"[^"\\]{1,200}")\s*[,}]/;
const ID_LAST = /[,{]\s*"id"\s*:\s*(-?\d{1,15}|"[^"\\]{1,200}")\s*\}\s*$/;
/** The longest id, its name and the version. */
const ENDS_CHARS = 300;

/** Null if there is none, or if it stands in the middle. */
function idIn(text: string): string | number | null {
  const found = ID_FIRST.exec(text.slice(0, ENDS_CHARS)) ?? ID_LAST.exec(text.slice(-ENDS_CHARS));
  return found?.[1] === undefined ? null : JSON.parse(found[1]);
}

type Line = Readonly<{ text: string } | { tooLong: string }>;

/** Of a line that is too long, only both ends are kept. */
function boundedLines(maxBytes: number) {
  let parts: Buffer[] = [];
  let bytes = 0;
  let ends: Readonly<{ first: string; last: string }> | undefined;

  function keep(part: Buffer): void {
    bytes += part.length;
    if (ends !== undefined) {
      ends = {
        first: ends.first,
        last: (ends.last + part.subarray(-ENDS_CHARS).toString('latin1')).slice(-ENDS_CHARS),
      };
      return;
    }
    parts.push(part);
    if (bytes <= maxBytes) return;
    const whole = Buffer.concat(parts);
    ends = {
      first: whole.subarray(0, ENDS_CHARS).toString('latin1'),
      last: whole.subarray(-ENDS_CHARS).toString('latin1'),
    };
    parts = [];
  }

  function ended(): Line {
    const line =
      ends === undefined ? { text: Buffer.concat(parts).toString() } : { tooLong: `${ends.first} ${ends.last}` };
    parts = [];
    bytes = 0;
    ends = undefined;
    return line;
  }

  return {
    add(chunk: Buffer): Line[] {
      const lines: Line[] = [];
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
        keep(chunk.subarray(from, at));
        lines.push(ended());
        from = at + 1;
      }
      if (from < chunk.length) keep(chunk.subarray(from));
      return lines;
    },
  };
}

const NEWLINE = 0x0a;
