/** A drawn window through the real pipeline: bytes in, the report of `--json` out. */
import { openSession } from '#analyse/open-session.ts';
import type { Session, SessionSettings } from '#analyse/session.ts';
import type { BodyKind } from '#model/trace/build/body.ts';
import type { Report } from '#present/json/report.ts';
import { DEFAULT_SETTINGS } from '../../settings.ts';
import type { DrawnWindow } from './draw.ts';
import type { DrawnRequest, WindowLine, WindowSpan } from './request.ts';
import type { System } from './system.ts';

/** The bodies of a case, by what they are evidence of. */
export type WindowBodies = Readonly<Partial<Record<BodyKind, string>>>;

/** Whose time; nobody's where it is the time alone. */
export type TimeOf = Readonly<{ service?: string; fromUs: number; toUs: number }>;

export async function reportOf(
  bodies: WindowBodies,
  { service = '', fromUs, toUs }: TimeOf,
  thresholds: SessionSettings['thresholds'] = {},
): Promise<Report | undefined> {
  const session = openSession({ ...DEFAULT_SETTINGS, thresholds });
  try {
    for (const [kind, text] of Object.entries(bodies)) await feed(session, kind as BodyKind, text);
    const [analysed] = await session.reports({ window: { kind: 'window', service, fromUs, toUs } });
    return analysed?.report;
  } finally {
    await session.close();
  }
}

async function feed(session: Session, kind: BodyKind, text: string): Promise<void> {
  session.body(kind, { kind, format: 'auto', source: kind, file: '', query: { text: '', url: '' } });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += 65_536) await session.bytes(kind, bytes.subarray(at, at + 65_536));
  await session.end(kind);
}

export function bodiesOf({ system, requests, healthy, series, missing }: DrawnWindow): WindowBodies {
  const has = {
    traces: !missing.includes('traces'),
    logs: !missing.includes('logs'),
    metrics: !missing.includes('metrics'),
  };
  return {
    ...(has.traces && { baseline: jaegerText(healthy, system), trace: jaegerText(requests, system) }),
    ...(has.logs && { 'baseline-logs': linesText(healthy, system), logs: linesText(requests, system) }),
    ...(has.metrics && { metrics: JSON.stringify(series) }),
  };
}

/** As Jaeger's query API answers. */
function jaegerText(requests: readonly DrawnRequest[], system: System): string {
  return JSON.stringify({ data: requests.map(({ traceId, spans }) => jaegerTrace(traceId, spans, system)) });
}

function jaegerTrace(traceID: string, spans: readonly WindowSpan[], system: System): object {
  const pods = new Map(spans.map(({ pod, service }) => [pod, service]));
  return {
    traceID,
    spans: spans.map((span) => ({
      traceID,
      spanID: span.id,
      operationName: span.operation,
      references: span.parentId === '' ? [] : [{ refType: 'CHILD_OF', traceID, spanID: span.parentId }],
      startTime: Math.round(span.startMs * 1000),
      duration: Math.round((span.endMs - span.startMs) * 1000),
      tags: system.hasAttributes ? tagsOf(span) : [],
      logs: [],
      processID: span.pod,
    })),
    processes: Object.fromEntries(
      [...pods].map(([pod, serviceName]) => [
        pod,
        { serviceName, tags: [{ key: 'k8s.pod.name', type: 'string', value: pod }] },
      ]),
    ),
  };
}

function tagsOf({ kind, failed, operation }: WindowSpan): object[] {
  const text = (key: string, value: string) => ({ key, type: 'string', value });
  return [
    text('span.kind', kind === 'store' ? 'client' : kind),
    ...(kind === 'store' ? [text('db.system.name', 'postgresql'), text('db.query.text', operation)] : []),
    ...(failed ? [{ key: 'error', type: 'bool', value: true }] : []),
  ];
}

function linesText(requests: readonly DrawnRequest[], system: System): string {
  const lines = requests.flatMap((request) => request.lines).sort((a, b) => a.atMs - b.atMs);
  return lines.map((line) => `${JSON.stringify(lineOf(line, system))}\n`).join('');
}

function lineOf({ atMs, service, pod, level, text, traceId, spanId }: WindowLine, { lines }: System): object {
  const labels = { service_name: service, pod, level };
  const ids = { trace_id: traceId, span_id: spanId };
  return {
    ts: `${Math.round(atMs * 1000)}000`,
    labels: lines === 'ids in labels' ? { ...labels, ...ids } : labels,
    line:
      lines === 'ids in the text'
        ? `${level.toUpperCase()} trace_id=${traceId} span_id=${spanId} ${text}`
        : `${level.toUpperCase()} ${text}`,
  };
}
