import { describe, expect, it } from 'vitest';
import { htmlOf } from '#present/documents/html.ts';
import { markdownOf } from '#present/documents/markdown.ts';
import { analysisOf } from '#test/analysis.ts';
import { errorChainAnalysis, healthyAnalysis, slowQueryAnalysis } from '#test/shown-traces.ts';
import { server, traceOf } from '#test/trace.ts';

const hostile = '<img src=x onerror=alert(1)> [a](javascript:x) ``` @everyone | **b** https://evil.example "q"';
const hostileAnalysis = analysisOf(traceOf(server('```', hostile, { ms: 5 })), {
  cause: { spans: [0], title: hostile, remedy: hostile, explanation: hostile },
});

describe('Markdown', () => {
  it('begins with the headline and the first message, and ends with all gaps', () => {
    const markdown = markdownOf(slowQueryAnalysis());
    expect(markdown).toMatch(/^# order-service: one query holds 2\.24 s/);
    expect(markdown).toMatch(/\n\nLikely · 1 request looked at\n\nGET \/orders · 2026-01-06 14:30 UTC\n\n```text\n/);
    expect(markdown).toContain('*Not seen:* loki: timed out after 5 s; log lines were not read\n');
    expect(markdown).toMatch(/## All that was not seen\n\n- loki: timed out after 5 s; log lines were not read\n$/);
  });

  it('shows the waterfall in a code block', () => {
    expect(markdownOf(errorChainAnalysis())).toMatch(/```text\n✗ 503 web-frontend POST \/checkout .*\n/);
  });

  it('lets no name become markup, a link, a mention or the end of the code block', () => {
    const [before, inside, after] = markdownOf(hostileAnalysis).split('````');
    expect(inside).toContain('```');
    for (const prose of [before, after]) {
      expect(prose).not.toMatch(/<img|(?<!\\)\[a\]|@everyone|(?<!\\)\*\*b|https:\/\/evil/);
    }
  });
});

describe('HTML', () => {
  it('is one page without script, with its picture, and fits a phone', () => {
    const page = htmlOf(slowQueryAnalysis());
    expect(page).toContain('<svg xmlns=');
    expect(page).toContain('name="viewport" content="width=device-width');
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|src=/);
  });

  it('escapes every name', () => {
    const page = htmlOf(hostileAnalysis);
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  it('says of a healthy trace that nothing was found', () => {
    expect(htmlOf(healthyAnalysis())).toContain(
      '<h1>Nothing wrong found in this request: GET /health took 0.01 s</h1>',
    );
  });
});
