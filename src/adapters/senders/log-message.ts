/**
 * Lines of a log that an appender posts: a program's errors. The level is a field of the card, as with Monolog and Serilog,
 * or a word of the line, as with Logback and Python's logging. An error has no end.
 * https://github.com/Seldaek/monolog/blob/main/src/Monolog/Handler/Slack/SlackRecord.php
 * https://logback.qos.ch/manual/layouts.html#conversionWord
 * https://docs.python.org/3/library/logging.html#logrecord-attributes
 */
import { labelsOf, nameInTitle, traceIdIn } from '#adapters/alert-fields.ts';
import type { Said } from '#adapters/message-text.ts';
import { appName, microseconds, type Posted } from '#adapters/posted-message.ts';
import type { Alert } from '#model/incident/alert.ts';
import { isObject } from '#model/text/json-object.ts';
import { type Field, fieldsIn, lettersOf } from './payload-fields.ts';
import { pickText } from './pick-field.ts';

type Logged = Readonly<{ level: string; title: string; program: string; labels: Readonly<Record<string, string>> }>;

/** Undefined where the message is no line of a log, or one below an error. */
export function loggedError(message: Posted, said: Said): Omit<Alert, 'saidUs'> | undefined {
  const app = appName(message);
  const logged = cardOfLog(message, said) ?? lineOfLog(said);
  if (logged === undefined) return undefined;
  const { level, title, labels } = logged;
  const service = logged.program || (isProgram(app) ? app : '') || nameInTitle(title);
  const key = title.replaceAll(/\d+/g, '').replaceAll(/\s+/g, ' ').trim();
  return {
    source: lettersOf(app) || 'slack',
    key: [service, key].filter((part) => part !== '').join('/'),
    title,
    service,
    severity: level.toLowerCase(),
    state: 'triggered',
    atUs: microseconds(message.ts),
    url: '',
    traceId: traceIdIn(said.lines.map(({ text }) => text).join('\n')),
    labels,
  };
}

const LEVEL = /^(?:error|err|critical|crit|fatal|severe|alert|emergency|emerg|panic)$/i;

/** What a logger knows beside the level. Cards of alerts have none of them. */
const OF_LOGGER =
  /^(?:context|extra|logger|loggername|sourcecontext|thread|threadname|machinename|exception|stacktrace|timestamp|channel)$/;

const PROGRAM =
  /^(?:app|application|applicationname|service|servicename|program|channel|logger|loggername|sourcecontext|component)$/;

/** A card with the level as a field, and with another field of a logger. */
function cardOfLog({ attachments }: Posted, { lines, fields }: Said): Logged | undefined {
  const level = fields.get('level') ?? '';
  if (!LEVEL.test(level)) return undefined;
  const named = [...fields].map(([name, value]) => [lettersOf(name), value] as const);
  const isLogged = named.some(([name]) => OF_LOGGER.test(name)) || (attachments ?? []).some(isException);
  const title = lines.map(({ text }) => text).find((text) => !NO_TITLE.test(text) && !FIELD_LINE.test(text));
  if (!isLogged || title === undefined) return undefined;
  const known = [...contextOf(attachments ?? []), ...fieldsIn(Object.fromEntries(named))];
  const program = pickText(known, { names: PROGRAM, fits: ({ kind }) => kind === 'text' })?.value ?? '';
  const labels = named
    .filter(([, value]) => !value.startsWith('```'))
    .map(([name, value]) => [name, value.slice(0, 300)]);
  return { level, title: title.slice(0, 500), program, labels: labelsOf(Object.fromEntries(labels)) };
}

/** Monolog's titles of every card. */
const NO_TITLE = /^(?:Message|Exception|Log)$/i;
const FIELD_LINE = /^[A-Z][\w ]{1,30}: /;

function isException(attachment: unknown): boolean {
  return isObject(attachment) && attachment.title === 'Exception';
}

/** The context of a record is JSON in a block of code. */
function contextOf(attachments: readonly unknown[]): readonly Field[] {
  const values = attachments
    .filter(isObject)
    .flatMap(({ fields }) => (Array.isArray(fields) ? fields : []))
    .filter(isObject)
    .filter(({ title }) => title === 'Context' || title === 'Extra')
    .map(({ value }) => (typeof value === 'string' ? value.slice(0, 5_000).replaceAll('```', '').trim() : ''));
  return values.filter((text) => text.startsWith('{')).flatMap((text) => fieldsIn({ context: text }));
}

const CLOCK = String.raw`\[?(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?`;

/** The thread in brackets, and the name of the logger. */
const BEFORE_TEXT = String.raw`(?:\[[^\]]{1,100}\] )?(?:[\w.$]{1,200} (?:-|:) )?`;

/** `2026-01-06 10:00:00.1 ERROR [main] a.Loader - …`, `[10:00:00 ERR] …`, `10:00:00,1 - shop.db - ERROR - …` */
const LINES: readonly RegExp[] = [
  // Monolog's line: the channel is the program.
  new RegExp(String.raw`^${CLOCK} (?<program>[\w-]{1,60})\.(?<level>ERROR|CRITICAL|ALERT|EMERGENCY): (?<text>\S.*)$`),
  new RegExp(String.raw`^${CLOCK} (?<level>ERROR|CRITICAL|FATAL|SEVERE|PANIC):? ${BEFORE_TEXT}(?<text>\S.*)$`),
  new RegExp(
    String.raw`^${CLOCK} \[(?<level>[Ee]rror|[Ff]atal|[Cc]ritical|ERROR|FATAL|CRITICAL)\] ${BEFORE_TEXT}(?<text>\S.*)$`,
  ),
  new RegExp(String.raw`^${CLOCK} - [\w.-]{1,200} - (?<level>ERROR|CRITICAL) - (?<text>\S.*)$`),
  /^\[\d\d:\d\d:\d\d (?<level>ERR|FTL)\] (?<text>\S.*)$/,
];

const QUIET = new RegExp(
  String.raw`^${CLOCK} (?:- [\w.-]{1,200} - )?\[?(?:INFO|DEBUG|TRACE|NOTICE|WARN|WARNING|info|debug|notice|warn|warning)\]?:? `,
);

/** Whether the message is a line of a log below an error. */
export function isQuietLine({ lines }: Said): boolean {
  return QUIET.test((lines[0]?.text ?? '').slice(0, 500).replaceAll('`', '').trim());
}

function lineOfLog({ lines }: Said): Logged | undefined {
  const line = (lines[0]?.text ?? '').slice(0, 500).replaceAll('`', '').trim();
  const found = LINES.map((form) => form.exec(line)?.groups).find((groups) => groups !== undefined);
  if (found === undefined) return undefined;
  return { level: found.level ?? '', title: found.text ?? line, program: found.program ?? '', labels: {} };
}

/** The appender posts under the name of its program, if somebody gave it one. */
function isProgram(app: string): boolean {
  return /^[a-z][a-z0-9]{0,40}(?:[-_.][a-z0-9]{1,40}){0,8}$/.test(app) && !OF_APPENDER.test(app);
}

const OF_APPENDER = /log|hook|slack|bot$|^(?:serilog|alerts?|errors?|notifier|python|java|php|node)$/;
