/**
 * Why a container does not stay up, by its exit code, its state, the kubelet's events and the last words of the program.
 */
import { isAboutMissingObject, missingObject } from '#detect/signs/cluster/missing-object.ts';
import { probeFailure } from '#detect/signs/containers/probe-failure.ts';
import { isErrorLevel } from '#model/logs/log-failure.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { saidIn } from '#model/logs/log-sighting.ts';
import type { Container, PlatformEvent, Terminated } from '#model/platform/platform.ts';
import { redact } from '#model/redaction/redaction.ts';

export type CrashCause =
  | 'missing-object'
  | 'missing-setting'
  | 'unknown-argument'
  | 'not-startable'
  | 'not-created'
  | 'liveness-probe'
  | 'startup-probe'
  | 'credentials'
  | 'dependency'
  | 'port-taken'
  | 'permission'
  | 'native-crash'
  | 'ended'
  | 'killed'
  | 'own-error'
  | 'evicted'
  | 'unknown';

export type Crash = Readonly<{
  cause: CrashCause;
  /** The message that shows it; empty where only an exit code does. */
  words: string;
  /** The object, variable or address that the message names; empty where it names none. */
  named: string;
}>;

/**
 * As the parsers of Go, pflag, argparse, getopt, click, clap, commander, Node.js and the JVM say it. The usage that many
 * of them print afterwards only lists what they know.
 */
