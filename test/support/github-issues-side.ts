/** A server that answers as GitHub's API does for the issues of one repository, and fails when a test says so. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Issue = {
  number: number;
  html_url: string;
  title: string;
  body: string;
  labels: string[];
  state: string;
  state_reason: string | null;
  created_at: string;
  comments: { body: string }[];
};
type Fault = Readonly<{
  /** 0: the connection breaks off. */
  status: number;
  body?: string;
  headers?: Readonly<Record<string, string>>;
  /** Whether GitHub did it all the same. */
  isDone?: boolean;
}>;

export async function openGitHubIssues({ nowMs }: Readonly<{ nowMs(): number }>) {
  const issues: Issue[] = [];
  const deleted = new Set<number>();
  const calls: string[] = [];
  const faults = new Map<string, Fault>();
  const hanging = new Set<string>();
  let token = 't0ken';
  let isHidden = false;

  const create = (body: Partial<Issue>): Issue => {
    const number = issues.length + 1;
    const html_url = `https://github.com/acme/ops/issues/${number}`;
    const created_at = new Date(nowMs()).toISOString();
    const blank = { number, html_url, title: '', body: '', labels: [], state: 'open', state_reason: null, created_at };
    const made = { ...blank, ...body, comments: [] };
    issues.push(made);
    return made;
  };
  const comment = (found: Issue, body: string) => {
    found.comments.push({ body });
    return { body };
  };
  const ofIssue = (found: Issue, call: string, body: Partial<Issue>): unknown => {
    if (call === 'POST /comments') return comment(found, body.body ?? '');
    if (call === 'GET /comments') return found.comments;
    return call.startsWith('PATCH') ? Object.assign(found, body) : found;
  };
  const answerTo = (method: string, path: string, body: Partial<Issue>): readonly [number, unknown] => {
    const [, number = '', rest = ''] = /^\/issues\/(\d+)(\/comments)?$/.exec(path) ?? [];
    const found = issues[Number(number) - 1];
    if (isHidden) return [404, { message: 'Not Found' }];
    if (path === '') return [200, { id: 7, has_issues: true }];
    if (path === '/issues' && method === 'POST') return [201, create(body)];
    if (path === '/issues') return [200, issues.filter((one) => !deleted.has(one.number)).toReversed()];
    if (found === undefined) return [404, { message: 'Not Found' }];
    if (deleted.has(found.number)) return [410, { message: 'This issue was deleted' }];
    return [200, ofIssue(found, `${method} ${rest}`, body)];
  };
  const answer = (request: IncomingMessage, response: ServerResponse, body: string) => {
    const { method = '', url = '', headers } = request;
    const path = url.replace(/^\/repos\/acme\/ops/, '').replace(/\?.*$/, '');
    const call = `${method} ${path}`;
    calls.push(call);
    if (headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401, { 'content-type': 'application/json' });
      return void response.end(JSON.stringify({ message: 'Bad credentials' }));
    }
    const fault = faults.get(call);
    faults.delete(call);
    const isDone = fault === undefined || fault.isDone === true;
    const [status, json] = isDone ? answerTo(method, path, JSON.parse(body || '{}')) : [0, {}];
    if (hanging.delete(call)) return;
    if (fault?.status === 0) return void request.socket.destroy();
    response.writeHead(fault?.status ?? status, { 'content-type': 'application/json', ...fault?.headers });
    response.end(fault === undefined ? JSON.stringify(json) : (fault.body ?? '{"message":"trouble"}'));
  };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    answer(request, response, Buffer.concat(parts).toString());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    issues: issues as readonly Issue[],
    calls: calls as readonly string[],
    /** By a person there. */
    close: (number: number, reason: string | null) =>
      Object.assign(issues[number - 1] ?? {}, { state: 'closed', state_reason: reason }),
    reopen: (number: number) => Object.assign(issues[number - 1] ?? {}, { state: 'open', state_reason: 'reopened' }),
    remove: (number: number) => deleted.add(number),
    /** From now on another token is right. */
    revoke: (next: string) => {
      token = next;
    },
    /** The token sees the repository no more, or again. */
    hide: (is: boolean) => {
      isHidden = is;
    },
    /** The next request with this method and path. */
    fail: (call: string, fault: Fault) => faults.set(call, fault),
    /** The next such request is done and never answered. */
    hang: (call: string) => hanging.add(call),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type GitHubIssuesSide = Awaited<ReturnType<typeof openGitHubIssues>>;
