import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { recorded, replay, startRecordedServer } from '#test/recorded-server.ts';
import { spanhound } from './run-spanhound.ts';

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

function both(): Record<string, string> {
  return { JAEGER_URL: backends.jaegerUrl, LOKI_URL: backends.lokiUrl };
}

/** Nobody listens on the port of a protocol that is no more. */
const NOBODY = 'http://127.0.0.1:9';

describe('trace', () => {
  test('prints the verdict of the trace and its logs', async () => {
    const { code, stdout, stderr } = await spanhound(['trace', SLOW_QUERY_TRACE.id], { env: both() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\/dispatch takes 0.69 s: SELECT customer in `mysql` is a slow query\n/);
    expect(stdout).toContain(SLOW_QUERY_TRACE.id);
  });

  test('writes the same report with --full where no list had to be cut, and only as JSON', {
    tags: ['deep'],
  }, async () => {
    const args = ['trace', SLOW_QUERY_TRACE.id];
    const [brief, full, text] = await Promise.all([
      spanhound([...args, '--json'], { env: both() }),
      spanhound([...args, '--json', '--full'], { env: both() }),
      spanhound([...args, '--full'], { env: both() }),
    ]);
    expect(full.code).toBe(0);
    expect(JSON.parse(full.stdout).criticalPath).toEqual(JSON.parse(brief.stdout).criticalPath);
    expect(text.code).toBe(2);
  });

  test('says that several traces were given, and asks for one', async () => {
    const { code, stderr } = await spanhound(['trace', `http://jaeger/trace/${'a1'.repeat(16)}...${'b2'.repeat(16)}`]);
    expect(code).toBe(2);
    expect(stderr).toContain(`this names 2 traces: ${'a1'.repeat(16)}, ${'b2'.repeat(16)}\nGive one of them.`);
  });

  test('takes the link that a person has in hand', async () => {
    const link = `https://jaeger.example.com/trace/${SLOW_QUERY_TRACE.id}?uiFind=0123456789abcdef`;
    const { code, stdout } = await spanhound(['trace', link, '--json'], { env: both() });
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ schema: 'spanhound.report/1', subject: { traceId: SLOW_QUERY_TRACE.id }, gaps: [] });
    expect(report).not.toHaveProperty('file');
  });

  test('says in its first lines that it found the trace under another id', { tags: ['deep'] }, async () => {
    const { id } = SLOW_QUERY_TRACE;
    const firstLines = async (typed: string, ...more: string[]) => {
      const { code, stdout } = await spanhound(['trace', typed, ...more], { env: both() });
      expect(code).toBe(0);
      const lines = stdout.split('\n').slice(0, 5);
      return lines.map((line) => line.trim()).join(' ');
    };
    expect(await firstLines(id)).not.toMatch(/You asked|from the|There is no/);
    const linked = await spanhound(['trace', `https://jaeger.example.com/trace/${id}`], { env: both() });
    expect(linked.stdout).toContain(`trace ${id} (from the link)`);
    const brief = 'No trace has the id that you gave. Log lines with it name this trace.';
    const another = `There is no trace 0${id}. This is trace ${id}: log lines with 0${id} name it.`;
    expect(await firstLines(`0${id}`)).toContain(brief);
    expect(await firstLines(`0${id}`, '--format', 'md')).toContain(brief);
    const page = await spanhound(['trace', `0${id}`, '--format', 'html'], { env: both() });
    expect(page.stdout).toContain(`<p>${brief}`);
    const report = JSON.parse(await firstLines(`0${id}`, '--json'));
    expect(report.subject).toMatchObject({ traceId: id, asked: `0${id}`, askedNote: expect.stringContaining(another) });
    const picture = await spanhound(['trace', `0${id}`, '--format', 'png'], { env: both() });
    expect(picture.stderr).toContain(another);
  });

  test('an id with a digit too few, or a letter that is none, is not found, and says what is wrong with it', async () => {
    const { id } = SLOW_QUERY_TRACE;
    const said = async (typed: string) => {
      const { code, stdout, stderr } = await spanhound(['trace', typed], { env: both() });
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      return stderr;
    };
    expect(await said(id.slice(0, 31))).toContain('A trace id has 32 or 16 hex digits; this one has 31.');
    expect(await said(id.slice(1))).toContain('this one has 31.');
    expect(await said(`${id.slice(0, 31)}g`)).toContain('only hex digits, 0 to 9 and a to f; this one has g.');
  });

  test('without a log store names the gap, and the verdict stands', async () => {
    const { code, stdout } = await spanhound(['trace', SLOW_QUERY_TRACE.id, '--json'], {
      env: { JAEGER_URL: backends.jaegerUrl },
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).gaps).toMatchObject([{ source: 'logs' }]);
  });

  test('a log store that is down is a gap and no failure', async () => {
    const { code, stdout } = await spanhound(['trace', SLOW_QUERY_TRACE.id, '--json'], {
      env: { ...both(), LOKI_URL: NOBODY },
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).gaps).toMatchObject([{ source: 'loki' }]);
  });

  test('exits 3 where the trace is not', async () => {
    const { code, stdout, stderr } = await spanhound(['trace', '0123456789abcdef0123456789abcdef'], { env: both() });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      /^spanhound: no trace `0123456789abcdef0123456789abcdef` in Jaeger, and nothing in the last day’s logs mentions it\n.*It may be sampled out/,
    );
  });

  test.each(['zzzzzz', 'req-7f3a9c'])('says of %s, which nobody knows, that nobody knows it', async (id) => {
    const { code, stdout, stderr } = await spanhound(['trace', id], { env: both() });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(`no trace \`${id}\` in Jaeger, and nothing in the last day’s logs mentions it\n`);
    expect(stderr).not.toMatch(/[Aa]ccepted|is empty/);
  });

  test('exits 4 where no source answers', async () => {
    const { code, stdout } = await spanhound(['trace', SLOW_QUERY_TRACE.id], { env: { JAEGER_URL: NOBODY } });
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  });

  test('exits 4 where a wrong base path leads to the page of a UI, and says to check the path', async () => {
    await using server = await startRecordedServer(() => replay(recorded('jaeger/unknown-route')));
    const { code, stderr } = await spanhound(['trace', SLOW_QUERY_TRACE.id], { env: { JAEGER_URL: server.url.href } });
    expect(code).toBe(4);
    expect(stderr).toContain('Check the base path');
  });

  test('exits 2 where no trace source is configured, with the variable to set', async () => {
    const { code, stderr } = await spanhound(['trace', SLOW_QUERY_TRACE.id]);
    expect(code).toBe(2);
    expect(stderr).toContain('JAEGER_URL');
  });

  test('never shows the token that it sends', async () => {
    await using server = await startRecordedServer(() => replay({ ...recorded('jaeger/mt-bad-tenant'), status: 401 }));
    const { stdout, stderr } = await spanhound(['trace', SLOW_QUERY_TRACE.id], {
      env: { JAEGER_URL: server.url.href, JAEGER_TOKEN: 'hidden-token' },
    });
    expect(server.requests[0]?.headers.authorization).toBe('Bearer hidden-token');
    expect(stdout + stderr).not.toContain('hidden');
  });
});

test('text of several words without a source of logs: the message says where text is looked for', async () => {
  const { code, stderr } = await spanhound(['trace', 'Order 4711 fails'], {
    env: { JAEGER_URL: 'http://127.0.0.1:1' },
  });
  expect(code).toBe(2);
  expect(stderr).toMatch(/Spanhound searches logs for such a text, and no source of logs is configured\n.*LOKI_URL/);
});

test('text of several words is looked for in the logs', async () => {
  const { stderr } = await spanhound(['trace', 'Order 4711 fails'], { env: { LOKI_URL: 'http://127.0.0.1:1' } });
  expect(stderr).toContain('no source answered: loki did not answer');
  expect(stderr.match(/did not answer/g)).toHaveLength(1);
});
