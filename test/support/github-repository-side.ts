/** A server that answers as GitHub's API does for one repository with pull requests, and fails when a test says so. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Body = Readonly<Record<string, unknown>>;
type File = Readonly<{ path: string; content?: string; sha?: string }>;
type Pull = { number: number; html_url: string; state: string; title: string; head: { ref: string } };

export async function openGitHubRepository() {
  const pulls: Pull[] = [];
  const refs = new Map([['main', 'c000000']]);
  const trees = new Map([['c000000', 't000000']]);
  const messages = new Map<string, string>();
  const files = new Map<string, string>();
  const contents = new Map<string, ReadonlyMap<string, string>>();
  const calls: string[] = [];
  const lost = new Set<string>();
  let token = 't0ken';

  const digest = (value: unknown) => createHash('sha1').update(JSON.stringify(value)).digest('hex');
  const refOf = (name: string) => (refs.has(name) ? { object: { sha: refs.get(name) } } : undefined);
  const ANSWERS: Readonly<Record<string, (rest: string, body: Body) => unknown>> = {
    'GET ': () => ({ default_branch: 'main', html_url: 'https://github.com/acme/ops' }),
    'GET /pulls': (rest) => pulls.filter(({ head }) => rest.includes(encodeURIComponent(head.ref))),
    'GET /git/ref/heads/': (rest) => refOf(rest),
    'GET /git/commits/': (rest) => ({
      tree: { sha: trees.get(rest) },
      message: messages.get(rest) ?? 'Initial commit',
    }),
    'POST /git/blobs': (_rest, body) => ({ sha: digest(body) }),
    'POST /git/trees': (_rest, { tree }) => {
      const all = new Map(files);
      for (const { path, content, sha } of tree as File[]) all.set(path, content ?? sha ?? '');
      const sha = digest([...all]);
      contents.set(sha, all);
      return { sha };
    },
    'GET /contents/': (rest) => {
      const content = files.get(rest.replace(/\?.*$/, ''));
      return content === undefined
        ? undefined
        : { encoding: 'base64', content: Buffer.from(content).toString('base64') };
    },
    'POST /git/commits': (_rest, body) => {
      const sha = digest(body);
      for (const [path, content] of contents.get(String(body.tree)) ?? []) files.set(path, content);
      trees.set(sha, String(body.tree));
      messages.set(sha, String(body.message));
      return { sha };
    },
    'POST /git/refs': (_rest, { ref, sha }) => {
      refs.set(String(ref).replace('refs/heads/', ''), String(sha));
      return { object: { sha } };
    },
    'PATCH /git/refs/heads/': (rest, { sha }) => {
      refs.set(rest, String(sha));
      return { object: { sha } };
    },
    'POST /pulls': (_rest, { title, head }) => {
      const number = pulls.length + 1;
      const html_url = `https://github.com/acme/ops/pull/${number}`;
      pulls.push({ number, html_url, state: 'open', title: String(title), head: { ref: String(head) } });
      return pulls.at(-1);
    },
  };
  const answerTo = (call: string, body: Body): unknown => {
    const [key = ''] = Object.keys(ANSWERS)
      .filter((known) => call.startsWith(known))
      .toSorted((a, b) => b.length - a.length);
    return ANSWERS[key]?.(call.slice(key.length), body);
  };
  const answer = (request: IncomingMessage, response: ServerResponse, body: string) => {
    const call = `${request.method} ${(request.url ?? '').replace('/repos/acme/ops', '')}`;
    calls.push(call.replace(/\?.*$/, ''));
    const isKnown = request.headers.authorization === `Bearer ${token}`;
    const json = isKnown ? answerTo(call, JSON.parse(body || '{}')) : { message: 'Bad credentials' };
    if (lost.delete(call)) return void request.socket.destroy();
    const status = isKnown ? 200 : 401;
    response.writeHead(json === undefined ? 404 : status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(json ?? { message: 'Not Found' }));
  };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    answer(request, response, Buffer.concat(parts).toString());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pulls: pulls as readonly Pull[],
    files: files as ReadonlyMap<string, string>,
    calls: calls as readonly string[],
    /** A person commits to the branch of the newest pull request. */
    edit: (path: string, change: (text: string) => string) => {
      files.set(path, change(files.get(path) ?? ''));
      const sha = digest([...files, 'edited']);
      trees.set(sha, digest([...files]));
      messages.set(sha, `Update ${path}`);
      refs.set(pulls.at(-1)?.head.ref ?? '', sha);
    },
    /** From now on another token is right. */
    revoke: (next: string) => {
      token = next;
    },
    /** The next such request is done, and its answer is lost. */
    lose: (call: string) => lost.add(call),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type GitHubRepositorySide = Awaited<ReturnType<typeof openGitHubRepository>>;
