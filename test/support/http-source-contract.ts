/** How every source that speaks HTTP behaves when its backend does not. */
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { BackendOptions } from '#adapters/http.ts';
import type { Health, OpenBody } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { stoppedHttpLimits } from '#test/http-limits.ts';
import { later } from '#test/later.ts';
import {
  breakOff,
  drip,
  gzipped,
  hang,
  huge,
  type Recorded,
  type Reply,
  recorded,
  refuse,
  replay,
  stall,
  startRecordedServer,
} from '#test/recorded-server.ts';

type HttpSource = Readonly<{
  ask(signal: AbortSignal): Promise<OpenBody>;
  check(signal: AbortSignal): Promise<Health>;
}>;

export function testHttpSource(
  name: string,
  {
    connect,
    answer,
    tenantHeader,
    readsWhole,
    lacks = [],
  }: Readonly<{
    connect(options: BackendOptions): HttpSource;
    answer: Recorded;
    /** Left out for a backend without tenants. */
    tenantHeader?: string;
    /** What it does not take: AWS and Kubernetes have credentials of their own. */
    lacks?: readonly ('token' | 'user' | 'headers')[];
    /** It reads an answer as a whole, because an error may be at its end, and hands it on in another form. */
    readsWhole?: true | undefined;
  }>,
): void {
  async function against(
    reply: Reply,
    use: (source: HttpSource, requests: readonly { headers: Record<string, unknown>; path: string }[]) => Promise<void>,
    options: Partial<BackendOptions> = {},
  ): Promise<void> {
    await using server = await startRecordedServer(() => reply);
    await use(connect({ url: server.url, ...options }), server.requests);
  }
  const isWhole = readsWhole === true;

  /** What a source hands on of the answer. */
  async function wholeOf(): Promise<string> {
    if (!isWhole) return answer.body.toString('utf8');
    await using server = await startRecordedServer(() => replay(answer));
    return await textOf((await connect({ url: server.url }).ask(later())).chunks);
  }

  /** What came before the error: nothing from a source that reads the whole answer first. */
  async function askedUntilError({ ask }: HttpSource): Promise<{ received: string; error: unknown }> {
    return await ask(later()).then(readUntilError, nothingReceived);
  }

  describe(`${name} over HTTP`, () => {
    test('keeps the base path of its address', async () => {
      await using server = await startRecordedServer(() => replay(answer));
      await textOf((await connect({ url: new URL('/ops/store/', server.url) }).ask(later())).chunks);
      expect(server.requests[0]?.path).toMatch(/^\/ops\/store\/(?:\w|$)/);
    });

    test('unpacks gzip, which it asks for', () =>
      against(gzipped(answer), async ({ ask }, requests) => {
        expect(await textOf((await ask(later())).chunks)).toBe(await wholeOf());
        expect(requests[0]?.headers['accept-encoding']).toBe('gzip');
      }));

    test('waits for a slow answer as long as it keeps coming', async () => {
      using limits = stoppedHttpLimits();
      const parts: Uint8Array[] = [];
      // In all it takes longer than the limit, on each clock.
      const reply = drip(answer, 6, async (sent, isOpen) => {
        // What a source that hands on nothing yet has received, nobody sees: its clock stands.
        if (isWhole) return;
        while (isOpen() && Buffer.concat(parts).length < sent) await turn();
        limits.tick();
        await pause(40);
      });
      const read = async ({ ask }: HttpSource) => {
        for await (const chunk of (await ask(later())).chunks) parts.push(chunk);
        expect(Buffer.concat(parts).toString('utf8')).toBe(await wholeOf());
      };
      await against(reply, read, { timeoutMs: 200 });
    });

    test('gives up on a backend that takes the request and never answers', async () => {
      using limits = stoppedHttpLimits();
      const givesUp = async ({ ask }: HttpSource, requests: readonly unknown[]) => {
        const given = expect(ask(later())).rejects.toMatchObject({
          code: 'SH_UNREACHABLE',
          retryable: true,
          message: expect.stringContaining('timed out after 0.1 s'),
        });
        while (requests.length === 0) await turn();
        limits.expire();
        await given;
      };
      await against(hang(), givesUp, { timeoutMs: 100 });
    });

    test('ends with the caller’s own deadline', async () => {
      // Its own limit never comes.
      using _limits = stoppedHttpLimits();
      await against(hang(), async ({ ask }) => {
        await expect(ask(AbortSignal.timeout(80))).rejects.toThrow(/timed out$/);
      });
    });

    test('says that the caller lost interest, and not that time ran out, when it was called off', () =>
      against(hang(), async ({ ask }) => {
        const caller = new AbortController();
        const asking = ask(caller.signal);
        await pause(30);
        caller.abort();
        await expect(asking).rejects.toThrow('cancelled');
      }));

    test('hands on what came before the answer fell silent', async () => {
      using limits = stoppedHttpLimits();
      const fallsSilent = async (source: HttpSource) => {
        let isRead = false;
        const asking = source.ask(later());
        const opened = isWhole ? asking : Promise.resolve(await asking);
        const reading = opened.then(readUntilError, nothingReceived).finally(() => {
          isRead = true;
        });
        while (!isRead) {
          limits.tick();
          await turn();
        }
        const { received, error } = await reading;
        expect((await wholeOf()).startsWith(received)).toBe(true);
        expect(received.length > 0).toBe(!isWhole);
        // Whether the half of an answer that nobody hands on had come, only the source knows.
        const said = isWhole ? /nothing more|timed out/ : /nothing more/;
        expect(error).toMatchObject({ code: 'SH_UNREACHABLE', message: expect.stringMatching(said) });
      };
      await against(stall(answer), fallsSilent, { timeoutMs: 150 });
    });

    test('hands on what came before the connection broke', () =>
      against(breakOff(answer), async (source) => {
        const { received, error } = await askedUntilError(source);
        expect((await wholeOf()).startsWith(received)).toBe(true);
        expect(received.length > 0).toBe(!isWhole);
        expect(error).toMatchObject({ code: 'SH_UNREACHABLE', message: expect.stringContaining('broke off') });
      }));

    test('reads no more than the cap, and keeps what is within it', () =>
      against(
        huge(300_000),
        async (source) => {
          const { received, error } = await askedUntilError(source);
          expect(received).toHaveLength(isWhole ? 0 : 100_000);
          expect(error).toMatchObject({ code: 'SH_TOO_LARGE' });
        },
        { maxBytes: 100_000 },
      ));

    test('counts the cap after decompression, so that a small answer cannot become a huge one', () =>
      against(
        gzipped({ ...answer, body: Buffer.alloc(3_000_000, '{') }),
        async (source) => {
          const { received, error } = await askedUntilError(source);
          expect(received).toHaveLength(isWhole ? 0 : 100_000);
          expect(error).toMatchObject({ code: 'SH_TOO_LARGE' });
        },
        { maxBytes: 100_000 },
      ));

    test('says how long a backend that throttles wants to be left alone', () =>
      against(refuse(429, { 'retry-after': '2' }, 'too many requests'), async ({ ask }) => {
        await expect(ask(later())).rejects.toMatchObject({ status: 429, retryable: true, retryAfterMs: 2000 });
      }));

    test('reads a Retry-After that is a date against the answer’s own clock', () =>
      against(
        refuse(503, { date: 'Fri, 20 Nov 2026 06:00:00 GMT', 'retry-after': 'Fri, 20 Nov 2026 06:00:03 GMT' }),
        async ({ ask }) => {
          await expect(ask(later())).rejects.toMatchObject({ status: 503, retryAfterMs: 3000 });
        },
      ));

    test.each(['9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT'])(
      'waits at most an hour, whatever it wants: %#',
      (wait) =>
        against(refuse(429, { date: 'Fri, 20 Nov 2026 06:00:00 GMT', 'retry-after': wait }), async ({ ask }) => {
          await expect(ask(later())).rejects.toMatchObject({ status: 429, retryAfterMs: 3_600_000 });
        }),
    );

    test('gives the reason of an error that is plain text', () =>
      against(refuse(500, {}, 'response larger than the max\n'), async ({ ask }) => {
        await expect(ask(later())).rejects.toMatchObject({
          code: 'SH_BACKEND',
          retryable: true,
          advice: expect.stringContaining('response larger than the max'),
        });
      }));

    test.each([
      '{"errors":{"query":["is invalid"]}}',
      '{"errors":5}',
      '{"errors":["a",{"b":1}]}',
      '{"errors":[null]}',
      '{"error":{"root_cause":[null]}}',
      '{"error":{"reason":{"toString":null}}}',
      '{"message":{"toString":1}}',
      'null',
    ])('gives a reason for an error of any other form: %s', (body) =>
      against(refuse(500, { 'content-type': 'application/json' }, body), async ({ ask }) => {
        await expect(ask(later())).rejects.toMatchObject({ code: 'SH_BACKEND', status: 500 });
      }),
    );

    test.skipIf(lacks.includes('headers'))(
      'repeats no credential that an error repeats, with or without its word',
      () =>
        against(
          (response, request) => {
            const key = `${request.headers['x-key']}`.replace('ApiKey ', '');
            return refuse(
              500,
              {},
              `wrong: ${request.headers['x-key']}, ${key}\u202e\u001b[31m\u0000`,
            )(response, request);
          },
          async ({ ask }) => {
            const message = expect.stringMatching(/: wrong: …, …(?: \[31m)?$/);
            await expect(ask(later())).rejects.toMatchObject({ code: 'SH_BACKEND', message });
          },
          { headers: { 'x-key': 'ApiKey a2V5OnNlY3JldHNlY3JldA' } },
        ),
    );

    test.each(['jaeger/unknown-route'])('says that an address which leads to a page is no backend (%s)', (page) =>
      against(replay(recorded(page)), async ({ ask, check }) => {
        await expect(ask(later())).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
        expect(await check(later())).toMatchObject({ ok: false, remedy: expect.stringContaining('base path') });
      }),
    );

    test('knows a page without its content type', () =>
      against(refuse(200, {}, '\n  <!doctype html><title>Sign in</title>'), async ({ ask }) => {
        await expect(ask(later())).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
      }));

    test('a 404 page of a proxy says nothing of the trace or its logs', () =>
      against(refuse(404, { 'content-type': 'text/html' }, '<h1>404</h1>'), async ({ ask }) => {
        await expect(ask(later())).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
      }));

    test('does not follow a redirect to a login, and says where it leads', () =>
      against(refuse(302, { location: 'https://login.example/oauth?token=s3cret' }), async ({ ask }) => {
        const error = await ask(later()).catch((thrown) => thrown);
        expect(error).toMatchObject({ status: 302, advice: expect.stringContaining('https://login.example/oauth') });
        expect(error.advice).not.toContain('s3cret');
      }));

    test('says when nobody listens at the address', async () => {
      const { url } = await startAndStop();
      await expect(connect({ url }).ask(later())).rejects.toMatchObject({
        code: 'SH_UNREACHABLE',
        message: expect.stringContaining('refused'),
      });
      expect(await connect({ url }).check(later())).toMatchObject({ ok: false, remedy: expect.stringMatching(/\w/) });
    });

    test('sends the token, the tenant and further headers, each once', () =>
      against(
        replay(answer),
        async ({ ask }, requests) => {
          await textOf((await ask(later())).chunks);
          const { headers = {} } = requests[0] ?? {};
          if (!lacks.includes('token')) expect(headers.authorization).toBe('Bearer s3cret');
          if (tenantHeader !== undefined) expect(headers[tenantHeader]).toBe('team-a');
          if (!lacks.includes('headers')) expect(headers['x-forwarded-user']).toBe('spanhound');
        },
        {
          token: 's3cret',
          ...(tenantHeader !== undefined && { tenant: 'team-a' }),
          headers: { 'X-Forwarded-User': 'spanhound' },
        },
      ));

    test.skipIf(lacks.includes('user'))(
      'sends credentials of the address as a header, and shows them nowhere',
      async () => {
        await using server = await startRecordedServer(() => refuse(401, {}, 'unknown user hound with s3cr%t'));
        const url = new URL(server.url);
        url.username = 'hound';
        url.password = 's3cr%25t';
        const error = await connect({ url })
          .ask(later())
          .catch((thrown) => thrown);
        const basic = `Basic ${Buffer.from('hound:s3cr%t').toString('base64')}`;
        expect(server.requests[0]?.headers.authorization).toBe(basic);
        expect(error).toMatchObject({ status: 401, advice: expect.stringContaining('token and tenant') });
        expect(`${error.message} ${error.advice}`).not.toMatch(/s3cr/);
      },
    );

    test('shows no credentials in the query that people can open', async () => {
      await using server = await startRecordedServer(() => replay(answer));
      const url = new URL(server.url);
      url.username = 'hound';
      url.password = 's3cret';
      const body = await connect({ url, token: 't0ken' }).ask(later());
      await textOf(body.chunks);
      expect(`${body.query.text} ${body.query.url}`).not.toMatch(/s3cret|t0ken|\bhound\b/);
    });
  });
}

function nothingReceived(error: unknown) {
  return { received: '', error };
}

async function readUntilError({ chunks }: OpenBody): Promise<{ received: string; error: unknown }> {
  const parts: Uint8Array[] = [];
  try {
    for await (const chunk of chunks) parts.push(chunk);
  } catch (error) {
    return { received: Buffer.concat(parts).toString('utf8'), error };
  }
  return { received: Buffer.concat(parts).toString('utf8'), error: undefined };
}

async function startAndStop(): Promise<{ url: URL }> {
  await using server = await startRecordedServer(() => hang());
  return { url: server.url };
}
