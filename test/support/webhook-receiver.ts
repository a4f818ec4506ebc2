/** A server that takes webhooks, and fails when a test says so. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export async function openReceiver() {
  const bodies: unknown[] = [];
  const raw: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const faults: { status: number; headers?: Readonly<Record<string, string>>; body?: string }[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    raw.push({ headers: request.headers, body });
    bodies.push(JSON.parse(body.toString()));
    const fault = faults.shift();
    if (fault?.status === 0) return request.socket.destroy();
    response.writeHead(fault?.status ?? 204, fault?.headers);
    response.end(fault?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/status`,
    bodies: bodies as readonly unknown[],
    raw: raw as readonly { headers: IncomingHttpHeaders; body: Buffer }[],
    /** The next request. 0: the connection breaks off. */
    fail: (fault: { status: number; headers?: Readonly<Record<string, string>>; body?: string }) => faults.push(fault),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
