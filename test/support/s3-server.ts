/**
 * A bucket on the loopback address: list, get, put and delete of S3's API, as the SDK asks for them. The real server of
 * `test/backends/s3.ts` proves that it answers alike.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type S3Server = Readonly<{
  endpoint: URL;
  objects: Map<string, Buffer>;
  requests: string[];
  /** The next requests of a method get this status, or no answer at all. */
  fail(method: string, how: number | 'silence', times: number): void;
  /** Empties the bucket, and forgets the requests and the failures. */
  clear(): void;
  close(): Promise<void>;
}>;

/** A real server gives a thousand. */
const PAGE_KEYS = 3;

export async function openS3Server(bucket: string, key: string): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  const requests: string[] = [];
  let failures: Readonly<{ method: string; how: number | 'silence' }>[] = [];

  const server = createServer(async (request, response) => {
    const asked = await readRequest(request);
    requests.push(`${asked.method} ${asked.name}`);
    const failure = failures.find(({ method }) => method === asked.method);
    failures = failures.filter((one) => one !== failure);
    if (failure?.how === 'silence') return;
    if (failure !== undefined) refuse(response, Number(failure.how), 'InternalError');
    else if (!asked.authorization.startsWith(`AWS4-HMAC-SHA256 Credential=${key}/`))
      refuse(response, 403, 'AccessDenied');
    else if (asked.bucket !== bucket) refuse(response, 404, 'NoSuchBucket');
    else answer(response, asked, objects);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: new URL(`http://127.0.0.1:${port}`),
    objects,
    requests,
    fail(method, how, times) {
      failures.push(...Array.from({ length: times }, () => ({ method, how })));
    },
    clear() {
      objects.clear();
      requests.length = 0;
      failures = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

type Asked = Readonly<{
  method: string;
  bucket: string;
  name: string;
  search: URLSearchParams;
  authorization: string;
  body: Buffer;
}>;

async function readRequest(request: IncomingMessage): Promise<Asked> {
  const { pathname, searchParams: search } = new URL(request.url ?? '', 'http://localhost');
  const [, bucket = '', ...parts] = decodeURIComponent(pathname).split('/');
  const { method = '', headers } = request;
  const authorization = headers.authorization ?? '';
  return { method, bucket, name: parts.join('/'), search, authorization, body: await bytesOf(request) };
}

function answer(response: ServerResponse, { method, name, search, body }: Asked, objects: Map<string, Buffer>): void {
  if (method === 'GET' && name === '') {
    response.writeHead(200, XML).end(listed(objects, search));
    return;
  }
  const found = objects.get(name);
  if (method === 'PUT') objects.set(name, body);
  if (method === 'DELETE') objects.delete(name);
  if (method === 'GET' && found === undefined) refuse(response, 404, 'NoSuchKey');
  else response.writeHead(method === 'DELETE' ? 204 : 200).end(method === 'GET' ? found : undefined);
}

const XML = { 'content-type': 'application/xml' };

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, XML).end(`<Error><Code>${code}</Code><Message>${code} here</Message></Error>`);
}

function listed(objects: ReadonlyMap<string, Buffer>, search: URLSearchParams): string {
  const after = search.get('continuation-token') ?? '';
  const prefix = search.get('prefix') ?? '';
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, PAGE_KEYS);
  const isTruncated = page.length < keys.length;
  const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
  return `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${contents}</ListBucketResult>`;
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}
