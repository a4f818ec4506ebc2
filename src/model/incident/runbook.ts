/**
 * The runbook of a service: its steps, and their commands with the names of an incident in the places of `{{service}}`,
 * `{{namespace}}`, `{{since}}` and `{{incident}}`. People paste the commands into a shell, and names come from outside: a
 * name that a shell could read as more than one word stands in quotes, or its place stays empty.
 */
export type RunbookStep = Readonly<{
  /** The same as long as the text of the step is the same. */
  id: string;
  /** Markdown in one line; code stands between backticks. */
  text: string;
  commands: readonly RunbookCommand[];
}>;

/** `language`: of the code block; '' where it names none. */
export type RunbookCommand = Readonly<{ text: string; language: string }>;

/** `more`: steps that were not read because there are too many. */
export type RunbookSteps = Readonly<{ steps: readonly RunbookStep[]; more: number }>;

/** What a runbook says of a service. `links` are where people read it. */
export type Runbook = RunbookSteps & Readonly<{ service: string; links: readonly string[]; names: RunbookNames }>;

/** Reads the steps of a service, which may have several names. Undefined where no runbook has one of them. */
export type ReadRunbookSteps = (names: readonly string[]) => Promise<RunbookSteps | undefined>;

/** '' where it is not known. `since`: an instant of ISO 8601. */
export type RunbookNames = Readonly<Record<(typeof PLACES)[number], string>>;
const PLACES = ['service', 'namespace', 'since', 'incident'] as const;

type FilledText = Readonly<{ text: string; isCode: boolean }>;
export type FilledStep = Readonly<{
  id: string;
  /** As the runbook has it. */
  text: string;
  parts: readonly FilledText[];
  commands: readonly string[];
  /** The places that the reader has to fill in. */
  open: readonly string[];
}>;

const PLACE = /\{\{ {0,3}(service|namespace|since|incident) {0,3}\}\}/g;

export function filledStep({ id, text, commands }: RunbookStep, names: RunbookNames): FilledStep {
  const parts = text
    .split('`')
    .map((part, at) => ({
      text: at % 2 === 0 ? filledProse(part, names) : filledCommand(part, names),
      isCode: at % 2 === 1,
    }))
    .filter((part) => part.text !== '');
  const filled = commands.map((command) => filledCommand(command.text, names, command.language));
  const left = [...parts.map((part) => part.text), ...filled].flatMap((one) => [...one.matchAll(PLACE)]);
  return { id, text, parts, commands: filled, open: [...new Set(left.map(([, place = '']) => place))] };
}

function filledProse(text: string, names: RunbookNames): string {
  return text.replace(PLACE, (place, name: keyof RunbookNames) => printable(names[name]) || place);
}

/** The place stays as it is where the name is unknown, or no quotes make it safe there. */
export function filledCommand(command: string, names: RunbookNames, language = ''): string {
  const isShell = SHELLS.has(language.toLowerCase()) && !UNREAD.test(command);
  return command.replace(PLACE, (place, name: keyof RunbookNames, at: number) => {
    const value = printable(names[name]);
    if (WORD.test(value)) return value;
    const fits = value !== '' && !value.startsWith('-') && isShell && isUnquoted(command, at);
    return fits ? `'${value.replaceAll("'", "'\\''")}'` : place;
  });
}

/** One word for each shell and query language, in quotes and without, and no option. */
const WORD = /^[A-Za-z0-9][\w.:/@-]{0,199}$/;
const SHELLS = new Set(['', 'sh', 'bash', 'zsh', 'shell', 'console', 'terminal']);
/** What makes the quotes of a command hard to follow: escapes, substitutions, comments, here-documents. */
const UNREAD = /[\\`#]|\$[({'"]|<</;
const LONGEST = 200;

function printable(value: string): string {
  return value.length > LONGEST || /[\p{C}\u2028\u2029]/u.test(value) ? '' : value;
}

function isUnquoted(command: string, end: number): boolean {
  let quote = '';
  for (const char of command.slice(0, end)) {
    if (quote === '' && (char === "'" || char === '"')) quote = char;
    else if (char === quote) quote = '';
  }
  return quote === '';
}
