/** What a diagnosis is remembered by, so that a similar one is recognised: names, but no texts of lines. */
import type { Analysis } from '#model/finding/analysis.ts';
import { severityOf, WARN } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logTemplates } from '#model/logs/log-templates.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

export type Fingerprint = Readonly<{
  /** The detector id of the verdict. */
  kind: string;
  service: string;
  operation: string;
  /** `MemoryError`; empty where none was recorded. */
  errorType: string;
  /** Ids of the templates of lines that report a problem, most frequent first. */
  templates: readonly string[];
  /** Callers and callees of the blamed service in the trace: `web →`, `→ postgresql`. In order. */
  neighbours: readonly string[];
  /**
   * The services of the calls from the entry of the request to the blamed service, which all fail or wait with it; for
   * many requests, the service asked about and the blamed one. Missing in reports of older versions.
   */
  path?: readonly string[];
}>;

/** Rarer templates say little. */
const MOST_TEMPLATES = 24;
const MOST_NEIGHBOURS = 24;
/** Deeper call chains are loops. */
const MOST_ON_PATH = 24;

/** Undefined where nothing is wrong: health is not remembered. */
export function fingerprintOf(analysis: Analysis): Fingerprint | undefined {
  const { trace, logs, judgement } = analysis;
  const { diagnosis, findings } = judgement;
  if (diagnosis === undefined) return undefined;
  const [span] = findings[0]?.spans ?? [];
  return {
    kind: diagnosis.kind,
    service: diagnosis.service,
    operation: diagnosis.operation,
    errorType: trace === undefined || span === undefined ? '' : errorType(trace, span),
    templates: troubleTemplates(logs),
    neighbours: trace === undefined ? [] : neighbours(trace, diagnosis.service),
    ...(trace !== undefined && span !== undefined && { path: pathTo(trace, span, diagnosis.service) }),
    ...(trace === undefined && { path: pathFrom(analysis.window.service, diagnosis.service) }),
  };
}

/** For a window, which has no single trace: from the service of the alert to the blamed one. */
function pathFrom(asked: string, blamed: string): string[] {
  return [...new Set([asked, blamed])].filter((service) => service !== '');
}

/** From the entry to the blamed service. A call without the callee's span ends at its peer, which is blamed. */
function pathTo(trace: Trace, span: SpanIndex, blamed: string): string[] {
  const path = trace.service(span) === blamed ? [] : [blamed];
  for (let at: SpanIndex | undefined = span; at !== undefined && path.length < MOST_ON_PATH; at = trace.parent(at)) {
    if (path[0] !== trace.service(at)) path.unshift(trace.service(at));
  }
  return path;
}

function errorType(trace: Trace, span: SpanIndex): string {
  const events = trace.hasEvents(span) ? trace.events(span) : [];
  const thrown = events.map(({ attributes }) => attributes['exception.type']).find((type) => typeof type === 'string');
  return String(thrown ?? trace.text(span, 'exception.type'));
}

/** Only problem lines: the lines of every request are equal in all incidents of a service. */
function troubleTemplates(logs: readonly LogLine[]): string[] {
  const trouble = logs.filter(({ level }) => severityOf(level) >= WARN);
  if (trouble.length === 0) return [];
  return logTemplates(trouble)
    .all.slice(0, MOST_TEMPLATES)
    .map(({ id }) => id);
}

function neighbours(trace: Trace, service: string): string[] {
  const found = new Set<string>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    const own = trace.service(span) === service;
    const parent = trace.parent(span);
    const above = parent === undefined ? service : trace.service(parent);
    if (own && above !== service) found.add(`${above} →`);
    if (!own && above === service) found.add(`→ ${trace.service(span)}`);
    if (own && trace.childCount(span) === 0 && trace.peer(span) !== '') found.add(`→ ${trace.peer(span)}`);
  }
  found.delete(`→ ${service}`);
  return [...found].sort().slice(0, MOST_NEIGHBOURS);
}
