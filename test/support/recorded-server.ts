/**
 * A backend on loopback that answers as real ones were recorded to answer (`test/fixtures/wire`), and misbehaves on
 * demand: hangs, breaks off, drips, throttles, sends too much.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

export type Recorded = Readonly<{ status: number; headers: Readonly<Record<string, string>>; body: Buffer }>;

/** What a request gets; whoever writes it ends the response, or does not. */
export type Reply = (response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

export type SeenRequest = Readonly<{ path: string; search: URLSearchParams; headers: IncomingMessage['headers'] }>;

export type RecordedServer = Readonly<{
  url: URL;
  /** In the order in which they came. */
  requests: readonly SeenRequest[];
  [Symbol.asyncDispose](): Promise<void>;
}>;

const WIRE = new URL('../fixtures/wire/', import.meta.url);

/** `recorded('jaeger/trace-404')`: the head from the `.http` file, the body from the `.json` file where there is one. */
export function recorded(name: string): Recorded {
  const exchange = readFileSync(new URL(`${name}.http`, WIRE), 'utf8').replaceAll('\r\n', '\n');
  const answer = exchange.slice(exchange.indexOf('\nHTTP/1.1 ') + 1);
  const [head = '', ...rest] = answer.split('\n\n');
  const [statusLine = '', ...lines] = head.split('\n');
  const pairs = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 2),
  ]);
  const headers: Record<string, string> = Object.fromEntries(pairs);
  for (const ofTheConnection of ['content-length', 'transfer-encoding', 'connection']) delete headers[ofTheConnection];
  const body = new URL(`${name}.json`, WIRE);
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    body: existsSync(body) ? readFileSync(body) : Buffer.from(rest.join('\n\n')),
  };
}

/** A recorded body alone, as from `jaeger/hotrod`. */
export function recordedBody(name: string): Buffer {
  return readFileSync(new URL(`${name}.json`, WIRE));
}

/** Listens until disposed of: `await using server = await startRecordedServer(…)`. */
export async function startRecordedServer(reply: (request: SeenRequest) => Reply): Promise<RecordedServer> {
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const seen = { path: pathname, search: searchParams, headers: request.headers };
    requests.push(seen);
    void reply(seen)(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function replay({ status, headers, body }: Recorded): Reply {
  return (response) => void response.writeHead(status, headers).end(body);
}

export function gzipped({ status, headers, body }: Recorded): Reply {
  return (response) => void response.writeHead(status, { ...headers, 'content-encoding': 'gzip' }).end(gzipSync(body));
}

/** Takes the request and never answers, as a store does while it shuts down. */
export function hang(): Reply {
  return () => {};
}

/** Half of the answer, then silence. */
export function stall({ status, headers, body }: Recorded): Reply {
  return (response) => {
    response.writeHead(status, headers);
    response.write(body.subarray(0, body.length / 2));
  };
}

/** Half of the answer, then the connection is gone. */
export function breakOff({ status, headers, body }: Recorded): Reply {
  return async (response) => {
    response.writeHead(status, { ...headers, 'content-length': `${body.length}` });
    response.write(body.subarray(0, body.length / 2));
    await pause(50); // so that the first half is on its way
    response.destroy();
  };
}

/** The whole answer, in pieces. `between` waits after each: it gets the bytes so far, and whether the client is there. */
export function drip(
  { status, headers, body }: Recorded,
  pieces: number,
  between: (sent: number, isOpen: () => boolean) => Promise<void>,
): Reply {
  return async (response) => {
    response.writeHead(status, headers);
    const size = Math.ceil(body.length / pieces);
    for (let from = 0; from < body.length; from += size) {
      const piece = body.subarray(from, from + size);
      response.write(piece);
      await between(from + piece.length, () => !response.destroyed);
    }
    response.end();
  };
}

export function refuse(status: number, headers: Readonly<Record<string, string>> = {}, body = ''): Reply {
  return (response) => void response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(body);
}

/** The first reply to the first request, and so on; the last one from then on. */
export function inTurn(...replies: readonly [Reply, ...Reply[]]): () => Reply {
  let turn = 0;
  return () => {
    const reply = replies[Math.min(turn, replies.length - 1)] ?? replies[0];
    turn += 1;
    return reply;
  };
}

/** JSON that does not end before so many bytes. */
export function huge(bytes: number): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(`{"data":["${'x'.repeat(bytes)}"]}`);
  };
}
