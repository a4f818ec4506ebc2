/**
 * Loggers' names for the parts of a structured line, in any spelling: `trace_id`, `traceId`, `trace.id`, `TraceID` are
 * equal.
 */

export type LogRole = keyof typeof NAMES;

/** Of several names in one line the first here counts. For a member of an object, both names: `error.type`. */
const NAMES = {
  time: [
    ...['timeunixnano', 'timestamp', 'time', 'ts', 'eventtime', 'datetime', 'asctime', 't', 'instant', 'date'],
    ...['realtimetimestamp', 'observedtimeunixnano', 'observedtimestamp'],
    // Azure Monitor.
    'timegenerated',
  ],
  message: [
    ...[
      'message',
      'msg',
      'body',
      'bodystringvalue',
      'bodytext',
      'shortmessage',
      'renderedmessage',
      'm',
      'mt',
      'messagetemplate',
    ],
    ...['logmessage', 'event', 'log', 'text', 'description'],
    // Google Cloud's `LogEntry`, and Rust's `tracing`.
    ...['textpayload', 'jsonpayloadmessage', 'fieldsmessage'],
  ],
  level: ['severitytext', 'level', 'severity', 'lvl', 'loglevel', 'levelname', 'l'],
  /** OpenTelemetry's, 1 to 24. */
  severityNumber: ['severitynumber'],
  /** Of syslog, 0 to 7, as journald writes it. */
  priority: ['priority', 'syslogpriority'],
  service: [
    ...['servicename', 'service', 'resourceservicename', 'resourceattributesservicename', 'app', 'appname'],
    ...['application', 'applicationname', 'program', 'syslogidentifier', 'microservice', 'otelservicename'],
    // What Monolog's processors add to each line.
    ...['extraservice', 'extraservicename', 'extraapp', 'extraapplication'],
    // Google Cloud's monitored resources: Cloud Run, its jobs, functions, App Engine, containers.
    ...['resourcelabelsservicename', 'resourcelabelsjobname', 'resourcelabelsfunctionname', 'resourcelabelsmoduleid'],
    'resourcelabelscontainername',
    // Azure Monitor.
    ...['cloudrolename', 'approlename'],
  ],
  traceId: [
    ...['traceid', 'ddtraceid', 'xb3traceid', 'mdctraceid', 'contexttraceid', 'contextmaptraceid', 'traceparent'],
    // OpenTelemetry's logging instrumentation for Python.
    'oteltraceid',
  ],
  spanId: ['spanid', 'ddspanid', 'xb3spanid', 'mdcspanid', 'contextspanid', 'contextmapspanid', 'otelspanid'],
  status: [
    ...['status', 'statuscode', 'httpresponsestatuscode', 'httpstatuscode', 'httpstatus', 'responsestatus'],
    // Traefik's answer to the client.
    'downstreamstatus',
    ...['responsestatuscode', 'responsecode', 'resstatuscode', 'resstatus', 'httprequeststatus', 'code'],
  ],
  durationMs: [
    ...['durationms', 'elapsedms', 'latencyms', 'responsetimems', 'tookms', 'processingtimems', 'responsetime'],
    ...['elapsedtime', 'elapsedmilliseconds'],
  ],
  /** With a unit, or in a unit that only its logger knows. */
  duration: ['duration', 'elapsed', 'latency', 'took', 'requestduration'],
  method: ['method', 'httprequestmethod', 'httpmethod', 'reqmethod', 'requestmethod', 'httprequestrequestmethod'],
  path: [
    ...['path', 'urlpath', 'httptarget', 'httproute', 'route', 'url', 'uri', 'requrl', 'requesturi', 'requestpath'],
    ...['httpurl', 'endpoint', 'httprequestrequesturl'],
  ],
  errorType: [
    ...['exceptiontype', 'errortype', 'errtype', 'errorkind', 'errorclass', 'errorname', 'errname', 'exctype'],
    ...['exceptionclass', 'exceptionexceptionclass', 'attributesexceptiontype'],
  ],
  errorText: [
    ...['exceptionmessage', 'errormessage', 'errmessage', 'error', 'err', 'exception', 'errormsg', 'cause'],
    ...['exceptionexceptionmessage', 'attributesexceptionmessage', 'reason', 'errorcode'],
  ],
  stack: [
    ...['exceptionstacktrace', 'stacktrace', 'stack', 'errorstack', 'errstack', 'errorstacktrace', 'excinfo'],
    ...['traceback', 'throwable', 'x', 'attributesexceptionstacktrace', 'thrownextendedstacktrace'],
    // Of GELF: the message with its stack trace.
    'fullmessage',
  ],
} as const satisfies Record<string, readonly string[]>;

export type LogName = Readonly<{ role: LogRole; rank: number }>;

const BY_NAME: ReadonlyMap<string, LogName> = new Map(
  (Object.keys(NAMES) as LogRole[]).flatMap((role) =>
    NAMES[role].map((name, rank): [string, LogName] => [name, { role, rank }]),
  ),
);

/** A log has few names, and each line repeats them. */
const known = new Map<string, LogName | undefined>();
const MOST_KNOWN = 4_096;

/** Undefined for a name of no known part. */
export function logName(path: string): LogName | undefined {
  const name = known.get(path);
  if (name !== undefined || known.has(path)) return name;
  const found = path.length > LONGEST ? undefined : BY_NAME.get(path.replace(/[^A-Za-z0-9]/g, '').toLowerCase());
  if (known.size < MOST_KNOWN) known.set(path, found);
  return found;
}

/** Including its separators. */
const LONGEST = 60;
