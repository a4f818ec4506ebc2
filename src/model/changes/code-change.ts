/**
 * What a diff does, as far as its text shows, in any language: which words it removes or adds, which limits it changes,
 * which guards it drops, whether it moves a call into a loop, whether it stores data that it never releases. It is no
 * parser: lines, words, literals and indents are enough for a suspicion, and nothing here is proof.
 *
 *  -  ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
 *  +  ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)        a limit went from 5,000 to 300
 */
import { codeWords, tellingNumbers } from '#model/text/code-words.ts';

export type CodeChange = Readonly<{
  /** Only tests, documents, styles or lists of owners. */
  isHarmless: boolean;
  /** Only versions of dependencies. */
  isOfVersions: boolean;
  /** The same literals and guards stand elsewhere now: its limits are unchanged. */
  isRearranged: boolean;
  /** Words that occur more or less often now; moved ones cancel out. */
  words: ReadonlySet<string>;
  /** Words that occur less often now. */
  fewer: ReadonlySet<string>;
  /** Words of the changed paths. */
  pathWords: ReadonlySet<string>;
  /** Quoted texts that it adds or removes. */
  texts: readonly string[];
  /** Numbers that it adds or removes. */
  numbers: ReadonlySet<string>;
  /** Names of functions and files around it. */
  places: ReadonlySet<string>;
  limits: readonly Limit[];
  guardsGone: number;
  /** Removed statements that only called these functions. */
  callsGone: readonly string[];
  /** New calls inside of a loop. */
  callsInLoop: readonly string[];
  /** Collections that it fills and never empties. */
  grows: readonly string[];
  closesGone: boolean;
}>;

/** A number that replaces another one, with the words of its line. Times in milliseconds, sizes in bytes. */
export type Limit = Readonly<{ before: number; after: number; words: readonly string[]; text: string }>;

const HARMLESS =
  /(?:^|\/)(?:tests?|__tests__|specs?|testdata|fixtures|__mocks__|docs?|examples?|\.github|\.vscode|\.idea)\/|(?:[._-](?:tests?|spec|stories)|Tests?)\.\w{1,5}$|(?:^|\/)test_\w+\.py$|\.(?:md|mdx|rst|adoc|css|scss|sass|less|svg|png|jpe?g|gif|ico|woff2?)$|(?:^|\/)(?:README|CHANGELOG|LICENSE|CODEOWNERS|AUTHORS|OWNERS|\.gitignore|\.editorconfig|\.prettierrc|\.eslintrc|\.golangci\.ya?ml|biome\.json)/i;
const VERSIONS =
  /(?:^|\/)(?:go\.(?:mod|sum)|package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|Cargo\.(?:toml|lock)|Gemfile(?:\.lock)?|poetry\.lock|requirements[\w-]*\.txt|composer\.(?:json|lock)|gradle\.lockfile|uv\.lock)$/i;

function isHarmlessPath(path: string): boolean {
  return HARMLESS.test(path);
}

/** Undefined where neither lines nor files are known: then nothing can be said about it. */
export function codeChangeOf({
  files,
  diff,
}: Readonly<{ files: readonly string[]; diff: string }>): CodeChange | undefined {
  const lines = linesOf(diff);
  const paths = [...new Set([...files, ...lines.flatMap(({ mark, text }) => (mark === 'file' ? [text] : []))])];
  const changed = lines.filter(({ mark }) => mark === '+' || mark === '-');
  if (changed.length === 0 && paths.length === 0) return undefined;
  const [added, removed] = [textOf(changed, '+'), textOf(changed, '-')];
  const [now, before] = [sideOf(added), sideOf(removed)];
  const guardsGone = guardsIn(removed) - guardsIn(added);
  const callsInLoop = loopCalls(lines, before.counts);
  const grows = growingIn(lines);
  const isSafe = guardsGone <= 0 && callsInLoop.length === 0 && grows.length === 0;
  const isMoved = removed.split('\n').length >= LINES_TELL && isContained(before.counts, now.counts);
  const isKept = isMoved || before.literals.length >= LITERALS_TELL;
  return {
    isHarmless: paths.length > 0 && paths.every(isHarmlessPath),
    isOfVersions: paths.length > 0 && paths.every((path) => VERSIONS.test(path) || HARMLESS.test(path)),
    isRearranged: removed !== '' && isSafe && isKept && isSame(now.literals, before.literals),
    words: differing(now.counts, before.counts),
    fewer: new Set(
      [...before.counts.keys()].filter((word) => (now.counts.get(word) ?? 0) < (before.counts.get(word) ?? 0)),
    ),
    pathWords: new Set(paths.flatMap(codeWords)),
    texts: textsOf(now, before),
    numbers: now.numbers.symmetricDifference(before.numbers),
    places: placesOf(lines, paths),
    limits: limitsIn(lines),
    guardsGone: Math.max(0, guardsGone),
    callsGone: callsGone(removed, added),
    callsInLoop,
    grows,
    closesGone: (removed.match(CLOSE) ?? []).length > (added.match(CLOSE) ?? []).length,
  };
}

