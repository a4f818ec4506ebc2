/**
 * Stack traces as runtimes print them: Java, Python, Go, Node.js, .NET, Ruby. Recognises the lines of one, its root
 * exception, and the innermost frame outside of libraries.
 */

export type LogException = Readonly<{
  /** `java.net.ConnectException`, `ValueError`, `panic`. */
  type: string;
  message: string;
  /** The innermost frame outside of libraries, as the runtime wrote it; empty where there is no stack. */
  frame: string;
}>;

/**
 * The role of a line in a stack trace. `frame` belongs to any line before it, `inside` only to a stack trace that has
 * begun, `head` and `traceback` to a line before it that reports a failure.
 */
export type StackPart = 'frame' | 'inside' | 'head' | 'traceback' | '';

/** At the beginning of a line; each of bounded length. */
const FRAME =
  /^(?:\s{1,40}at \S|\s{0,40}\.{3} \d{1,6} (?:more|common frames)|\s{0,40}(?:Caused by|Suppressed|Wrapped by): |\s{1,40}File "[^"\n]{1,400}", line \d|\s{1,40}from [^\s:]{1,400}:\d{1,7}:in |\s{0,8}-{3,4}> \(?|\s{0,8}--- End of |goroutine \d{1,12} \[|created by [\w./*()-]{1,400}|\t\S{1,400}\.go:\d{1,7}(?: \+0x[\da-f]+)?|(?:During handling of the above|The above) exception|\[signal SIG)/;
