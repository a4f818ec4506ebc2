/** A Splunk for tests: what it was asked, against answers of the form that its documentation gives. */
import { text as bodyOf } from 'node:stream/consumers';
import type { SplunkOptions } from '#adapters/splunk/client.ts';
import { type Recorded, type Reply, replay } from '#test/recorded-server.ts';

export function splunkAt(url: URL): SplunkOptions {
  return { url, token: 'token-of-the-user', indexes: 'main,k8s-*' };
}

/** The form of one request. */
export type AskedSpl = Readonly<{ search: string; earliest_time: string; latest_time: string }>;

/** Answers each request by its search; `asked` collects them. */
export function answeringSpl(asked: AskedSpl[], answer: (spl: AskedSpl) => Recorded): () => Reply {
  return () => async (response, request) => {
    const spl = Object.fromEntries(new URLSearchParams(await bodyOf(request))) as AskedSpl;
    asked.push(spl);
    await replay(answer(spl))(response, request);
  };
}

/** Rows with the end that each search asks for. */
export function rowsAnswer(rows: readonly object[]): Recorded {
  return linesAnswer([...rows, { spanhound_end: '1' }].map((result, offset) => ({ preview: false, offset, result })));
}

export function linesAnswer(lines: readonly object[]): Recorded {
  const headers = { 'content-type': 'application/json; charset=UTF-8' };
  return { status: 200, headers, body: Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')) };
}