/** One literal may be equal by chance, two hardly. */
const LITERALS_TELL = 2;
/** With this many lines whose words all stand somewhere else now, the code was moved there. */
const LINES_TELL = 3;

type Mark = '+' | '-' | ' ' | 'place' | 'file';
type DiffLine = Readonly<{ mark: Mark; text: string; indent: number }>;

/** The lines without their comments. */
function linesOf(diff: string): DiffLine[] {
  return diff.split('\n').flatMap((line): DiffLine[] => {
    const file = /^(?:\+\+\+ b\/|--- a\/)(\S{1,300})/.exec(line)?.[1];
    if (file !== undefined) return [{ mark: 'file', text: file, indent: 0 }];
    if (/^(?:\+\+\+ |--- |diff |index |similarity |rename |new file|deleted file|\\ No newline)/.test(line)) return [];
    if (line.startsWith('@@')) return [{ mark: 'place', text: line, indent: 0 }];
    const mark = line.startsWith('+') ? '+' : line.startsWith('-') ? '-' : ' ';
    const code = withoutComment(line.slice(line.startsWith(mark) ? 1 : 0).slice(0, LONGEST_LINE));
    return [{ mark, text: code.trim(), indent: code.length - code.trimStart().length }];
  });
}

/** Longer ones are generated. */
const LONGEST_LINE = 2_000;

