/** Services of AWS for tests: what they were asked, against answers of the form that their documentation gives. */
import { json as bodyOf } from 'node:stream/consumers';
import type { AwsOptions } from '#adapters/aws-api.ts';
import { type Recorded, type Reply, replay } from '#test/recorded-server.ts';

export type AskedAws = Readonly<{
  /** Of the header `X-Amz-Target`, or the path: `StartQuery`, `Traces`. */
  action: string;
  json: Readonly<Record<string, unknown>>;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}>;

export function awsAt(url: URL): AwsOptions & Readonly<{ region: string }> {
  return {
    ...{ url, region: 'eu-west-1', nowMs: () => Date.UTC(2026, 0, 6, 14, 30) },
    credentials: async () => ({ accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 's3cret', sessionToken: 't0ken' }),
  };
}

/** Answers each request by what it asks; `asked` collects them. */
export function answeringAws(asked: AskedAws[], answer: (one: AskedAws) => Recorded | Reply): () => Reply {
  return () => async (response, request) => {
    const json = (await bodyOf(request)) as AskedAws['json'];
    const target = `${request.headers['x-amz-target'] ?? request.url}`;
    const one: AskedAws = { action: target.split(/[./]/).at(-1) ?? '', json, headers: request.headers };
    asked.push(one);
    const said = answer(one);
    await (typeof said === 'function' ? said : replay(said))(response, request);
  };
}

export function awsAnswer(body: unknown, status = 200): Recorded {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: Buffer.from(JSON.stringify(body)) };
}

export function awsError(code: string, message: string, status = 400): Recorded {
  return awsAnswer({ __type: code, message }, status);
}
