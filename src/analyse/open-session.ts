/** The session in this thread: what the command line uses, and what a worker runs. */

import { fontFiles } from '#analyse/fonts.ts';
import type { AnalysedTrace, BodyHead, Session, SessionSettings, Wanted } from '#analyse/session.ts';
import { logBody } from '#decode/log-body.ts';
import { type BodyDecoder, type DecodedTrace, traceBody } from '#decode/trace-body.ts';
import { detectors } from '#detect/registry.ts';
import { checkedOf, runDetector } from '#detect/run.ts';
import { judge } from '#diagnose/judge.ts';
import type { Analysis } from '#model/analysis.ts';
import type { Evidence } from '#model/evidence.ts';
import type { Gap } from '#model/gap.ts';
import type { LogLine } from '#model/log-line.ts';
import type { Trace } from '#model/trace.ts';
import { type SpanRow, traceFrom } from '#model/trace-builder.ts';
import { renderPng } from '#present/png.ts';
import { present } from '#present/present.ts';

type OpenBody = Readonly<{
  head: BodyHead;
  traces?: BodyDecoder<readonly DecodedTrace[]>;
  logs?: BodyDecoder<readonly LogLine[]>;
}>;

/** One trace of one file, or of all backends together. */
type Subject = { file: string; traceId: string; rows: SpanRow[]; trace: Trace | undefined };

export function openSession(settings: SessionSettings): Session {
  const bodies = new Map<string, OpenBody>();
  const subjects = new Map<string, Subject>();
  const logLines: LogLine[] = [];
  const gaps: Gap[] = [];
  const queries: Analysis['queries'][number][] = [];
  let logsCame = false;
  let drawn: Readonly<{ svg: string; png: Promise<Uint8Array> }> | undefined;

  const addTraces = ({ file }: BodyHead, decoded: readonly DecodedTrace[]): number => {
    for (const { traceId, rows } of decoded) {
      const key = `${file}\n${padded(traceId)}`;
      const known = subjects.get(key);
      if (known === undefined) subjects.set(key, { file, traceId, rows: [...rows], trace: undefined });
      else {
        for (const row of rows) known.rows.push(row);
        known.trace = undefined;
      }
    }
    return decoded.reduce((sum, { rows }) => sum + rows.length, 0);
  };
  const addLogs = (lines: readonly LogLine[]): number => {
    logsCame = true;
    for (const line of lines) logLines.push(line);
    return lines.length;
  };
  /** Most often the logs change the words and not the picture. */
  const draw = (svg: string): Promise<Uint8Array> => {
    if (drawn?.svg !== svg) drawn = { svg, png: renderPng(svg, fontFiles()) };
    return drawn.png;
  };
  /** Two queries of one source that fail in one way are one gap to the reader. */
  const addGap = (gap: Gap) => {
    const known = gaps.some(
      (other) => other.source === gap.source && other.problem === gap.problem && other.consequence === gap.consequence,
    );
    if (!known) gaps.push(gap);
  };
  const finish = (id: string) => {
    const body = bodies.get(id);
    bodies.delete(id);
    if (body === undefined) return { items: 0 };
    const items = body.traces === undefined ? addLogs(body.logs?.end() ?? []) : addTraces(body.head, body.traces.end());
    return { items };
  };
  const traceOf = (subject: Subject): Trace => {
    subject.trace ??= traceFrom(subject.rows, subject.traceId, settings.maxClockSkewUs);
    return subject.trace;
  };

  return {
    body(id, head) {
      bodies.set(
        id,
        head.kind === 'trace'
          ? { head, traces: traceBody(head.format, head.source) }
          : { head, logs: logBody(head.format, head.source) },
      );
      if (head.query.text !== '') queries.push({ source: head.source, query: head.query.text, url: head.query.url });
    },
    async bytes(id, chunk) {
      const body = bodies.get(id);
      (body?.traces ?? body?.logs)?.push(chunk);
    },
    async end(id) {
      return finish(id);
    },
    async abandon(id, gap) {
      addGap(gap);
      try {
        return finish(id);
      } catch {
        return { items: 0 }; // cut in the middle: nothing of it can be used, as the gap says
      }
    },
    gap: addGap,
    async wanted() {
      return wantedOf([...subjects.values()].map(traceOf), logLines);
    },
    async reports(forms) {
      const found: AnalysedTrace[] = [];
      for (const subject of subjects.values()) {
        const trace = traceOf(subject);
        if (trace.spanCount === 0 || !isWanted(subject.traceId, forms.traceIds)) continue;
        const logs = logsCame ? linesOf(trace, logLines, subjects.size > 1) : undefined;
        found.push(await present(analyse(trace, logs, subject.file, settings, gaps, queries), forms, draw));
      }
      return found;
    },
    async close() {
      bodies.clear();
      subjects.clear();
      logLines.length = 0;
    },
  };
}

