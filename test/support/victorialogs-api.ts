/** A VictoriaLogs for tests: what it was asked, against answers of the form that a real one gave. */
import { text as bodyOf } from 'node:stream/consumers';
import { type Recorded, type Reply, replay } from '#test/recorded-server.ts';

/** The form of one request. */
export type AskedLogsQl = Readonly<Record<string, string>>;

/** Answers each request by its form; `asked` collects them. */
export function answeringLogsQl(asked: AskedLogsQl[], answer: (form: AskedLogsQl) => Recorded): () => Reply {
  return () => async (response, request) => {
    const form = Object.fromEntries(new URLSearchParams(await bodyOf(request)));
    if (request.method === 'POST') asked.push(form);
    await replay(answer(form))(response, request);
  };
}

export function logRows(rows: readonly object[]): Recorded {
  const headers = { 'content-type': 'application/stream+json' };
  return { status: 200, headers, body: Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join('')) };
}
