/** Servers that answer as the places for postmortems do, as far as an export asks them, and keep what they were sent. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Readonly<Record<string, unknown>>;
/** `body`: the parsed JSON; empty for another form. */
type Asked = Readonly<{ method: string; path: string; body: Json }>;
/** Undefined is a 404. */
type Answering = (asked: Asked) => unknown;

type PostmortemPlace = Readonly<{
  id: string;
  title: string;
  environment(url: string): Readonly<Record<string, string>>;
  /** One for each server: a place remembers what it was sent. */
  answering(): Answering;
}>;

/** Its bodies as text, with the content of files in base64 as text, too. */
export async function openPlace({ answering }: PostmortemPlace) {
  const answer = answering();
  const sent: string[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString();
    const asked = { method: request.method ?? '', path: request.url ?? '', body: jsonIn(text) };
    sent.push(`${asked.method} ${asked.path} ${text} ${filesIn(asked.body).join(' ')}`);
    const answered = answer(asked);
    response.writeHead(answered === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answered ?? { message: '404 Not Found' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: sent as readonly string[],
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function jsonIn(text: string): Json {
  try {
    return JSON.parse(text || '{}') as Json;
  } catch {
    return {};
  }
}

function filesIn({ actions = [] }: Json): readonly string[] {
  return (actions as Readonly<{ content: string }>[]).map(({ content }) => Buffer.from(content, 'base64').toString());
}

const CONFLUENCE: PostmortemPlace = {
  id: 'confluence',
  title: 'Confluence',
  environment: (url) => ({
    CONFLUENCE_URL: url,
    CONFLUENCE_USER: 'kim@acme.example',
    CONFLUENCE_TOKEN: 's3cret',
    CONFLUENCE_SPACE: 'OPS',
  }),
  answering() {
    let page: Json = { id: '4711', title: '', status: 'current', version: { number: 1 } };
    return ({ method, path, body }) => {
      if (path.startsWith('/wiki/api/v2/spaces')) return { results: [{ id: '9', key: 'OPS' }] };
      if (path.endsWith('/child/attachment')) return { results: [{}] };
      if (path.includes('/attachments')) return { results: [] };
      if (method !== 'GET') page = { ...page, title: body.title, version: body.version ?? page.version };
      return page;
    };
  },
};

const NOTION: PostmortemPlace = {
  id: 'notion',
  title: 'Notion',
  environment: (url) => ({
    NOTION_API_URL: url,
    NOTION_TOKEN: 'ntn_s3cret',
    NOTION_PAGE: '59833787-2cf9-4fdf-8782-e53db20768a5',
  }),
  answering() {
    let blocks = 0;
    const block = (type: unknown) => {
      blocks += 1;
      return { id: `b-${blocks}`, type, created_by: { id: 'bot' } };
    };
    return ({ method, path, body }) => {
      if (path === '/v1/users/me') return { id: 'bot', type: 'bot' };
      if (path.startsWith('/v1/file_uploads')) return { id: 'u-1', status: 'uploaded' };
      if (path.startsWith('/v1/pages')) return { id: 'p-1', url: 'https://www.notion.so/p1', archived: false };
      if (method === 'DELETE') return { id: 'gone' };
      const children = (body.children ?? []) as Readonly<{ type: string }>[];
      return { results: children.map(({ type }) => block(type)), has_more: false, next_cursor: null };
    };
  },
};

const GOOGLE_DOCS: PostmortemPlace = {
  id: 'google-docs',
  title: 'Google Docs',
  environment: (url) => ({
    GOOGLE_DOCS_API_URL: url,
    GOOGLE_DOCS_FOLDER: '0AFolderOfTheTeam',
    GOOGLE_DOCS_KEY: JSON.stringify({
      type: 'service_account',
      client_email: 'spanhound@shop.example',
      private_key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
        format: 'pem',
        type: 'pkcs8',
      }),
    }),
  }),
  answering: () => () => ({
    id: 'd-1',
    webViewLink: 'https://docs.google.com/document/d/d-1/edit',
    trashed: false,
    lastModifyingUser: { me: true },
  }),
};

const GITLAB: PostmortemPlace = {
  id: 'gitlab',
  title: 'GitLab',
  environment: (url) => ({
    GITLAB_URL: url,
    GITLAB_POSTMORTEMS: 'acme/ops',
    GITLAB_POSTMORTEMS_TOKEN: 'glpat-s3cret',
  }),
  answering() {
    const files = new Map<string, string>();
    const requests: Json[] = [];
    const answers: readonly (readonly [RegExp, Answering])[] = [
      [
        /\/repository\/commits$/,
        ({ body }) => {
          for (const { file_path, content } of body.actions as Readonly<Record<string, string>>[])
            files.set(file_path ?? '', content ?? '');
          return { id: 'ab12cd34' };
        },
      ],
      [/\/repository\/branches\//, () => (files.size === 0 ? undefined : { name: 'b', commit: OWN_COMMIT })],
      [/\/repository\/files\//, ({ path }) => fileOf(files, path)],
      [
        /\/merge_requests/,
        ({ method, body }) => {
          if (method === 'GET') return requests;
          const web_url = 'https://git.example/acme/ops/-/merge_requests/7';
          requests.push({ iid: 7, web_url, state: 'opened', source_branch: body.source_branch });
          return requests[0];
        },
      ],
      [/./, () => ({ default_branch: 'main', web_url: 'https://git.example/acme/ops' })],
    ];
    return (asked) => answers.find(([path]) => path.test(asked.path))?.[1](asked);
  },
};
const OWN_COMMIT = { id: 'ab12cd34', title: 'Postmortem of INC-1' };

function fileOf(files: ReadonlyMap<string, string>, path: string): unknown {
  const name = decodeURIComponent(/\/files\/([^?]+)/.exec(path)?.[1] ?? '');
  const content = files.get(name);
  if (content === undefined) return undefined;
  const digest = createHash('sha256').update(Buffer.from(content, 'base64')).digest('hex');
  return { content_sha256: digest, last_commit_id: 'ab12cd34' };
}

export const POSTMORTEM_PLACES = [CONFLUENCE, NOTION, GOOGLE_DOCS, GITLAB];