function withoutComment(line: string): string {
  if (/^\s*(?:\/\/|#(?!\w+\s*[({:])|--\s|\/\*|\*\s|\*\/|<!--)/.test(line)) return '';
  return line
    .replace(/(?<![:"'\w])\/\/.*$/s, '')
    .replace(/\s#\s.*$/s, '')
    .replace(/\s--\s.*$/s, '');
}

function textOf(lines: readonly DiffLine[], mark: Mark): string {
  return lines
    .filter((line) => line.mark === mark && line.text !== '')
    .map(({ text }) => text)
    .join('\n');
}

type Side = Readonly<{
  counts: ReadonlyMap<string, number>;
  literals: readonly string[];
  numbers: ReadonlySet<string>;
}>;

function sideOf(text: string): Side {
  const counts = new Map<string, number>();
  for (const word of codeWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { counts, literals: literalsIn(text).sort(), numbers: new Set(tellingNumbers(text)) };
}

/** A shorter text, or one without a letter, occurs in every line by chance. */
const SHORTEST_TEXT = 4;
const MOST_TEXTS = 100;

function textsOf(now: Side, before: Side): string[] {
  const differing = new Set(now.literals).symmetricDifference(new Set(before.literals));
  return [...differing]
    .filter((text) => text.length >= SHORTEST_TEXT && codeWords(text).length > 0)
    .slice(0, MOST_TEXTS);
}

const TEXT_LITERAL = /"(?:[^"\\\n]|\\.){0,500}"|'(?:[^'\\\n]|\\.){1,500}'|`[^`\n]{0,500}`/g;
const NUMBER_LITERAL = /(?<![\w.])\d+(?:\.\d+)?(?!\w|\.\d)/g;

function literalsIn(text: string): string[] {
  const texts = (text.match(TEXT_LITERAL) ?? []).map((literal) => literal.slice(1, -1));
  return [...texts, ...(text.replaceAll(TEXT_LITERAL, '""').match(NUMBER_LITERAL) ?? [])];
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, at) => text === b[at]);
}

function isContained(some: ReadonlyMap<string, number>, all: ReadonlyMap<string, number>): boolean {
  for (const [word, count] of some) if ((all.get(word) ?? 0) < count) return false;
  return true;
}

function differing(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): ReadonlySet<string> {
  return new Set([...a.keys(), ...b.keys()].filter((word) => (a.get(word) ?? 0) !== (b.get(word) ?? 0)));
}

/** The name of each file, and the names in the headers of the diff's hunks. */
function placesOf(lines: readonly DiffLine[], paths: readonly string[]): ReadonlySet<string> {
  const names = paths.map((path) => path.split('/').at(-1)?.toLowerCase() ?? '');
  const functions = lines.flatMap(({ mark, text }) =>
    mark === 'place' ? codeWords(behindPath(text)).filter(isLong) : [],
  );
  return new Set([...names, ...functions]);
}

function behindPath(heading: string): string {
  return heading.replaceAll(/(?<!\S)\S+\/\S+/g, ' ');
}

function isLong(word: string): boolean {
  return word.includes('_');
}

/** A check of a value that may be missing. */
const GUARD =
  /\b(?:if|unless|assert|require|guard|when)\b.{0,200}(?:\bnil\b|\bnull\b|\bNone\b|\bundefined\b|\bempty\b|\bexists?\b|\bisset\b|\blen\(|\.length\b|\bis_none\b|\bisPresent\b|\bhas_?\w*\()|\?\.|\?\?|\bgetOrDefault\b|\bunwrap_or/gi;
/** Go's error variable: it comes and goes with every call. */
const OF_ERRORS = /\berr\b/;

function guardsIn(text: string): number {
  return text.split('\n').filter((line) => !OF_ERRORS.test(line) && line.search(GUARD) >= 0).length;
}

const CLOSE =
  /\b(?:close|release|unlock|dispose|cleanup|free|cancel|rollback|shutdown|defer|finally)\b|\.(?:Close|Release|Unlock|Dispose|Done|Stop)\(/gi;
const STATEMENT = /^(?:await\s{1,3}|go\s{1,3})?(?:[\w$]{1,80}(?:\.|::|->)){0,5}([A-Za-z_$][\w$]{2,80})\s?\(/gm;
const KEYWORDS: ReadonlySet<string> = new Set(
  'for while switch catch return function func def fn await async sizeof typeof make append len range assert new print println'.split(
    ' ',
  ),
);

function callsGone(removed: string, added: string): string[] {
  const left = new Set(added.match(/[A-Za-z_$][\w$]{2,80}/g) ?? []);
  const calls = Array.from(removed.matchAll(STATEMENT), ([, name = '']) => name);
  return [...new Set(calls)].filter((call) => !left.has(call) && !KEYWORDS.has(call) && codeWords(call).length > 0);
}

const LOOP =
  /^(?:\}?\s*)?(?:for|foreach|while|each|loop)\b|\.(?:forEach|map|flatMap)\(|\.each(?:_\w+)?\b|\bfor\b.{1,200}\bin\b/;
/** Verbs of calls to something else. */
const ASKS =
  /(?:quer|select|fetch|find|load|put|get|insert|save|update|delete|send|post|request|exec|invoke|publish|lookup|read|write|call)/i;

/** Calls in the new text that are added and indented deeper than the loop. */
function loopCalls(lines: readonly DiffLine[], before: ReadonlyMap<string, number>): string[] {
  const found: string[] = [];
  let loop: number | undefined;
  for (const line of lines.filter(({ mark, text }) => mark !== '-' && text !== '')) {
    if (endsLoop(line, loop)) loop = undefined;
    const isLoop = LOOP.test(line.text);
    const isInside = loop !== undefined || (isLoop && line.text.includes('=>'));
    if (line.mark === '+' && isInside) found.push(...askedIn(line.text, before));
    if (isLoop) loop ??= line.indent;
  }
  return [...new Set(found)];
}

function endsLoop({ mark, text, indent }: DiffLine, loop: number | undefined): boolean {
  if (mark === 'place' || mark === 'file') return true;
  return loop !== undefined && indent <= loop && !text.startsWith(')');
}

/** A call on a receiver (`db.get(`) or an awaited one: a plain computation asks nothing else. */
const ASKED = /(?:\.|\bawait\s{1,3}(?:[\w.]{1,100}\.)?)([A-Za-z_]\w{2,80})\s?\(/g;

function askedIn(text: string, before: ReadonlyMap<string, number>): string[] {
  return Array.from(text.matchAll(ASKED), ([, name = '']) => name).filter(
    (name) => ASKS.test(name) && !codeWords(name).some((word) => before.has(word) && isLong(word)),
  );
}

const FILLS =
  /([\w.$@]{2,80})\s{0,2}(?:<<|=\s{0,2}append\(\s{0,2}\1|\.(?:push|add|append|put|set|offer|insert)\(|\[[^\]]{1,80}\]\s{0,2}=[^=])/;
const EMPTIES =
  /\b(?:evict|delete|remove|lru|ttl|expire|trim|truncate|clear|reset|pop|shift|flush|max\w*|limit|cap|bounded)/i;
const LASTS =
  /^(?:export\s+|private\s+|public\s+|protected\s+|internal\s+|readonly\s+)*(?:var|let|const|static|val|final)\b|^\w{2,80}\s{0,2}(?::[^=]{1,80})?=\s{0,2}(?:\{\}|\[\]|\w{0,20}(?:dict|list|set|map|hash)\()/i;

/** A list or a map that lives as long as the program (package level, static, a field) and that nothing empties. */
function growingIn(lines: readonly DiffLine[]): string[] {
  const added = lines.filter(({ mark }) => mark === '+');
  if (added.some(({ text }) => EMPTIES.test(text))) return [];
  const lasting = new Set(
    lines.flatMap(({ mark, text, indent }) =>
      mark !== '-' && (indent === 0 || /\bstatic\b/.test(text)) && LASTS.test(text)
        ? (text.match(/[A-Za-z_$][\w$]+/g) ?? [])
        : [],
    ),
  );
  const filled = added.map(({ text }) => FILLS.exec(text)?.[1] ?? '');
  return [...new Set(filled.filter((name) => FIELD.test(name) || lasting.has(name)))];
}

const FIELD = /^(?:(?:this|self|cls)\.|_|@)/;

const UNITS: Readonly<Record<string, number>> = {
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  nanosecond: 1e-6,
  microsecond: 1e-3,
  millisecond: 1,
  ms: 1,
  second: 1_000,
  sec: 1_000,
  s: 1_000,
  minute: 60_000,
  min: 60_000,
  m: 60_000,
  hour: 3_600_000,
  h: 3_600_000,
  day: 86_400_000,
};
const QUANTITY =
  /(?<![\w.#])(\d{1,12}(?:\.\d{1,6})?)\s{0,2}(?:\*\s{0,2}(?:time\.|TimeUnit\.)?)?(nanosecond|microsecond|millisecond|second|minute|hour|day|ms|sec|min|[kmg](?:i|b|ib)|s|m|h)?(?:s)?(?!\w|\.\d)/gi;

function quantitiesIn(text: string): number[] {
  return Array.from(
    text.matchAll(QUANTITY),
    ([, number, unit = '']) => Number(number) * (UNITS[unit.toLowerCase().replace('ib', 'i')] ?? 1),
  );
}

/** Half of the words are equal: it is the same line. */
const ALIKE = 0.5;
/** In a longer hunk too much moves to pair lines. */
const MOST_PAIRED = 100;

/** Pairs each removed line with the most similar added line of the same hunk. */
function limitsIn(lines: readonly DiffLine[]): Limit[] {
  const limits: Limit[] = [];
  const parts = partsOf(lines.filter(({ text }) => text !== ''));
  for (const { added, removed } of parts) {
    if (added.length + removed.length > MOST_PAIRED) continue;
    const numbered = added.map((text) => ({ text, words: new Set(nameWords(text)), quantities: quantitiesIn(text) }));
    for (const before of removed) limits.push(...limitOf(before, numbered));
  }
  return limits;
}

function partsOf(lines: readonly DiffLine[]): readonly Readonly<{ added: string[]; removed: string[] }>[] {
  const parts: { added: string[]; removed: string[] }[] = [{ added: [], removed: [] }];
  for (const { mark, text } of lines) {
    if (mark === 'place' || mark === 'file') parts.push({ added: [], removed: [] });
    else if (mark === '+') parts.at(-1)?.added.push(text);
    else if (mark === '-') parts.at(-1)?.removed.push(text);
  }
  return parts;
}

type Numbered = Readonly<{ text: string; words: ReadonlySet<string>; quantities: readonly number[] }>;

function limitOf(before: string, added: readonly Numbered[]): Limit[] {
  const was = quantitiesIn(before);
  if (was.length === 0 || /#[\da-f]{3,8}\b/i.test(before)) return [];
  const words = new Set(nameWords(before));
  let best: Numbered | undefined;
  let most = ALIKE;
  for (const line of added) {
    const shared = [...line.words].filter((word) => words.has(word)).length;
    const alike = shared / Math.max(1, line.words.size + words.size - shared);
    if (alike < most || line.quantities.length !== was.length) continue;
    best = line;
    most = alike;
  }
  const at = was.findIndex((value, place) => value !== best?.quantities[place]);
  if (best === undefined || at < 0) return [];
  return [{ before: was[at] ?? 0, after: best.quantities[at] ?? 0, words: codeWords(best.text), text: best.text }];
}

/** Every name, including common ones, without units. */
function nameWords(text: string): string[] {
  return (text.match(/(?<!\w)[A-Za-z_]\w+/g) ?? []).filter(
    (name) => !/^(?:time|nano|micro|milli)?(?:seconds?|minutes?|hours?|ms)$/i.test(name),
  );
}
