/** Names that a diff replaces: a host, a table, a field of a contract that two services share. */

export type ReplacedName = Readonly<{ before: string; after: string /** The new line. */; line: string }>;

/** In a longer diff, lines that only look alike stand side by side. */
const MOST_LINES = 60;
const MOST_NAMES = 10;
/** Words, hosts and paths; a number is a limit. */
const TOKEN = /[A-Za-z_$][\w$-]*(?:[./:@-]+[\w$-]+)*/g;
const SHORTEST = 3;
/** Switches, and words of languages. */
const NO_NAMES =
  /^(?:true|false|null|none|nil|on|off|yes|no|undefined|self|this|const|let|var|val|return|await|public|private|int|long|string|bool)$/i;

/** Pairs lines in which one name differs. */
export function replacedNames({ added, removed }: Readonly<{ added: string; removed: string }>): ReplacedName[] {
  const [now, before] = [added.split('\n'), removed.split('\n')];
  if (now.length > MOST_LINES || before.length > MOST_LINES) return [];
  const rows = now.map((line) => ({ line, names: line.match(TOKEN) ?? [], rest: restOf(line) }));
  return before
    .flatMap((line): ReplacedName[] => {
      const names = line.match(TOKEN) ?? [];
      const rest = restOf(line);
      for (const row of rows) {
        if (row.rest !== rest || row.names.length !== names.length) continue;
        const differing = names.flatMap((name, at) => (name === row.names[at] ? [] : [at]));
        const [at] = differing;
        const [was, is] = [names[at ?? -1] ?? '', row.names[at ?? -1] ?? ''];
        if (isOneChange(names, row.names, differing) && isName(was) && isName(is))
          return [{ before: was, after: is, line: row.line }];
      }
      return [];
    })
    .slice(0, MOST_NAMES);
}

/** One name, or several of which only the style differs: `profile_id` and `profileId`. */
function isOneChange(before: readonly string[], after: readonly string[], differing: readonly number[]): boolean {
  if (differing.length < 2) return differing.length === 1;
  return differing.every((at) => isOneName(before[at] ?? '', after[at] ?? ''));
}

/** Only the style differs. */
export function isOneName(one: string, other: string): boolean {
  return withoutStyle(one) === withoutStyle(other);
}

function withoutStyle(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

function isName(text: string): boolean {
  return text.length >= SHORTEST && !NO_NAMES.test(text);
}

/** The line without its names: what must be equal. */
function restOf(line: string): string {
  return line.replaceAll(TOKEN, '·').replaceAll(/\s+/g, ' ').trim();
}

/**
 * Who a broker takes a reader for. A new name has no position: it begins at the first message or at the next one, as
 * `auto.offset.reset`, a subscription's initial position or a consumer's deliver policy says.
 * https://kafka.apache.org/documentation/#consumerconfigs_auto.offset.reset
 */
const OF_READERS =
  /(?:\bgroup[._-]?id|consumer[._-]?(?:group|name)(?:[._-]?(?:id|name))?|subscription[._-]?name|durable(?:[._-]?name)?)["']?\s{0,3}[:=,(]/i;

/** Whether a line says as whom a consumer reads. */
export function namesReader(line: string): boolean {
  return OF_READERS.test(line);
}
