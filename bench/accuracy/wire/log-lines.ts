import type { DrawnTrace } from '../draw.ts';
import type { LoggedLine } from '../logs.ts';

/** One object a line, as a case's `logs.jsonl`. Each fleet has its own way of naming the trace in a line. */
export function logLines(trace: DrawnTrace): string {
  const ways = [asLabels, asJson, asText] as const;
  const way = ways[Number.parseInt(trace.traceId.slice(-2), 16) % ways.length] ?? asLabels;
  return trace.logs.map((line) => `${JSON.stringify(way(line, trace))}\n`).join('');
}

function asLabels({ level, text, spanId, ...rest }: LoggedLine, trace: DrawnTrace): object {
  return entry(rest, trace, { level, trace_id: trace.traceId, span_id: spanId }, text);
}

function asJson({ level, text, spanId, ...rest }: LoggedLine, trace: DrawnTrace): object {
  return entry(rest, trace, {}, JSON.stringify({ level, msg: text, trace_id: trace.traceId, span_id: spanId }));
}

function asText({ level, text, spanId, ...rest }: LoggedLine, trace: DrawnTrace): object {
  return entry(rest, trace, { level }, `${level.toUpperCase()} [trace_id=${trace.traceId} span_id=${spanId}] ${text}`);
}

function entry(
  { atUs, service }: Readonly<{ atUs: number; service: string }>,
  { beginsUs }: DrawnTrace,
  labels: Readonly<Record<string, string>>,
  line: string,
): object {
  return { ts: `${beginsUs + atUs}000`, labels: { service_name: service, ...labels }, line };
}
