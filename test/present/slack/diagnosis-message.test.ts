import { describe, expect, it } from 'vitest';
import type { TraceAnalysis } from '#model/finding/analysis.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { failureMessage, firstLine, slackAnswer, unknownIdMessage } from '#present/slack/diagnosis-message.ts';
import { analysisOf, findingOf } from '#test/analysis.ts';
import { blockText } from '#test/block-text.ts';
import {
  errorChainAnalysis,
  healthyAnalysis,
  LINKS,
  largeAnalysis,
  nPlusOneAnalysis,
  slowQueryAnalysis,
  unsureAnalysis,
} from '#test/shown-traces.ts';
import { server, span, times, traceOf } from '#test/trace.ts';

it('has the verdict, the reasons, the counter-evidence, the action, the buttons, and last the gaps', () => {
  const said = blockText(slackAnswer(slowQueryAnalysis()).blocks);
  const parts = [
    'order-service: one query holds 2.24 s',
    'Likely',
    '1 request looked at',
    'Why',
    'order-service: one query holds 2.24 s of the 2.34 s of GET /orders (a full scan)',
    'Wrong if',
    'Do now',
    'runbook',
    'Logs',
    'Not seen: loki: timed out after 5 s; log lines were not read',
  ];
  let at = -1;
  const order = parts.map((part) => {
    at = said.indexOf(part, at + 1);
    return at;
  });
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

it('has the whole conclusion in its text, for notifications and screen readers', () => {
  expect(slackAnswer(slowQueryAnalysis()).text).toBe(
    'order-service: one query holds 2.24 s of the 2.34 s of GET /orders. Likely · 1 request looked at',
  );
});

it('links each reason to its evidence', () => {
  const [, reasons] = slackAnswer(slowQueryAnalysis()).blocks;
  const urls = JSON.stringify(reasons).match(/https:[^"]+/g);
  expect(urls).toEqual([
    'https://jaeger.example/trace/drawn?uiFind=0.1.0.1',
    'https://jaeger.example/trace/drawn?uiFind=0.1.0.1',
    'https://grafana.example/explore?trace=drawn',
    'https://wiki.example/spanhound/runbooks/slow-query.md',
  ]);
});

it('puts the picture after the verdict and describes it', () => {
  const { picture } = slackAnswer(errorChainAnalysis());
  expect(picture?.at).toBe(1);
  expect(picture?.alt).toContain('Marked as cause: ml-model POST /predict, 306 ms');
});

it('gives every button its action and the placeholder of the investigation', () => {
  const buttons = slackAnswer(slowQueryAnalysis()).blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements : [],
  );
  expect(buttons.map((each) => [each.action_id, 'value' in each && each.value])).toEqual([
    ['trace_logs', '{investigation}'],
    ['trace_compare', '{investigation}'],
    ['incident_declare', '{investigation}'],
    ['trace_methods', false],
  ]);
  const last = slackAnswer(slowQueryAnalysis())
    .thread.at(-1)
    ?.blocks.flatMap((block) => {
      return block.type === 'actions' ? block.elements : [];
    });
  expect(last?.map((each) => [each.action_id, 'value' in each && each.value])).toEqual([
    ['trace_right_yes', '{investigation}'],
    ['trace_right_no', '{investigation}'],
    ['trace_markdown', '{investigation}'],
  ]);
});

it('has the chain, the findings, the excluded causes, the time by operation and the queries in the thread', () => {
  const said = blockText(slackAnswer(slowQueryAnalysis()).thread);
  for (const part of [
    'From cause to effect',
    'Ruled out',
    'two queries, each of its own shape',
    'Where the time went',
    'GET /api/traces/drawn',
  ]) {
    expect(said).toContain(part);
  }
});

it('lists the examined problems and the gaps of a healthy trace', () => {
  const { text, blocks, thread } = slackAnswer(healthyAnalysis());
  expect(text).toBe('Nothing wrong found in this request: GET /health took 0.01 s');
  expect(blockText(blocks)).toContain('Looked for 2 kinds of problems in \n2 spans\n.');
  // No reason links to the trace.
  expect(JSON.stringify(blocks)).toMatch(/"type":"link","url":"[^"]+","text":"2 spans"/);
  const said = blockText(thread);
  expect(said).toContain('N+1 queries, Slow query');
  expect(said).toContain('Burst of errors: no logs');
  expect(said).not.toContain('Why');
});

describe('names from a trace', () => {
  const hostile = '<!channel> <@U123> <https://evil.example|click> `code` *bold* & :tada:';
  const trace = traceOf(server(hostile, hostile, { ms: 5 }));
  const answer = slackAnswer(
    analysisOf(trace, { cause: { spans: [0], title: hostile, explanation: hostile }, links: LINKS }),
  );

  it("has no mentions and no links in the message's text", () => {
    expect(answer.text).not.toMatch(/[<>]/);
    expect(answer.text).toContain('&lt;!channel&gt;');
  });

  it('stand only where Slack parses nothing: in rich text and plain text', () => {
    expect(JSON.stringify(answer)).not.toContain('"mrkdwn"');
    expect(blockText(answer.blocks)).toContain('<!channel>');
    expect(JSON.stringify(answer)).not.toMatch(/"type":"(broadcast|user|usergroup|channel|emoji)"/);
  });

  it('cannot choose an address', () => {
    const urls = JSON.stringify(answer).match(/"url":"[^"]+"/g) ?? [];
    expect(urls.filter((url) => !/"https:\/\/(jaeger|grafana|wiki)\.example\//.test(url))).toEqual([]);
  });
});

it('stays within the limits of Slack, however long everything is', () => {
  const long = (what: string) => `${what} ${'<&>"word'.repeat(900)}`;
  const trace = traceOf(
    server(
      long('service'),
      long('operation'),
      { ms: 100 },
      times(40, (i) => span(long(`s${i}`), long(`o${i}`), { at: i, ms: 2 })),
    ),
  );
  const finding = (i: number) => findingOf(trace, { spans: [i], title: long(`t${i}`), explanation: long('e') });
  const analysis: TraceAnalysis = analysisOf(trace, {
    cause: {
      spans: [0],
      title: long('verdict'),
      explanation: long('explanation'),
      check: long('check'),
      remedy: long('remedy'),
      evidence: times(5, (i) => ({ kind: 'log', ref: '1', text: long(`line ${i}`) })),
    },
    symptom: { kind: 'slow', text: long('symptom') },
    findings: times(20, (i) => finding(i + 1)),
    diagnosis: {
      chain: times(20, (i) => ({ finding: i + 1, because: i })),
      ruledOut: times(20, () => ({ kind: 'k', service: long('s'), why: long('w') })),
    },
    gaps: times(20, () => ({ source: 'loki', problem: long('p'), consequence: long('c') })),
    links: { ...LINKS, span: `https://jaeger.example/${'x'.repeat(900)}?{spanId}` },
    queries: times(20, () => ({ source: 'loki', query: long('q'), url: `https://g.example/${'y'.repeat(900)}` })),
  });
  const { text, blocks, picture, thread } = slackAnswer(analysis);
  expect(text.length).toBeLessThanOrEqual(4000);
  expect(picture?.alt.length).toBeLessThanOrEqual(2000);
  for (const each of [blocks, ...thread.map((message) => message.blocks)]) expect(blockProblems(each)).toEqual([]);
});

it('passes its own check for every trace, and for the lines before and instead of a diagnosis', () => {
  for (const make of [slowQueryAnalysis, nPlusOneAnalysis, errorChainAnalysis, largeAnalysis, healthyAnalysis]) {
    const { blocks, thread } = slackAnswer(make());
    for (const each of [blocks, ...thread.map((message) => message.blocks)]) expect(blockProblems(each)).toEqual([]);
  }
  for (const { blocks } of [
    firstLine('abc'),
    failureMessage('Not found', 'Try again.'),
    failureMessage('Not found', ''),
  ]) {
    expect(blockProblems(blocks)).toEqual([]);
  }
});

it('always has rich text, because Slack refuses to replace a message with rich text by one without', () => {
  for (const { blocks } of [firstLine('abc'), failureMessage('t', 'a'), slackAnswer(healthyAnalysis())]) {
    expect(blocks.some(({ type }) => type === 'rich_text')).toBe(true);
  }
});

it('of an unknown id has a button for each way on', () => {
  const labels = (mayArrive: boolean, isMoreToSearch: boolean) =>
    blockText(unknownIdMessage('No trace', 'x', { id: 'abc', mayArrive, isMoreToSearch }).blocks.slice(1))
      .trim()
      .split('\n');
  expect(labels(true, true)).toEqual(['Try again', 'Look further back', 'What can I paste here?']);
  expect(labels(false, true)).toEqual(['Look further back', 'What can I paste here?']);
  expect(labels(true, false)).toEqual(['Try again', 'What can I paste here?']);
});

it('first names the trace and, if known, the sources', () => {
  expect(firstLine('4bf92f35<!here>').text).toBe('Reading trace 4bf92f35&lt;!here&gt;…');
  expect(firstLine('abc', ['Jaeger', 'Loki']).text).toBe('Reading trace abc from Jaeger and Loki…');
});

it('names all possible causes where the evidence names none', () => {
  const said = blockText(slackAnswer(unsureAnalysis()).blocks);
  expect(said).toMatch(/Could be\na wait for a connection of a full pool\ncomputing\nTo tell them apart\n/);
  expect(said).toContain('computing: a profile of GET /stats shows the processor at work');
  expect(said.indexOf('Could be')).toBeLessThan(said.indexOf('Wrong if'));
  expect(blockText(slackAnswer(slowQueryAnalysis()).blocks)).not.toContain('Could be');
});
