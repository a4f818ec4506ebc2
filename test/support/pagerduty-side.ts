/** A server that answers as PagerDuty's API does about one schedule, and fails when a test says so. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `end`: of every shift. */
export async function openPagerDuty({ end = '2026-01-06T18:00:00Z' } = {}) {
  let people: readonly string[] = [];
  let isHanging = false;
  const failures: number[] = [];
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    paths.push(pathname);
    const status = failures.shift();
    if (isHanging) return;
    if (request.headers.authorization !== 'Token token=s3cret') return json(response, 401, {});
    if (status !== undefined) return json(response, status, {});
    if (pathname.startsWith('/schedules/')) return json(response, 200, { schedule: { summary: 'Payments' } });
    json(response, 200, { oncalls: people.map((email, at) => onCall(email, at, end)), more: false });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => paths as readonly string[],
    /** From now on, in the order of their levels. */
    onCall: (...emails: readonly string[]) => {
      isHanging = false;
      people = emails;
    },
    /** The next request. */
    fail: (status: number) => void failures.push(status),
    /** No answer until somebody is on call again. */
    hang: () => {
      isHanging = true;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type PagerDutySide = Awaited<ReturnType<typeof openPagerDuty>>;

function onCall(email: string, at: number, end: string) {
  return {
    escalation_level: at + 1,
    schedule: { summary: 'Payments' },
    user: { id: email, name: email.slice(0, email.indexOf('@')), email },
    end,
  };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
