import { describe, expect, test } from 'vitest';
import { compareTraces } from '#diagnose/comparison.ts';
import { presentComparison } from '#present/present-comparison.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { call, query, type SpanNode, server, span, times, traceOf } from '#test/trace.ts';

const HOSTILE =
  '<!channel> <@U012ABC> *b* `c` <script>alert(1)</script> [l](javascript:x) \u001b[31m token=sk-1234567890abcdefghijkl';

const FORMS = { text: { width: 100, colour: false }, markdown: true, html: true, png: true, slack: true } as const;

async function presented(healthy: SpanNode, failing: SpanNode) {
  const side = (root: SpanNode) => ({ traces: [traceOf(root)], chosen: HOSTILE });
  let svg = '';
  const forms = await presentComparison(
    compareTraces(side(healthy), side(failing), undefined),
    FORMS,
    async (drawn) => {
      svg = drawn;
      return new Uint8Array();
    },
  );
  return { ...forms, svg };
}

describe('hostile text in names and values', () => {
  const page = (ms: number, value: string) =>
    server('web', 'GET /page', { ms: ms + 20 }, [
      call('web', 'stock', `GET ${HOSTILE}`, { at: 2, ms, attributes: { [`flag.${HOSTILE}`]: value } }),
      ...(ms > 100 ? [span('web', HOSTILE, { at: 5, ms: 3, failed: true, statusText: HOSTILE })] : []),
    ]);

  test('changes no form and shows no secret', async () => {
    const { text, markdown, html, slack, svg, report } = await presented(page(10, 'a'), page(900, HOSTILE));
    const all = [text, markdown, html, svg, JSON.stringify(slack), JSON.stringify(report)];
    for (const form of all) {
      expect(form).not.toContain('sk-1234567890');
      expect(form).not.toContain('\u001b');
    }
    for (const form of [html, svg]) expect(form).not.toContain('<script');
    expect(markdown).not.toMatch(/(?<!\\)\[l\]\(javascript/);
    expect(slack?.text).not.toContain('<!channel>');
    expect(JSON.stringify(slack?.blocks)).not.toMatch(/"type":"mrkdwn"/);
    expect(blockProblems(slack?.blocks ?? [])).toEqual([]);
  });
});

describe('the picture', () => {
  test('has in a thread at most ten rows, each call once, and names added and missing calls', async () => {
    const name = (i: number) => `${'abcdefghijkl'[i % 12]}${'mnopqrstuvwx'[Math.floor(i / 12)]}`;
    const calls = (from: number, count = 80) =>
      times(count, (i) => call('web', name(from + i), `GET /${name(from + i)}`, { at: i, ms: 1 }));
    const { svg } = await presented(
      server('web', 'GET /page', { ms: 100 }, calls(0)),
      server('web', 'GET /page', { ms: 101 }, calls(40)),
    );
    expect(svg.match(/<g>/g)).toHaveLength(10);
    const few = await presented(
      server('web', 'GET /page', { ms: 100 }, calls(0, 3)),
      server('web', 'GET /page', { ms: 101 }, calls(40, 3)),
    );
    for (const word of ['only here', 'not made', 'stroke-dasharray']) expect(few.svg).toContain(word);
    expect(svg).toMatch(/<title id="comparison-title-thread">[^<]+<\/title>/);
  });
});

describe('the words', () => {
  const page = (ms: number, more: readonly SpanNode[] = [], failed = false) =>
    server('web', 'GET /page', { ms, failed, attributes: { 'http.response.status_code': failed ? 500 : 200 } }, [
      query('web', 'SELECT * FROM users WHERE id = 1', { at: 1, ms: 8 }),
      ...more,
    ]);
  const wait = (ms: number, failed = false) => span('web', 'pg-pool.connect', { at: 12, ms, failed });
  const linesOf = (text: string | undefined, title: string) =>
    (text ?? '').split(`\n${title}\n`)[1]?.split('\n\n')[0] ?? '';

  test('say once that there are too few healthy traces, and the JSON keeps it as a gap', async () => {
    const { text, slack, report } = await presented(page(30), page(430, [wait(400)]));
    expect(text).toContain('This may be chance: 1 healthy trace is too few');
    expect(text).not.toContain('Not seen');
    expect(JSON.stringify(slack?.blocks)).not.toContain('Not seen');
    expect(report.gaps).toMatchObject([{ problem: 'the baseline has only 1 trace' }]);
  });

  test('do not call a recorded failure chance', async () => {
    const { text } = await presented(page(30), page(430, [wait(400, true)], true));
    expect(text).toMatch(/^web: pg-pool\.connect fails/);
    expect(text).toContain('The trace itself records this failure. Other differences may be chance');
    expect(text).not.toContain('This may be chance');
  });

  test.each([
    [
      'is made only now',
      page(30),
      page(430, [wait(400)]),
      /pg-pool\.connect takes 400 ms .* not made: 100 % .* loses/s,
    ],
    ['fails and is made only now', page(30), page(430, [wait(400, true)], true), /pg-pool\.connect takes 400 ms/],
    [
      'is no longer made',
      page(430, [wait(400)]),
      page(30),
      /pg-pool\.connect is not made, reference: 400 ms .* saves/s,
    ],
    [
      'is made more often',
      page(30, [wait(5)]),
      page(
        630,
        times(6, (i) => span('web', 'pg-pool.connect', { at: 12 + i * 100, ms: 95 })),
      ),
      /pg-pool\.connect .*(?:% of the time)/s,
    ],
  ])('list the time of a call that %s', async (_, healthy, failing, expected) => {
    const { text } = await presented(healthy, failing);
    expect(linesOf(text, 'Where the time differs, the critical path first')).toMatch(expected);
  });

  test('list the time of a new call once, with the calls below it', async () => {
    const added = call('web', 'tax', 'GET /tax', { at: 12, ms: 400 }, [server('tax', 'GET /tax', { at: 13, ms: 398 })]);
    const { text } = await presented(page(30), page(430, [added]));
    expect(linesOf(text, 'Where the time differs, the critical path first').match(/ takes /g)).toHaveLength(1);
  });

  test('call a baseline of failed traces not healthy, and traces without a failure not failing', async () => {
    const { text, svg } = await presented(page(430, [wait(400, true)], true), page(30));
    expect(text).toContain('Reference: trace');
    expect(text).toContain('Compared: trace');
    const hint = /If the order is swapped, name the healthy trace\s+first and the failing one last\./;
    expect(text).toMatch(hint);
    expect(`${(text ?? '').replace(hint, '')}${svg}`).not.toMatch(
      /Failing|the failing trace|[Hh]ealthy:|the healthy trace/,
    );
  });
});
