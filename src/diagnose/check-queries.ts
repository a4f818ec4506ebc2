/**
 * The queries that would show whether a finding is the cause, for a person to run. Names and texts come from untrusted
 * traces: each is quoted or left out, so that none can become another query.
 */
import { isFailure } from '#diagnose/finding-kinds.ts';
import type { CheckKind, Detectors } from '#model/finding/detector-traits.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import type { CheckQuery } from '#model/finding/methods.ts';
import { redact } from '#model/redaction/redaction.ts';
import { cutText } from '#model/text/cut-text.ts';
import { quoted } from '#model/text/query-string.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Loki's own label for the service. Where another label was used, `queries` shows it. */
const USUAL_LABEL = 'service_name';

export function checkQueries(
  trace: Trace | undefined,
  finding: JudgedFinding,
  asked: readonly Readonly<{ query: string }>[],
  detectors: Detectors,
): CheckQuery[] {
  const [span] = finding.spans;
  const inLog = logQuery(finding.service, said(finding), labelIn(asked));
  // A finding from log lines has no span to query.
  if (trace === undefined || span === undefined) return finding.service === '' ? [] : [inLog];
  const { checkQueries: kinds } = detectors.of(finding.detector);
  return [
    ...databaseQuery(trace, span, kinds),
    ...(kinds.includes('pod') ? podQuery(trace, span) : []),
    ...(kinds.includes('log') ? [inLog] : []),
    traceQuery(trace, span, isFailure(finding.detector, detectors)),
  ];
}

/** Searches similar spans that took at least half as long as this one: finds equally slow ones, skips fast ones. */
function traceQuery(trace: Trace, span: SpanIndex, failed: boolean): CheckQuery {
  const what = `resource.service.name = ${quoted(trace.service(span))} && name = ${quoted(trace.operation(span))}`;
  const ms = Math.floor(trace.durationOfUs(span) / 2_000);
  const how = failed ? ' && status = error' : ms === 0 ? '' : ` && duration > ${ms}ms`;
  return { language: 'TraceQL', text: `{ ${what}${how} }` };
}

function logQuery(service: string, fragment: string, label: string): CheckQuery {
  const filter = fragment === '' ? '|~ "(?i)error|fatal|timeout|exhausted"' : `|= ${quoted(fragment)}`;
  return { language: 'LogQL', text: `{${label}=${quoted(service)}} ${filter}` };
}

/** The service label of the queries that ran. These queries are our own, except for the label's name. */
function labelIn(asked: readonly Readonly<{ query: string }>[]): string {
  for (const { query } of asked) {
    const label = /^\{([a-zA-Z_]\w*)=~?"/.exec(query)?.[1];
    if (label !== undefined) return label;
  }
  return USUAL_LABEL;
}

const LEAST_FRAGMENT = 6;
const MOST_FRAGMENT = 80;

/**
 * The longest constant part of the evidence text: numbers and names change from line to line. Redacted before it is taken
 * apart: a part of a secret is unknown without the name beside it.
 */
function said({ evidence = [] }: JudgedFinding): string {
  const parts = evidence
    .flatMap(({ text }) => redact(cutText(text, 500)).split(/\[redacted:[^\]]*\]|[^A-Za-z ]+/))
    .map((part) => part.trim());
  const longest = parts.reduce((most, part) => (part.length > most.length ? part : most), '');
  return longest.length < LEAST_FRAGMENT ? '' : longest.slice(0, MOST_FRAGMENT);
}

const MOST_STATEMENT = 600;
/** One complete statement that EXPLAIN accepts. It has no comment, because a comment could hide more. */
const EXPLAINABLE = /^(?:select|update|delete|insert|with)\b(?!.*(?:;|…|--|\/\*|[\n\r]))/i;

/** EXPLAIN plans a statement and does not run it. */
function databaseQuery(trace: Trace, span: SpanIndex, kinds: readonly CheckKind[]): CheckQuery[] {
  const system = trace.databaseSystem(span);
  const [busy] = kinds.flatMap((kind) => BUSY[kind]?.[system] ?? []);
  if (busy !== undefined) return [{ language: 'SQL', text: busy }];
  if (!kinds.includes('plan')) return [];
  const shape = trace.queryShape(span);
  if (!HAS_EXPLAIN.has(system) || shape.length > MOST_STATEMENT || !EXPLAINABLE.test(shape)) return [];
  return [{ language: 'SQL', text: `EXPLAIN ${shape}` }];
}

const HAS_EXPLAIN: ReadonlySet<string> = new Set(['postgresql', 'mysql', 'mariadb', 'cockroachdb']);

const POSTGRES_BLOCKED =
  'SELECT pid, pg_blocking_pids(pid) AS blocked_by, wait_event, query FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0';
const POSTGRES_SESSIONS =
  'SELECT application_name, state, count(*) FROM pg_stat_activity GROUP BY application_name, state ORDER BY count(*) DESC';
const MYSQL_BLOCKED = 'SELECT * FROM sys.innodb_lock_waits';
const MYSQL_SESSIONS = 'SELECT user, command, count(*) FROM information_schema.processlist GROUP BY user, command';

/** The queries for each database system. */
const BUSY: Partial<Readonly<Record<CheckKind, Readonly<Record<string, string>>>>> = {
  'lock-waits': { postgresql: POSTGRES_BLOCKED, mysql: MYSQL_BLOCKED },
  sessions: { postgresql: POSTGRES_SESSIONS, mysql: MYSQL_SESSIONS, mariadb: MYSQL_SESSIONS },
};

/** The form of Kubernetes object names; anything else could be an option or another command. */
const POD_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

function podQuery(trace: Trace, span: SpanIndex): CheckQuery[] {
  const resource = trace.resource(span);
  const pod = canonicalText(resource, 'k8s.pod.name');
  const namespace = canonicalText(resource, 'k8s.namespace.name');
  if (!POD_NAME.test(pod)) return [];
  const where = POD_NAME.test(namespace) ? ` -n ${namespace}` : '';
  return [{ language: 'kubectl', text: `kubectl describe pod ${pod}${where}` }];
}
