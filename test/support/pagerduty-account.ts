/** A server that keeps incidents and notes as PagerDuty's API does, takes changes, and fails when a test says so. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Incident = { id: string; title: string; status: string; incident_key: string; service: string; details: string };

type Requested = {
  responder_request_targets: readonly { responder_request_target: { id: string } }[];
};

export const WRITE_KEY = 'wr1te';

export async function openPagerDutyAccount() {
  const incidents = new Map<string, Incident>();
  const notes: string[] = [];
  const changes: string[] = [];
  const users = new Map([['bot@example.com', 'PUSER0']]);
  let failing: number | undefined;
  const shown = (incident: Incident) => ({
    ...incident,
    html_url: `https://acme.pagerduty.com/incidents/${incident.id}`,
    responder_requests: [],
  });
  const answer = (method: string, url: URL, body: Readonly<Record<string, never>>): readonly [number, object] => {
    const [, , id = '', part] = url.pathname.split('/');
    const found = incidents.get(id);
    if (url.pathname === '/users') {
      const wanted = url.searchParams.get('query') ?? '';
      return [200, { users: [...users].flatMap(([email, id]) => (email.includes(wanted) ? [{ id, email }] : [])) }];
    }
    if (url.pathname === '/oncalls') return [200, { oncalls: [], more: false }];
    if (url.pathname.startsWith('/services/')) {
      return [200, { service: { id, name: 'Payments', escalation_policy: { id: 'PPOLICY' } } }];
    }
    if (url.pathname === '/incidents' && method === 'POST') {
      const {
        title,
        incident_key,
        service,
        body: said,
      } = body.incident as unknown as Incident & {
        service: { id: string };
        body: { details: string };
      };
      const made = { id: `PPAGED${incidents.size}`, title, status: 'triggered', incident_key, service: service.id };
      incidents.set(made.id, { ...made, details: said.details });
      changes.push(`paged ${service.id}`);
      return [201, { incident: shown({ ...made, details: said.details }) }];
    }
    if (url.pathname === '/incidents') {
      const key = url.searchParams.get('incident_key');
      return [200, { incidents: [...incidents.values()].filter((one) => one.incident_key === key).map(shown) }];
    }
    return found === undefined
      ? [404, { error: { message: 'Not Found', code: 2100 } }]
      : answerOf(found, part, { method, body });
  };
  const answerOf = (
    found: Incident,
    part: string | undefined,
    { method, body }: Readonly<{ method: string; body: Readonly<Record<string, never>> }>,
  ): readonly [number, object] => {
    if (part === 'notes' && method === 'GET') return [200, { notes: notes.map((content) => ({ content })) }];
    if (part === 'notes') {
      notes.push((body.note as unknown as { content: string }).content);
      return [201, { note: { id: `PN${notes.length}` } }];
    }
    if (part === 'responder_requests') {
      const { responder_request_targets: targets } = body as unknown as Requested;
      changes.push(...targets.map(({ responder_request_target: { id } }) => `asked ${id}`));
      return [200, { responder_request: {} }];
    }
    if (method === 'PUT') {
      found.status = (body.incident as unknown as Incident).status;
      changes.push(found.status);
    }
    return [200, { incident: shown(found) }];
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (failing !== undefined) return json(response, failing, {});
      const isReading = request.headers.authorization === 'Token token=s3cret' && request.method === 'GET';
      const isWriting =
        request.headers.authorization === `Token token=${WRITE_KEY}` && request.headers.from === 'bot@example.com';
      if (!isReading && !isWriting) return json(response, 401, {});
      const text = Buffer.concat(parts).toString('utf8');
      const url = new URL(request.url ?? '/', 'http://localhost');
      json(response, ...answer(request.method ?? 'GET', url, text === '' ? {} : JSON.parse(text)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    incidents,
    notes,
    changes,
    /** By address. */
    users,
    /** From now on every request; undefined ends it. */
    fail: (status: number | undefined) => {
      failing = status;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type PagerDutyAccount = Awaited<ReturnType<typeof openPagerDutyAccount>>;

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
