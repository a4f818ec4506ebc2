/**
 * For each detector's page, the smallest request with it as the answer: written in `detector-examples/`, then sent
 * the way of every trace, as OTLP through a session.
 */
import { openSession } from '#analyse/open-session.ts';
import type { AnalysedTrace, Session } from '#analyse/session.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { BodyKind } from '#model/trace/build/body.ts';
import { happening, logsJsonlOf, otlpOf } from '#test/otlp.ts';
import type { Scenario, ScenarioLog } from '#test/scenarios.ts';
import { DRAWN_AT_US, type SpanNode } from '#test/trace.ts';
import { windowPresented } from '#test/window.ts';

export type DetectorExample = TraceExample | LogExample | WindowExample;

type WindowExample = Readonly<{
  /** Describes the excerpt in a sentence or two. */
  shows: string;
  window: TimeWindow;
  /** As files or backends return them. */
  bodies: readonly Readonly<{ kind: BodyKind; text: string }>[];
  /** The few lines that a person would look at. */
  excerpt: string;
}>;

type LogExample = Readonly<{
  /** Describes the lines in a sentence or two. */
  shows: string;
  /** In order of time. The page omits long stretches. */
  lines: readonly LogLine[];
  /** Lines of a healthy time window, for detectors that compare. */
  healthyLines?: readonly LogLine[];
}>;

type TraceExample = Readonly<{
  /** Describes the picture in a sentence or two. */
  shows: string;
  roots: readonly SpanNode[];
  logs?: readonly ScenarioLog[];
  /** The roots of healthy requests, for detectors that compare. The first is drawn beside the example. */
  healthy?: readonly SpanNode[];
  /** Also draws the recorded times, before clocks were corrected. */
  asRecorded?: true;
}>;

export type AnalysedExample = Readonly<{
  shows: string;
  verdict: string;
  /** The waterfall without a headline: the page has the verdict as text. */
  svg?: string;
  /** Log lines, instead of the waterfall. */
  excerpt?: string;
  /** The baseline; `name` is part of the picture's name. */
  beside?: Readonly<{ name: string; is: string; svg: string }>;
  report: AnalysedTrace['report'];
}>;

/** Healthy requests came earlier, a minute apart. */
const APART_US = 60_000_000;

export async function analysedExample(id: string): Promise<AnalysedExample> {
  const { example } = (await import(`./detector-examples/${id}.ts`)) as { example: DetectorExample };
  if ('lines' in example) return await analysedLines(example);
  if ('window' in example) return await analysedWindow(example);
  const { report, svg } = await analysed(id, example);
  const beside = await besideOf(id, example);
  const verdict = report.diagnosis?.verdict ?? 'Nothing wrong found';
  return { shows: example.shows, verdict, svg, ...(beside && { beside }), report };
}

async function analysedLines({ shows, lines, healthyLines = [] }: LogExample): Promise<AnalysedExample> {
  const { report, logs = '' } = await windowPresented(lines, { baseline: healthyLines, forms: { logs: true } });
  return { shows, verdict: report.diagnosis?.verdict ?? 'Nothing wrong found', excerpt: excerptOf(logs), report };
}

async function analysedWindow({ shows, window, bodies, excerpt }: WindowExample): Promise<AnalysedExample> {
  const session = openSession({ thresholds: {}, links: NO_LINKS, maxClockSkewUs: MAX_CLOCK_SKEW_US });
  try {
    for (const [at, { kind, text }] of bodies.entries()) await feed(session, kind, text, `${kind} ${at}`);
    const [only] = await session.reports({ window: { kind: 'window', ...window } });
    if (only === undefined) throw new Error('a window has one report');
    return { shows, verdict: only.report.diagnosis?.verdict ?? 'Nothing wrong found', excerpt, report: only.report };
  } finally {
    await session.close();
  }
}

/** The first and last lines of a longer log. */
const EXCERPT_LINES = 14;

function excerptOf(logs: string): string {
  const rows = logs.trimEnd().split('\n');
  if (rows.length <= EXCERPT_LINES) return rows.join('\n');
  const half = EXCERPT_LINES / 2;
  const between = `    … ${rows.length - EXCERPT_LINES} more …`;
  return [...rows.slice(0, half), between, ...rows.slice(-half)].join('\n');
}

async function besideOf(id: string, { roots, healthy: [root] = [], asRecorded }: TraceExample) {
  if (root !== undefined) {
    return { name: 'healthy', is: 'A healthy request', svg: (await analysed(id, { roots: [root] })).svg };
  }
  if (asRecorded === undefined) return undefined;
  return { name: 'as-recorded', is: 'As the hosts recorded it', svg: (await analysed(id, { roots }, 0)).svg };
}

/** An hour, the default. */
const MAX_CLOCK_SKEW_US = 3_600_000_000;

async function analysed(
  id: string,
  { roots, logs = [], healthy = [] }: Pick<TraceExample, 'roots' | 'logs' | 'healthy'>,
  maxClockSkewUs = MAX_CLOCK_SKEW_US,
) {
  const happened = happening(scenarioOf(id, roots, logs));
  const before = healthy.map((root, at) =>
    happening(scenarioOf(`${id} healthy ${at}`, [root], []), { startUs: DRAWN_AT_US - (at + 1) * APART_US }),
  );
  const session = openSession({ thresholds: {}, links: NO_LINKS, maxClockSkewUs });
  try {
    await feed(session, 'trace', JSON.stringify(otlpOf(happened)));
    if (logs.length > 0) await feed(session, 'logs', logsJsonlOf(happened));
    if (before.length > 0) {
      const resourceSpans = before.flatMap((each) => otlpOf(each).resourceSpans);
      await feed(session, 'baseline', JSON.stringify({ resourceSpans }));
    }
    const [only, ...more] = await session.reports({ html: true });
    const [svg] = /<svg [\s\S]*?<\/svg>/.exec(only?.html ?? '') ?? [];
    if (only === undefined || svg === undefined || more.length > 0) {
      throw new Error(`the example of ${id} should be one trace`);
    }
    return { report: only.report, svg: `${svg}\n` };
  } finally {
    await session.close();
  }
}

function scenarioOf(name: string, roots: readonly SpanNode[], logs: readonly ScenarioLog[]): Scenario {
  return { name, title: '', what: '', roots, logs, expected: undefined };
}

async function feed(session: Session, kind: BodyKind, text: string, id: string = kind): Promise<void> {
  session.body(id, { kind, format: 'auto', source: kind, file: '', query: { text: '', url: '' } });
  await session.bytes(id, Buffer.from(text));
  await session.end(id);
}

const NO_LINKS = { trace: '', span: '', logs: '', runbooks: '' };
