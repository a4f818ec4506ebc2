import { describe, expect, test } from 'vitest';
import { compareTraces } from '#diagnose/comparison.ts';
import { presentComparison } from '#present/present-comparison.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { call, type SpanNode, server, span, times, traceOf } from '#test/trace.ts';

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
  test('has at most twenty rows, each call once, and names added and missing calls', async () => {
    const name = (i: number) => `${'abcdefghijkl'[i % 12]}${'mnopqrstuvwx'[Math.floor(i / 12)]}`;
    const calls = (from: number, count = 80) =>
      times(count, (i) => call('web', name(from + i), `GET /${name(from + i)}`, { at: i, ms: 1 }));
    const { svg } = await presented(
      server('web', 'GET /page', { ms: 100 }, calls(0)),
      server('web', 'GET /page', { ms: 100 }, calls(40)),
    );
    expect(svg.match(/<g>/g)).toHaveLength(20);
    const few = await presented(
      server('web', 'GET /page', { ms: 100 }, calls(0, 3)),
      server('web', 'GET /page', { ms: 100 }, calls(40, 3)),
    );
    for (const word of ['only here', 'not made', 'stroke-dasharray']) expect(few.svg).toContain(word);
    expect(svg).toMatch(/<title id="comparison-title">[^<]+<\/title>/);
  });
});
