/** What each answer of a paging system means to the request that changes something there; nock answers in its place. */
import type nock from 'nock';
import { describe, expect, test } from 'vitest';
import type { Tried } from '#model/incident/issue-tracker.ts';
import type { PagerDone } from '#model/incident/pager.ts';

type Answering = Readonly<{
  /** Does what needs one change, with the key `s3cret`. */
  apply(): Promise<Tried<PagerDone>>;
  /** That change, after the questions before it are answered. */
  change(): nock.Interceptor;
  /** Answers the first question of a change of state. */
  question(): nock.Interceptor;
  applyState(): Promise<Tried<PagerDone>>;
  /** The variable that a refusal of the key names. */
  credentials: string;
  /** The beginning of a good answer. */
  cut: string;
}>;

export function testPagerAnswers({ apply, change, question, applyState, credentials, cut }: Answering): void {
  describe('what an answer means', () => {
    test.each([
      [401, 'refused', credentials],
      [402, 'refused', 'HTTP 402'],
      [403, 'refused', credentials],
      [404, 'refused', 'HTTP 404'],
      [422, 'refused', 'HTTP 422'],
      [302, 'refused', 'redirects'],
      [307, 'refused', 'redirects'],
      [408, 'failed', 'HTTP 408'],
      [409, 'failed', 'HTTP 409'],
      [425, 'failed', 'HTTP 425'],
      [500, 'ambiguous', 'HTTP 500'],
      [502, 'ambiguous', 'HTTP 502'],
    ])('%i to a change is %s', async (status, kind, why) => {
      change().reply(status, {}, status < 400 ? { location: 'https://elsewhere.example/' } : {});
      expect(await apply()).toMatchObject({ kind, reason: expect.stringContaining(why) });
    });

    test('429 waits as long as the system says', async () => {
      change().reply(429, {}, { 'retry-after': '17' });
      expect(await apply()).toEqual({ kind: 'limited', retryAfterMs: 17_000 });
    });

    test.each([
      ['a login page', '<html>Sign in</html>', 'text/html'],
      ['cut JSON', cut, 'application/json'],
    ])('%s: nobody knows whether it arrived', async (_, body, type) => {
      change().reply(200, body, { 'content-type': type });
      expect(await apply()).toMatchObject({ kind: 'ambiguous' });
    });

    test.each([
      ['ECONNRESET', 'ambiguous'],
      ['ECONNREFUSED', 'failed'],
    ])('a connection that fails with %s: a question is asked again, a change is %s', async (code, kind) => {
      const failure = () => Object.assign(new Error('no'), { code });
      question().replyWithError(failure());
      expect(await applyState()).toMatchObject({ kind: 'failed' });
      change().replyWithError(failure());
      expect(await apply()).toMatchObject({ kind });
    });

    test.each([401, 403, 404, 422])('%i to the question before it is final', async (status) => {
      question().reply(status, {});
      expect(await applyState()).toMatchObject({ kind: 'refused', reason: expect.stringContaining(`HTTP ${status}`) });
    });

    test.each([500, 200])('a question without a good answer (%i) is asked again', async (status) => {
      question().reply(status, '<html>');
      expect(await applyState()).toMatchObject({ kind: 'failed' });
    });

    test('the key never stands in a reason', async () => {
      change().reply(403, { message: 'the key s3cret is read-only' });
      const said = JSON.stringify(await apply());
      expect(said).toContain('is read-only');
      expect(said).not.toContain('s3cret');
    });
  });
}