function analyse(
  trace: Trace,
  logs: readonly LogLine[] | undefined,
  file: string,
  settings: SessionSettings,
  gaps: readonly Gap[],
  queries: Analysis['queries'],
): Analysis {
  const evidence: Partial<Evidence> = logs === undefined ? { trace } : { trace, logs };
  const outcomes = detectors.map((detector) => runDetector(detector, evidence, settings.thresholds[detector.id]));
  const checked = checkedOf(outcomes);
  const findings = outcomes.flatMap((outcome) => (outcome.kind === 'found' ? outcome.findings : []));
  const cleared = detectors
    .filter(({ id }) => checked.clear.includes(id))
    .map(({ id, clear }) => ({ kind: id, why: clear }));
  const descriptive = new Set(detectors.filter((detector) => detector.descriptive).map(({ id }) => id));
  return {
    file,
    trace,
    logs: logs ?? [],
    judgement: judge(trace, findings, { descriptive, cleared }),
    checked,
    gaps: [...gaps, ...gapsOf(trace), ...checked.broken.map(({ detector, message }) => brokenGap(detector, message))],
    links: settings.links,
    queries,
  };
}

/** What the trace itself shows to be missing. */
function gapsOf(trace: Trace): Gap[] {
  const { orphan } = trace.repairs;
  if (orphan === 0) return [];
  return [
    {
      source: 'trace',
      problem: orphan === 1 ? 'the parent of one span never arrived' : `the parents of ${orphan} spans never arrived`,
      consequence: 'what those spans belong to is unknown, and a cause may lie in what is missing',
    },
  ];
}

function brokenGap(detector: string, message: string): Gap {
  return {
    source: detector,
    problem: `this detector broke: ${message}`,
    consequence: 'what it looks for was not looked for',
  };
}

/** Lines that name the trace; those that name none belong to it when their service and time do. */
function linesOf(trace: Trace, lines: readonly LogLine[], several: boolean): LogLine[] {
  const id = padded(trace.traceId);
  const services = new Set(trace.services);
  const toUs = trace.startEpochUs + trace.durationUs;
  const mine = lines.filter((line) => {
    if (line.traceId !== '') return padded(line.traceId) === id;
    const us = Number(line.timeNs) / 1000;
    const near = us >= trace.startEpochUs - LOG_MARGIN_US && us <= toUs + LOG_MARGIN_US;
    return near && (!several || services.has(line.service));
  });
  const seen = new Set<string>();
  return mine
    .filter((line) => {
      const key = `${line.timeNs}\n${line.service}\n${line.line}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => a.timeNs.length - b.timeNs.length || (a.timeNs < b.timeNs ? -1 : Number(a.timeNs > b.timeNs)));
}

/** Hosts stamp their lines with clocks of their own. */
const LOG_MARGIN_US = 2_000_000;

function wantedOf(traces: readonly Trace[], lines: readonly LogLine[]): Wanted {
  const known = new Set(traces.map(({ traceId }) => padded(traceId)));
  const named = new Set(lines.map(({ traceId }) => traceId).filter((id) => id !== '' && !known.has(padded(id))));
  return {
    traceIds: [...named].map(padded),
    services: [...new Set(traces.flatMap(({ services }) => services))].sort(),
    operations: [...new Set(traces.map((trace) => trace.operation(trace.root)))].sort(),
    fromUs: Math.min(...traces.map(({ startEpochUs }) => startEpochUs)),
    toUs: Math.max(...traces.map(({ startEpochUs, durationUs }) => startEpochUs + durationUs)),
  };
}

function isWanted(traceId: string, wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || wanted.some((id) => padded(id) === padded(traceId));
}

/** 64-bit and 128-bit forms of one id are equal when both are 32 digits long. */
function padded(id: string): string {
  return id.toLowerCase().padStart(32, '0');
}