const INSIDE = /^(?:\s|$|(?=.*\)$)[\w/*()]{0,400}\.[\w./*()[\]]{1,600}\(|[}\]]|exit status \d|\^|~)/;
const TRACEBACK =
  /^(?:\s{0,8}Traceback \(most recent call last\):|Exception in thread |Unhandled exception|panic: |fatal error: )/;
/** `java.net.ConnectException: refused`, `ValueError`, `shop.NoStock: x`, `Uncaught TypeError: x`, `app.rb:12:in 'sell': no stock (NoStock)`. */
const HEAD =
  /^(?:Uncaught )?(?:[A-Za-z_$][\w$]{0,80}(?:\.|::|\/)){0,12}[A-Z][\w$]{0,80}(?:Exception|Error|Failure|Fault|Panic|Interrupt|Exit|Timeout)\b(?: \[\w{1,40}\])?(?::|$)|^(?:[a-z_]\w{0,80}\.){1,12}[A-Z]\w{0,80}(?::|$)/;

export function stackPart(line: string): StackPart {
  const first = line.charCodeAt(0);
  // Most lines begin with a digit, a brace or a bracket.
  if ((first >= 48 && first <= 57) || first === OPEN_BRACE) return '';
  const start = line.slice(0, LONGEST_START);
  if (FRAME.test(start)) return 'frame';
  if (TRACEBACK.test(start)) return 'traceback';
  if (HEAD.test(start)) return 'head';
  return INSIDE.test(start) ? 'inside' : '';
}

const OPEN_BRACE = 123;
const LONGEST_START = 1_000;

/** Undefined where the text names none. Of several, the one that caused the others. */
export function exceptionIn(text: string): LogException | undefined {
  const start = text.slice(0, LONGEST_STACK);
  if (!MAY_NAME_ONE.test(start)) return undefined;
  const lines = start.split('\n');
  const traceback = lines.findIndex((line) => TRACEBACK_OF_PYTHON.test(line));
  if (traceback >= 0) {
    const at = endOfTraceback(lines, traceback);
    return at === undefined ? undefined : exceptionOf(pythonIn(lines[at] ?? ''), lines, at, traceback);
  }
  const caused = lines.findLastIndex((line) => CAUSED.test(line) && namedIn(line) !== undefined);
  const at = caused >= 0 ? caused : lines.findIndex((line) => namedIn(line) !== undefined);
  return exceptionOf(namedIn(lines[at] ?? ''), lines, at, at);
}

const LONGEST_STACK = 65_536;
const MAY_NAME_ONE =
  /(?:Exception|Error|Failure|Fault|Interrupt|Exit|Timeout)(?![a-z])|panic: |fatal error: |Traceback \(|\.rb:\d/;
const TRACEBACK_OF_PYTHON = /^\s{0,40}Traceback \(most recent call last\):/;
const CAUSED = /^\s{0,40}(?:Caused by: |-{3,4}> )/;

/** From a stack without its exception; empty where all frames belong to libraries. */
export function frameIn(stack: string): string {
  return firstOwn(stack.slice(0, LONGEST_STACK).split('\n'));
}

type Named = Readonly<{ type: string; message: string }>;

function exceptionOf(
  named: Named | undefined,
  lines: readonly string[],
  at: number,
  from: number,
): LogException | undefined {
  return named && { ...named, frame: from < at ? lastOwn(lines.slice(from, at)) : firstOwn(lines.slice(at + 1)) };
}

/**
 * The first line after a traceback that is not indented further; of several tracebacks the first is the cause of the
 * others.
 */
function endOfTraceback(lines: readonly string[], from: number): number | undefined {
  const indent = /^\s*/.exec(lines[from] ?? '')?.[0] ?? '';
  const end = lines.findIndex(
    (line, at) => at > from && line.startsWith(indent) && /^\S/.test(line.slice(indent.length)),
  );
  return end < 0 ? undefined : end;
}

const NAMED =
  /(?<![\w$./])((?:[A-Za-z_$][\w$]{0,80}(?:\.|::|\/)){0,12}[A-Z][\w$]{0,80}(?:Exception|Error|Failure|Fault|Interrupt|Exit|Timeout))(?![\w$])(?: \[\w{1,40}\])?(?:: ?(.*))?|(?<![\w$./])(Error|Exception)(?: \[\w{1,40}\])?: (.*)/;
const GO = /^(panic|fatal error): (.*)/;
const RUBY = /^\S{1,400}:\d{1,7}:in [\x60'][^']{0,200}': (.*) \(([A-Z][\w:]{0,200})\)$/;
/** After a traceback, with any name. */
const PYTHON = /^\s{0,40}([A-Za-z_][\w.]{0,200})(?:: (.*))?$/;

function namedIn(text: string): Named | undefined {
  const line = text.slice(0, LONGEST_START);
  const go = GO.exec(line);
  if (go) return { type: go[1] ?? '', message: go[2] ?? '' };
  const ruby = RUBY.exec(line);
  if (ruby) return { type: ruby[2] ?? '', message: ruby[1] ?? '' };
  const named = NAMED.exec(line);
  return named === null
    ? undefined
    : { type: named[1] ?? named[3] ?? '', message: (named[2] ?? named[4] ?? '').trim() };
}

function pythonIn(text: string): Named | undefined {
  const named = PYTHON.exec(text.slice(0, LONGEST_START));
  return named === null ? undefined : { type: named[1] ?? '', message: named[2] ?? '' };
}

/** Java, Node.js, .NET; Ruby. Go's frames follow their function. Python's are read from the other end. */
const PLACE =
  /^\s{0,40}at (\S.{0,400})|^\s{1,40}from (\S{1,400}:\d{1,7}:in .{0,200})|^\s{1,8}(\S{1,400}\.go:\d{1,7})|^\s{1,40}File "([^"]{1,400}", line \d{1,7}(?:, in .{0,200})?)/;
/** Frames of a runtime or a common library. */
const LIBRARY =
  /^(?:async )?(?:javax?|jdk|sun|com\.sun|kotlin|scala|org\.(?:springframework|apache|hibernate|eclipse|junit|postgresql|jboss)|io\.(?:netty|micrometer|opentelemetry|vertx|undertow)|com\.(?:zaxxer|mysql|fasterxml|google\.common)|reactor|okhttp3|System|Microsoft|Npgsql)[./]|^node:|\(<anonymous>\)$/;

function firstOwn(lines: readonly string[]): string {
  for (const line of lines) {
    if (CAUSED.test(line)) break;
    const place = placeIn(line);
    if (place !== '' && !isLibrary(place)) return place;
  }
  return '';
}

function lastOwn(lines: readonly string[]): string {
  return lines.map(placeIn).findLast((place) => place !== '' && !isLibrary(place)) ?? '';
}

function placeIn(line: string): string {
  const [, at, from, go, file] = PLACE.exec(line.slice(0, LONGEST_START)) ?? [];
  return (at?.replace(/ \{$/, '') ?? from ?? go ?? file?.replace('"', '') ?? '').trim();
}

function isLibrary(place: string): boolean {
  return LIBRARY.test(place) || ANYWHERE.test(place);
}

const ANYWHERE =
  /node_modules|node:|site-packages|dist-packages|\/lib\/python|<frozen|\/usr\/local\/go\/|\/pkg\/mod\/|\/src\/(?:runtime|net|database)\/|\/gems\/|\/ruby\//;
