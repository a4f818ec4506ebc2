/** A server that answers as Statuspage's API does for the incidents of one page, and fails when a test says so. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Update = { id: string; body: string; status: string };
type Incident = {
  id: string;
  name: string;
  status: string;
  component_ids?: string[];
  metadata: unknown;
  shortlink: string;
  incident_updates: Update[];
};
type Body = Readonly<{ incident: Partial<Incident>; incident_update: Partial<Update> }>;
type Fault = Readonly<{
  /** 0: the connection breaks off. */
  status: number;
  body?: object;
  headers?: Readonly<Record<string, string>>;
  /** Whether the page did it all the same. */
  isDone?: boolean;
}>;

export async function openStatuspage() {
  const incidents: Incident[] = [];
  const calls: { method: string; path: string; authorization: string }[] = [];
  const faults = new Map<string, Fault>();
  const hanging = new Set<string>();
  let ids = 0;
  const id = (prefix: string) => {
    ids += 1;
    return `${prefix}${ids}`;
  };

  const change = (found: Incident, { body, ...given }: Partial<Incident> & { body?: string }) => {
    Object.assign(found, given);
    if (body !== undefined) found.incident_updates.unshift({ id: id('update'), body, status: found.status });
    return found;
  };
  const answers: readonly (readonly [
    method: string,
    path: RegExp,
    answer: (ids: string[], body: Body) => [number, unknown],
  ])[] = [
    ['GET', /^\/incidents$/, () => [200, incidents.toReversed()]],
    ['GET', /^\/incidents\/(\w+)$/, ([one]) => [200, incidents.find((known) => known.id === one)]],
    [
      'POST',
      /^\/incidents$/,
      (_, { incident }) => {
        const made: Incident = {
          id: id('incident'),
          name: '',
          status: '',
          metadata: {},
          shortlink: 'https://stspg.io/abc',
          incident_updates: [],
        };
        incidents.push(made);
        return [201, change(made, incident)];
      },
    ],
    [
      'PATCH',
      /^\/incidents\/(\w+)$/,
      ([one], { incident }) => {
        const found = incidents.find((known) => known.id === one);
        return found === undefined ? [404, { error: 'not found' }] : [200, change(found, incident)];
      },
    ],
    [
      'PATCH',
      /^\/incidents\/(\w+)\/incident_updates\/(\w+)$/,
      ([one, update], { incident_update }) => {
        const found = incidents
          .find((known) => known.id === one)
          ?.incident_updates.find((known) => known.id === update);
        if (found === undefined) return [404, { error: 'not found' }];
        return [200, Object.assign(found, incident_update)];
      },
    ],
  ];

  const answerTo = (method: string, path: string, body: string): readonly [number, unknown] => {
    const found = answers.find(([known, pattern]) => known === method && pattern.test(path));
    if (found === undefined) return [404, {}];
    return found[2]((found[1].exec(path) ?? []).slice(1), JSON.parse(body || '{}'));
  };
  const answer = (request: IncomingMessage, response: ServerResponse, body: string) => {
    const { method = '', url = '', headers } = request;
    const path = url.replace(/^\/v1\/pages\/page1234/, '').replace(/\?.*$/, '');
    calls.push({ method, path, authorization: headers.authorization ?? '' });
    const fault = faults.get(method);
    faults.delete(method);
    const isDone = fault === undefined || fault.isDone === true;
    const [status, json] = isDone ? answerTo(method, path, body) : [0, {}];
    if (hanging.delete(method)) return;
    if (fault?.status === 0) return void request.socket.destroy();
    response.writeHead(fault?.status ?? status, { 'content-type': 'application/json', ...fault?.headers });
    response.end(JSON.stringify(fault === undefined ? json : (fault.body ?? { error: 'trouble' })));
  };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    answer(request, response, Buffer.concat(parts).toString());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    incidents: incidents as readonly Incident[],
    calls: calls as readonly { method: string; path: string; authorization: string }[],
    /** The next request with this method. */
    fail: (method: string, fault: Fault) => faults.set(method, fault),
    /** The next request with this method is done and never answered. */
    hang: (method: string) => hanging.add(method),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type StatuspageSide = Awaited<ReturnType<typeof openStatuspage>>;
