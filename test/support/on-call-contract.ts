/** How every system that knows who is on call fails: each answer is a sentence for people, and never an exception. */
import { describe, expect, test } from 'vitest';
import type { OnCallSource } from '#model/incident/on-call.ts';
import { later } from '#test/later.ts';
import {
  breakOff,
  huge,
  type Recorded,
  type Reply,
  refuse,
  replay,
  startRecordedServer,
} from '#test/recorded-server.ts';

export type OnCallContract = Readonly<{
  open(url: URL): OnCallSource;
  place: string;
  title: string;
  /** The variables that a refusal names. */
  key: string;
  address: string;
  /** An answer with somebody on call. */
  answer: unknown;
}>;

const NOW_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;

export function onCallContract({ open, place, title, key, address, answer }: OnCallContract): void {
  const asked = async (reply: Reply, signal = later()) => {
    await using server = await startRecordedServer(() => reply);
    return { ...(await open(server.url).onCall(place, NOW_US, signal)), requests: server.requests };
  };
  const whole: Recorded = {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(answer)),
  };

  describe(`${title}: an answer that names nobody`, () => {
    test.each([
      ['401', refuse(401), [`${title} refused the request (HTTP 401)`, key]],
      ['403', refuse(403, {}, '{"error":{"message":"no rights"}}'), [`${title} refused the request (HTTP 403)`, key]],
      ['404', refuse(404), [title]],
      ['429', refuse(429, { 'retry-after': '120' }), [`${title} takes no more requests now (HTTP 429)`, '2 minutes']],
      ['500', refuse(500), [`${title} is having trouble (HTTP 500)`]],
      ['503', refuse(503), [`${title} is having trouble (HTTP 503)`]],
      ['a page of HTML', page('<html>log in</html>'), ['leads to a web page', address]],
      ['HTML that calls itself JSON', replay({ ...whole, body: Buffer.from('<html>') }), ['leads to a web page']],
      ['text', replay({ ...whole, body: Buffer.from('fine') }), ['not as its API does']],
      ['JSON of another kind', replay({ ...whole, body: Buffer.from('{"ok":true}') }), [title]],
      ['null', replay({ ...whole, body: Buffer.from('null') }), ['not as its API does']],
      ['an answer that breaks off', breakOff(whole), [`${title} did not answer`]],
      ['10 MB', huge(10_000_000), [`${title} sent more than 2 MB`]],
    ])('%s', async (_, reply, words) => {
      const found = await asked(reply);
      const reason = found.kind === 'unknown' ? found.reason : '';
      for (const word of words) expect(reason).toContain(word);
      expect(reason).not.toContain('s3cret');
    });

    test('a redirect is not followed: the key stays here', async () => {
      const target = 'http://127.0.0.1:9/latest/meta-data';
      const found = await asked(refuse(302, { location: target }));
      expect(found).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('HTTP 302') });
      expect(found.requests.length).toBe(1);
    });

    test('nothing before the deadline', async () => {
      const signal = AbortSignal.abort(new Error('enough'));
      expect(await asked(replay(whole), signal)).toMatchObject({ kind: 'unknown' });
    });
  });
}

function page(body: string): Reply {
  return refuse(200, { 'content-type': 'text/html' }, body);
}
