/** Log lines at their spans, in every form of a waterfall. */
import { describe, expect, test } from 'vitest';
import { linesOfTrace } from '#model/logs/log-correlation.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { htmlOf } from '#present/documents/html.ts';
import { markdownOf } from '#present/documents/markdown.ts';
import { textOf } from '#present/documents/terminal.ts';
import { linesOf } from '#present/waterfall/lines.ts';
import { waterfallAlt, waterfallSvg } from '#present/waterfall/svg.ts';
import { waterfallOf } from '#present/waterfall/waterfall.ts';
import { analysisOf, spanAt } from '#test/analysis.ts';
import { logLine } from '#test/log-line.ts';
import { server, span, times, traceOf } from '#test/trace.ts';

const trace = traceOf(
  server('web', 'GET /', { ms: 1000, failed: true }, [
    span('web', 'render', { at: 200, ms: 300 }),
    server('pay', 'POST /pay', { at: 600, ms: 200, failed: true }),
  ]),
);

function line(service: string, at: number, text: string, level = 'info', spanId = ''): LogLine {
  return logLine(service, at, text, { level, spanId, traceId: trace.traceId });
}

function analysed(...lines: LogLine[]) {
  return analysisOf(trace, {
    cause: { spans: [spanAt(trace, '0.1')] },
    logs: linesOfTrace(trace, lines, { several: false }),
    correlation: { rungs: [], offsets: [] },
  });
}

function rows(...lines: LogLine[]) {
  const analysis = analysed(...lines);
  return waterfallOf(analysis.trace, analysis.judgement, { lines: linesOf(analysis) }).rows;
}

const WIDTH = { width: 100, colour: false };

describe('a row', () => {
  test('has the marks of its lines and the first errors in words', () => {
    const [, , pay] = rows(
      line('pay', 610, 'charging'),
      line('pay', 700, 'card declined trace_id=0123456789abcdef', 'error'),
      line('pay', 790, 'answered'),
    );
    expect(pay?.lines).toEqual({
      count: 3,
      errors: 1,
      marks: [
        { atUs: 610_000, isError: false },
        { atUs: 700_000, isError: true },
        { atUs: 790_000, isError: false },
      ],
      said: [{ atUs: 700_000, text: 'card declined' }],
    });
  });

  test('has those of the spans that are folded into it', () => {
    const many = traceOf(
      server(
        'web',
        'GET /',
        { ms: 1000 },
        times(50, (n) => span('web', 'read', { at: n * 20, ms: 10 })),
      ),
    );
    const logs = times(50, (n) => logLine('web', n * 20 + 5, 'read', { spanId: `0.${n}`, traceId: many.traceId }));
    const analysis = analysisOf(many, { logs: linesOfTrace(many, logs, { several: false }) });
    const { rows } = waterfallOf(many, analysis.judgement, { lines: linesOf(analysis) });
    expect(rows.map(({ lines }) => lines.count)).toEqual([0, 50]);
  });

  test('shows a repeated text once, with the number of errors', () => {
    const errors = times(40, (n) => line('pay', 610 + n, `attempt ${n} failed`, 'error'));
    const [, , pay] = rows(...errors);
    expect(pay?.lines).toMatchObject({ errors: 40, said: [{ text: 'attempt 0 failed' }] });
    expect(textOf(analysed(...errors), WIDTH)).toContain('attempt 0 failed (of 40 error lines)');
  });

  test('marks no line outside of the trace’s time, and counts it', () => {
    const [root] = rows(line('web', 4_000, 'late', 'info', '0'));
    expect(root?.lines).toMatchObject({ marks: [], count: 1 });
  });
});

test('the whole picture has six errors in words, the earliest', () => {
  const wide = traceOf(
    server(
      'web',
      'GET /',
      { ms: 1000 },
      times(9, (n) => server(`s${n}`, 'GET', { at: n * 100, ms: 90, failed: true })),
    ),
  );
  const logs = times(9, (n) =>
    logLine(`s${8 - n}`, (8 - n) * 100 + 5, `error ${'abcdefghi'[n]}`, { level: 'error', traceId: wide.traceId }),
  );
  const analysis = analysisOf(wide, { logs: linesOfTrace(wide, logs, { several: false }) });
  const said = waterfallOf(wide, analysis.judgement, { lines: linesOf(analysis) }).rows.map(
    ({ lines }) => lines.said.length,
  );
  expect(said).toEqual([0, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
});

describe('in the text', () => {
  test('marks stand in the bar at their times, the error below its span', () => {
    const text = textOf(analysed(line('pay', 650, 'charging'), line('pay', 750, 'card declined', 'error')), WIDTH);
    const shown = text.split('\n');
    const row = shown.findIndex((candidate) => candidate.includes('pay POST /pay'));
    expect(shown[row]).toMatch(/ [█•!]*•[█•!]*!/);
    expect(shown[row + 1]).toMatch(/^ +! 750 ms {2}card declined$/);
    expect(text).toContain('• log line   ! error line');
  });

  test('no line is wider than the terminal', () => {
    const text = textOf(analysed(line('pay', 650, 'x'.repeat(500), 'error')), { width: 60, colour: false });
    for (const shown of text.split('\n')) expect(shown.length).toBeLessThanOrEqual(60);
  });

  test('without lines nothing is said of them', () => {
    expect(textOf(analysed(), WIDTH)).not.toMatch(/log line|error line/);
  });
});

describe('in the picture', () => {
  test('a ring for a line and a diamond for an error, with signs in the legend and words in the alternative text', () => {
    const analysis = analysed(line('pay', 650, 'charging'), line('pay', 750, 'card declined', 'error'));
    const svg = waterfallSvg(analysis);
    expect(svg.match(/<circle/g)).toHaveLength(2); // the line, and the legend's
    expect(svg).toContain('>log line</text>');
    expect(svg).toContain('>750 ms  card declined</text>');
    expect(waterfallAlt(analysis)).toContain('2 log lines at their spans, 1 of them an error.');
  });

  test('marks that would hide one another are one, and an error wins', () => {
    const svg = waterfallSvg(
      analysed(...times(400, (n) => line('pay', 600 + n / 2, 'x', n === 200 ? 'error' : 'info'))),
    );
    expect(svg.match(/<circle/g)?.length).toBeLessThan(25);
    expect(svg).toContain('>error line</text>');
  });

  test("a line's text is escaped and redacted in every form", () => {
    const evil = 'password=hunter2345 </text><script>alert(1)</script> `x` @here ![a](http://evil.example)';
    const analysis = analysed(line('pay', 650, evil, 'error'));
    for (const form of [waterfallSvg(analysis), htmlOf(analysis), markdownOf(analysis), textOf(analysis, WIDTH)]) {
      expect(form).not.toContain('hunter2345');
    }
    for (const form of [waterfallSvg(analysis), htmlOf(analysis)]) expect(form).not.toContain('<script>');
  });
});