const UNKNOWN_ARGUMENT =
  /flag provided but not defined: -|\b(?:unknown|unrecogni[sz]ed|unexpected|invalid|illegal|bad|no such) (?:command[- ]line |VM )?(?:flag|option|argument)s?(?:\(s\))?:? ['"‘“`]?-{1,2}[a-z]|unknown shorthand flag: |unrecognized VM option |(?:invalid|illegal|unrecognized) option -- /i;

/** Messages of programs that stop for an external reason, the surest first. */
const LAST_WORDS: readonly (readonly [CrashCause, RegExp])[] = [
  [
    'not-startable',
    /executable file not found|exec format error|no such file or directory: unknown|(?:^|: )(?:exec|sh|bash): .{0,400}(?:not found|permission denied)|cannot execute binary/i,
  ],
  ['unknown-argument', UNKNOWN_ARGUMENT],
  ['port-taken', /EADDRINUSE|address already in use|port \d+ (?:is |was )?(?:already )?in use/i],
  [
    'missing-setting',
    /(?:env(?:ironment)?(?: variable)?s?|variable|setting|config(?:uration)?|property|option|parameter|secret|key)\b.{0,80}(?:\bis not set|\bnot set|\bnot defined|\bundefined|\bis (?:required|missing|empty)|\bmust be (?:set|defined|provided)|\bnot found|\bnot provided|\bunset)|missing (?:required )?(?:env|environment|config|setting|variable|property|parameter|option|key|secret)|KeyError: '[A-Z][A-Z0-9_]+'|\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b.{0,20}(?:is not set|not set|is required|is missing|must be set|undefined)|(?:no such file|ENOENT|cannot (?:open|find|read|load)|FileNotFoundError|could not (?:open|find|load)).{0,120}\.(?:ya?ml|json|toml|conf|cfg|ini|properties|env|pem|crt|key)\b|could not resolve placeholder/i,
  ],
  [
    'credentials',
    /access denied for user|(?:password|SASL) .{0,40}authentication failed|authentication failed|invalid (?:username|password|credentials)|WRONGPASS|NOAUTH|ORA-01017|login failed for user/i,
  ],
  [
    'dependency',
    /ECONNREFUSED|connection refused|ENOTFOUND|EAI_AGAIN|no such host|name or service not known|temporary failure in name resolution|unknown ?host|ECONNRESET|EHOSTUNREACH|no route to host|(?:could not|cannot|can't|failed to|unable to) (?:connect|reach|open connection)|connection (?:timed out|to .{1,80} failed)|i\/o timeout|CommunicationsException|Communications link failure|no servers? available|NoBrokersAvailable|server closed the connection/i,
  ],
  ['permission', /permission denied|EACCES|EPERM|operation not permitted|read-only file system|EROFS|forbidden: User/i],
];

/** `ended` is the end of its last run; undefined where it never ran. `lines` are of this pod, in order of time. */
export function crashCause(
  container: Pick<Container, 'state' | 'ports' | 'probes'>,
  ended: Terminated | undefined,
  events: readonly PlatformEvent[],
  lines: readonly LogLine[],
): Crash {
  const { state } = container;
  const waiting = state.is === 'waiting' ? `${state.reason}: ${state.message}` : '';
  const missing = [waiting, ...events.map(({ message }) => message)].find(isAboutMissingObject);
  if (missing !== undefined) return { cause: 'missing-object', words: missing, named: missingObject(missing) };

  const words = lastWords(ended, lines);
  const texts = [...(ended === undefined ? [] : [`${ended.reason}: ${ended.message}`]), waiting, ...words.toReversed()];
  const unstartable = texts.find((text) =>
    /^(?:StartError|ContainerCannotRun|RunContainerError|CreateContainerError)\b/.test(text),
  );
  if (unstartable !== undefined) return { cause: 'not-startable', words: unstartable, named: '' };
  const unmade = texts.find((text) => text.startsWith('CreateContainerConfigError'));
  if (unmade !== undefined) return { cause: 'not-created', words: unmade, named: '' };
  return ofProbe(container, events) ?? ofWords(texts) ?? ofLines(lines) ?? ofExit(ended, words);
}

function ofProbe(container: Pick<Container, 'ports' | 'probes'>, events: readonly PlatformEvent[]): Crash | undefined {
  for (const [cause, probe, words] of PROBES) {
    const isKilled = events.some(({ reason, message }) => reason === 'Killing' && words.test(message));
    const failure = probeFailure(probe, container, events);
    if (failure !== undefined || isKilled) return { cause, words: failure?.words ?? '', named: failure?.because ?? '' };
  }
  return undefined;
}

const PROBES = [
  ['startup-probe', 'startup', /startup probe/i],
  ['liveness-probe', 'liveness', /liveness probe/i],
] as const;

function ofWords(texts: readonly string[]): Crash | undefined {
  for (const text of texts) {
    const cause = LAST_WORDS.find(([, words]) => words.test(text))?.[0];
    const named = cause === 'unknown-argument' ? argumentIn(text) : namedIn(text);
    if (cause !== undefined) return { cause, words: text.replace(/^Error: (?=\S)/, ''), named };
  }
  return undefined;
}

/**
 * The last line that names a cause. The end of a stack trace names the deepest one, far above its very last lines:
 * `Caused by: java.net.ConnectException: Connection refused`. Each run of a loop ends in the same way, and logs may be
 * younger or older than the list of pods, so lines of all runs count.
 */
function ofLines(lines: readonly LogLine[]): Crash | undefined {
  return ofWords(lines.slice(-MOST_SEARCHED).map(saidIn).toReversed());
}

/** A stack trace of nested causes has hundreds of lines. */
const MOST_SEARCHED = 500;

/** A variable, or an address with its port. */
function namedIn(text: string): string {
  return (
    /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/.exec(text.replaceAll(/\bE(?:CONN|NOTFOUND|AI_|ADDR|HOST)\w*/g, ''))?.[0] ??
    /(?<![\w-])(?<![\w-]\.)[\w-]+(?:\.[\w-]+)*:\d{2,5}\b/.exec(text)?.[0] ??
    ''
  );
}

/** `--max-size` in `unknown flag: --max-size`; empty where the message names one in another form. */
function argumentIn(text: string): string {
  return /(?<![\w-])-{1,2}[a-z][\w.:-]*/i.exec(text)?.[0].replace(/[.:-]$/, '') ?? '';
}

/** The exit code of a signal is 128 plus its number. */
const SIGTERM = 143;
const SIGKILL = 137;

/** It was killed from outside. */
export function isKilled({ exitCode }: Pick<Terminated, 'exitCode'>): boolean {
  return exitCode === SIGKILL || exitCode === SIGTERM;
}

function ofExit(ended: Terminated | undefined, words: readonly string[]): Crash {
  const last = words.at(-1) ?? '';
  if (ended === undefined) return { cause: 'unknown', words: last, named: '' };
  const { exitCode } = ended;
  if (exitCode === 0) return { cause: 'ended', words: last, named: '' };
  if (exitCode === 126 || exitCode === 127) return { cause: 'not-startable', words: last, named: '' };
  if (isKilled(ended)) return { cause: 'killed', words: last, named: '' };
  if (exitCode > 128 && exitCode < 160) return { cause: 'native-crash', words: last, named: '' };
  return { cause: last === '' ? 'unknown' : 'own-error', words: last, named: '' };
}

/** Its termination message, else its last lines about a failure, else its very last line. Oldest first. */
function lastWords(ended: Terminated | undefined, lines: readonly LogLine[]): readonly string[] {
  // Nobody recognises one line of a key, so the whole message is redacted.
  const left = redact(ended?.message ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (left.length > 0) return left.slice(-MOST_WORDS);
  const said = lines.filter((line) => isBeforeEnd(line, ended)).slice(-MOST_LINES);
  const failing = said.filter(
    ({ level, line }) => isErrorLevel(level) || /\b(?:error|fatal|panic|exception)\b/i.test(line),
  );
  return (failing.length > 0 ? failing : said.slice(-1)).map(saidIn).slice(-MOST_WORDS);
}

const MOST_WORDS = 10;
const MOST_LINES = 50;

/** Log stores receive a line a little after the program wrote it. */
const LATE_US = 2_000_000;

function isBeforeEnd(line: LogLine, ended: Terminated | undefined): boolean {
  if (ended === undefined || !Number.isFinite(ended.finishedUs)) return true;
  const us = epochUsOf(line);
  return us <= ended.finishedUs + LATE_US && !(us < ended.startedUs - LATE_US);
}
