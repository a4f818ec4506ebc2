/** APIs of clouds for tests: what they were asked, against answers of the form that their documentation gives. */
import { text } from 'node:stream/consumers';
import { type Recorded, type Reply, replay, type SeenRequest, startRecordedServer } from '#test/recorded-server.ts';

export type AskedCloud = Readonly<{
  method: string;
  path: string;
  search: URLSearchParams;
  body: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}>;

export type AnsweringCloud = (one: AskedCloud) => Recorded | Reply;

/** Answers each request by what it asks; `asked` collects them. */
export function answeringCloud(asked: AskedCloud[], answer: AnsweringCloud): (request: SeenRequest) => Reply {
  return ({ path, search, headers }) =>
    async (response, request) => {
      const one = { method: request.method ?? '', path, search, headers, body: await text(request) };
      asked.push(one);
      const said = answer(one);
      await (typeof said === 'function' ? said : replay(said))(response, request);
    };
}

/** `use` gets the address of a server that answers so, and what it was asked. */
export async function withCloud<T>(
  answer: AnsweringCloud,
  use: (url: URL, asked: readonly AskedCloud[]) => Promise<T>,
): Promise<T> {
  const asked: AskedCloud[] = [];
  await using server = await startRecordedServer(answeringCloud(asked, answer));
  return await use(server.url, asked);
}

export function jsonAnswer(body: unknown, status = 200): Recorded {
  const headers = { 'content-type': 'application/json; charset=UTF-8' };
  return { status, headers, body: Buffer.from(JSON.stringify(body)) };
}

/** `googleError(403, 'PERMISSION_DENIED', '…')` */
export function googleError(code: number, status: string, message: string): Recorded {
  return jsonAnswer({ error: { code, message, status } }, code);
}
