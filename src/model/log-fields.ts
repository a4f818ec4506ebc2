/** What a log line says, apart from when and where it was written. */
import { type LogHead, logHead } from '#model/log-head.ts';
import type { LogLine } from '#model/log-line.ts';

export type LogFields = Readonly<{
  /** What a structured line calls its message; else the line without what stands in front of it (`log-head.ts`). */
  message: string;
  /** What a structured line says of its error beside the message; empty where it says nothing. */
  error: string;
  /** Of an HTTP response; 0 where none is told. */
  status: number;
}>;

/** Parsed when first asked for. */
export function logFields(line: LogLine): LogFields {
  const known = read.get(line);
  if (known !== undefined) return known;
  const fields = fieldsOf(line);
  read.set(line, fields);
  return fields;
}

const read = new WeakMap<LogLine, LogFields>();

type Values = ReadonlyMap<string, string>;

const MESSAGE = ['msg', 'message', '@message', 'event', 'body', 'log', 'short_message', 'text', 'MESSAGE'];
const ERROR_TYPE = [
  'error.type',
  'err.type',
  'exception.type',
  'error.kind',
  'error.class',
  'exception_type',
  'exc_type',
];
const ERROR_TEXT = [
  ...['error', 'err', 'error.message', 'err.message', 'exception.message', 'exception_message', 'error_message'],
  ...['exception', 'cause', 'reason', 'stack_trace', 'error.msg'],
];
const STATUS = [
  ...['status', 'status_code', 'statusCode', 'http.response.status_code', 'http.status_code', 'http_status'],
  ...['res.statusCode', 'response.status', 'httpRequest.status', 'http.status'],
];
const METHOD = ['method', 'http.request.method', 'http.method', 'req.method', 'request_method', 'verb'];
const PATH = ['path', 'url.path', 'http.target', 'url', 'uri', 'req.url', 'request_uri', 'endpoint', 'route'];

function fieldsOf({ line, labels }: LogLine): LogFields {
  const text = line.slice(0, MOST_READ).trimStart();
  const structured = structuredValues(text);
  if (structured) return fieldsIn(structured);
  const access = ACCESS.exec(text);
  if (access) return { message: `${access[1]} ${access[2]}`, error: '', status: Number(access[3]) };
  const head: LogHead = logHead(text);
  const rest = text.slice(head.end);
  const inner = head.end > 0 ? structuredValues(rest) : undefined;
  if (inner) return fieldsIn(inner);
  return { message: rest, error: '', status: statusOf(first(new Map(Object.entries(labels)), STATUS)) };
}

/** Of a longer line the beginning is read. */
const MOST_READ = 65_536;

function structuredValues(text: string): Values | undefined {
  if (text.startsWith('{')) return jsonValues(text);
  return LOGFMT.test(text) ? logfmtValues(text) : undefined;
}

function fieldsIn(values: Values): LogFields {
  const type = first(values, ERROR_TYPE);
  const text = first(values, ERROR_TEXT);
  const status = statusOf(first(values, STATUS));
  const error = type === '' || text.startsWith(type) ? text : `${type}${text === '' ? '' : `: ${text}`}`;
  const request = `${first(values, METHOD)} ${first(values, PATH)}`.trim();
  return { message: first(values, MESSAGE) || request || listed(values), error, status };
}

/** Without a message, what there is, in one order. */
function listed(values: Values): string {
  return [...values.entries()]
    .filter(([name]) => !BESIDE_MESSAGE.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** When, how bad and by whom. */
const BESIDE_MESSAGE = /^@?(?:ts|time|timestamp|level|severity|lvl|pid|hostname|host|thread|logger|caller|version|v)$/i;

/** The common format of web servers. */
const ACCESS = /^\S{1,100} \S{1,100} \S{1,100} \[[^\]]{1,40}\] "([A-Z]{1,20}) ([^\s"]{1,2000})[^"]{0,200}" (\d{3}) /;

function statusOf(text: string): number {
  return /^[1-5]\d\d$/.test(text) ? Number(text) : 0;
}

function first(values: Values, names: readonly string[]): string {
  for (const name of names) {
    const value = values.get(name);
    if (value !== undefined && value !== '') return value;
  }
  return '';
}

/** Members by their path, `error.type`; undefined for what is no object. */
function jsonValues(text: string): Values | undefined {
  const object = parsed(text);
  if (object === undefined) return undefined;
  const values = new Map<string, string>();
  const open: [prefix: string, object: object][] = [['', object]];
  for (let at = 0; at < open.length && values.size < MOST_VALUES; at += 1) {
    const [prefix, inside] = open[at] ?? ['', {}];
    for (const [name, value] of Object.entries(inside)) {
      if (typeof value !== 'object') values.set(`${prefix}${name}`, String(value));
      else if (value !== null && !Array.isArray(value) && open.length < MOST_OBJECTS)
        open.push([`${prefix}${name}.`, value]);
    }
  }
  return values;
}

/** A line of more is no log line of a service. */
const [MOST_VALUES, MOST_OBJECTS] = [500, 50];

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Two pairs at the beginning make it one. */
const LOGFMT = /^[A-Za-z_@][\w.@-]{0,60}=(?:"(?:[^"\\]|\\.){0,2000}"|[^\s"]{0,2000}) {1,4}[A-Za-z_@][\w.@-]{0,60}=/;
const PAIR = /([A-Za-z_@][\w.@/-]{0,100})=(?:"((?:[^"\\]|\\.)*)"?|(\S*))/g;

function logfmtValues(text: string): Values {
  const values = new Map<string, string>();
  for (const [, name = '', quoted, bare] of text.matchAll(PAIR)) {
    values.set(name, quoted === undefined ? (bare ?? '') : quoted.replace(/\\(["\\])/g, '$1').replaceAll('\\n', '\n'));
    if (values.size === MOST_VALUES) break;
  }
  return values;
}
