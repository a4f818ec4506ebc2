/**
 * Redacts every text that is stored, shown or sent: credentials, tokens, and data that identifies people. A mark keeps
 * the kind (`[redacted:jwt]`), so the reader knows what was there. With a naming, equal values get equal names
 * everywhere (`[redacted:email:k7x2qa]`), so lines about the same value can still be matched. Redacting twice changes
 * nothing.
 * The settings belong to the whole program and are no parameter of each text: the code that starts a thread calls
 * `useRedaction` once.
 */
import { namesNoSecret } from '#model/redaction/entropy.ts';
import { percentDecoded } from '#model/redaction/escapes.ts';
import { kindOfForm, mayNameForm } from '#model/redaction/forms.ts';
import { isCoordinate } from '#model/redaction/key-sets.ts';
import { MARK_PATTERN, MARK_START } from '#model/redaction/mark.ts';
import { mayBeSecret, nameAround, secretKind, secretKindInside } from '#model/redaction/members.ts';
import { isSystemOfPersons, NUMBER_OF_PERSON } from '#model/redaction/numbers-by-name.ts';
import { isPersonal } from '#model/redaction/personal-numbers.ts';
import { type Classes, type Sensitive, sensitiveIn } from '#model/redaction/scan.ts';
import { passwordsOfUsers } from '#model/redaction/user-lists.ts';

export type { Sensitive } from '#model/redaction/scan.ts';

/** Plain data. */
export type RedactionSettings = Classes &
  Readonly<{
    /** Own patterns by their kind; `redaction/pattern.ts` has accepted each. */
    patterns: Readonly<Record<string, string>>;
  }>;

/** Names a value, so that equal values have equal names; lower case letters and digits. */
export type Naming = (value: string) => string;

export const DEFAULT_REDACTION: RedactionSettings = {
  credentials: true,
  tokens: true,
  emails: true,
  cards: true,
  ibans: true,
  // Many numbers of machines have the same form.
  phones: false,
  // An address of a machine is most often what people look for in a line.
  addresses: false,
  patterns: {},
};

type InForce = Readonly<{ classes: Classes; patterns: readonly OwnPattern[]; nameOf: Naming | undefined }>;
type OwnPattern = Readonly<{ kind: string; pattern: RegExp }>;

let current: InForce = { classes: DEFAULT_REDACTION, patterns: [], nameOf: undefined };

/** Without a naming, marks contain only the kind. */
export function useRedaction(settings: RedactionSettings, nameOf?: Naming): void {
  const patterns = Object.entries(settings.patterns).map(([kind, source]) => ({
    kind,
    pattern: new RegExp(source, 'g'),
  }));
  current = { classes: settings, patterns, nameOf };
}

/** The same object until `useRedaction` is called again: a cache of redacted texts is valid as long. */
export function redactionInForce(): object {
  return current;
}

export function redact(text: string): string {
  return settled(text, redactedOnce);
}

/**
 * Quotations come first, and the text around them in the next round: a quotation that was cut off may open a quote, which
 * would make what follows look like its value.
 */
function redactedOnce(text: string): string {
  const quoted = inQuotes(text);
  return without(text, quoted.length > 0 ? quoted : inWhole(text));
}

/**
 * A text beside a value may look like a secret only after that value is gone: repeats until nothing changes, so that
 * redacting twice changes nothing.
 */
function settled(text: string, once: (text: string) => string): string {
  let before = text;
  let clean = once(text);
  for (let round = 0; round < MOST_ROUNDS && clean !== before; round += 1) {
    before = clean;
    clean = once(clean);
  }
  return clean;
}

const MOST_ROUNDS = 9;

/** `around`: the name of a secret that contains the value. `taken` is called with the kind of each redacted value. */
type NamedOptions = Readonly<{ around?: string | undefined; taken?: Taken }>;

/**
 * Redacts a value with a name, such as an attribute: the name may say that the whole value is secret, or that it is an
 * id.
 */
export function redactNamed(name: string, value: string, { around = '', taken }: NamedOptions = {}): string {
  const kind = current.classes.credentials ? kindOf(name, value, around) : undefined;
  if (kind !== undefined) return without(value, [{ kind, start: 0, end: value.length }], taken);
  return settled(value, (left) => {
    const found = sensitive(left);
    const isOneToken = found.length === 1 && found[0]?.kind === 'token' && found[0].start === 0;
    return isOneToken && (namesNoSecret(name) || isCoordinate(name, left)) ? left : without(left, found, taken);
  });
}

function kindOf(name: string, value: string, around: string): string | undefined {
  const byName = secretKind(name, value);
  const byForm = byName === undefined || byName === 'national-id' ? kindOfForm(name, value) : undefined;
  const own = byForm ?? byName ?? (isNumberOfPerson(name, value) ? 'national-id' : undefined);
  return own ?? (around === '' ? undefined : secretKindInside(around, name, value));
}

function isNumberOfPerson(name: string, value: string): boolean {
  return isPersonal(name, value) || (isSystemOfPersons(name) && NUMBER_OF_PERSON.test(value));
}

/** The mark for a value that is never kept, whatever its content; equal values get equal marks. */
export function withheld(kind: string, value: string): string {
  return value === '' || /^\[redacted:[^\]]*\]$/.test(value) ? value : markOf(kind, value);
}

/** Whether a value with that name may be secret. */
export function isSecretName(name: string): boolean {
  return current.classes.credentials && (mayBeSecret(name) || mayNameForm(name) || isSystemOfPersons(name));
}

/** The secret name that governs the content of a member, inside of `around`; '' for none. */
export function secretAround(around: string, name: string): string {
  return current.classes.credentials ? nameAround(around, name) : '';
}

type Taken = (kind: string) => void;

function without(text: string, found: readonly Sensitive[], taken?: Taken): string {
  if (found.length === 0) return text;
  // One join at the end: a text that grows by each addition is a tree of all of them until somebody reads it.
  const parts: string[] = [];
  let at = 0;
  for (const { kind, start, end } of found) {
    const quote = quoteOfNumber(text, start, end);
    const mark = markOf(kind, text.slice(start, end));
    parts.push(text.slice(at, start), quote === '' ? mark : quote + mark + quote);
    at = end;
    taken?.(kind);
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/** Quotes for the mark of a JSON number, so that the text stays valid JSON; '' elsewhere. */
function quoteOfNumber(text: string, start: number, end: number): string {
  if (!/^-?\d+(?:\.\d+)?$/.test(text.slice(start, Math.min(end, start + LONGEST_NUMBER)))) return '';
  const [, quote = ''] =
    /(\\{0,15}")\s{0,8}:\s{0,8}$/.exec(text.slice(Math.max(0, start - LONGEST_NUMBER), start)) ?? [];
  return /^\s{0,8}[,}]/.test(text.slice(end, end + 9)) ? quote : '';
}

const LONGEST_NUMBER = 32;

/** The redactions of a text, in order, with their marks. */
export function redactions(text: string): readonly (Sensitive & Readonly<{ mark: string }>)[] {
  return sensitive(text).map((one) => ({ ...one, mark: markOf(one.kind, text.slice(one.start, one.end)) }));
}

/** The text with `sign` in the place of each value that would be redacted. */
export function withoutValues(text: string, sign: string): string {
  const found = sensitive(text);
  if (found.length === 0) return text;
  const kept = found.map(({ start }, at) => text.slice(found[at - 1]?.end ?? 0, start) + sign);
  return kept.join('') + text.slice(found.at(-1)?.end);
}

/** Whether a text contains anything to redact. */
export function isSensitive(text: string): boolean {
  return sensitive(text).length > 0;
}

function sensitive(text: string): readonly Sensitive[] {
  return joined(inWhole(text), inQuotes(text));
}

/** What the whole text shows. */
function inWhole(text: string): readonly Sensitive[] {
  const { classes, patterns } = current;
  const lists = classes.credentials ? passwordsOfUsers(text) : NOTHING;
  const found = joined(joined(sensitiveIn(text, classes), lists), inDecoded(text, classes));
  return patterns.length === 0 ? found : withOwn(found, text, patterns);
}

/** What only the decoded words of an address show. */
function inDecoded(text: string, classes: Classes): readonly Sensitive[] {
  const decoded = percentDecoded(text);
  return decoded?.inOriginal(sensitiveIn(decoded.text, classes)) ?? [];
}

/** Our sentences quote whole texts, and some secrets show only at the beginning or the end of a text. */
function inQuotes(text: string): readonly Sensitive[] {
  if (!text.includes('“')) return NOTHING;
  return Array.from(text.matchAll(QUOTED)).flatMap(({ 1: quoted = '', index }) =>
    inWhole(quoted).map(({ kind, start, end }) => ({ kind, start: index + 1 + start, end: index + 1 + end })),
  );
}

const NOTHING: readonly Sensitive[] = [];

const QUOTED = /“([^“”]+)”/g;

function joined(found: readonly Sensitive[], more: readonly Sensitive[]): readonly Sensitive[] {
  if (more.length === 0) return found;
  const all: Sensitive[] = [];
  for (const one of [...found, ...more].sort((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (last === undefined || one.start >= last.end) all.push(one);
    else all[all.length - 1] = { ...last, end: Math.max(last.end, one.end) };
  }
  return all;
}

/** Credentials in a text, whatever the settings: for callers that report a credential without showing it. */
export function secretsIn(text: string): readonly Sensitive[] {
  return sensitiveIn(text, SECRETS);
}

const SECRETS: Classes = {
  credentials: true,
  tokens: true,
  emails: false,
  cards: false,
  ibans: false,
  phones: false,
  addresses: false,
};

/** The earliest match wins; at the same position an own pattern wins, because its author knows the value. */
function withOwn(found: readonly Sensitive[], text: string, patterns: readonly OwnPattern[]): readonly Sensitive[] {
  const own = patterns.flatMap(({ kind, pattern }) => rangesOf(text, pattern, kind));
  if (own.length === 0) return found;
  const taken: Sensitive[] = [];
  let done = 0;
  for (const one of [...own, ...rangesOf(text, MARKS, ''), ...found].sort((a, b) => a.start - b.start)) {
    const start = Math.max(one.start, done);
    if (one.end <= start) continue;
    // Earlier redactions stay unchanged.
    if (one.kind !== '') taken.push({ ...one, start });
    done = one.end;
  }
  return taken;
}

function rangesOf(text: string, pattern: RegExp, kind: string): Sensitive[] {
  return Array.from(text.matchAll(pattern), ({ 0: match, index: start }) => ({
    kind,
    start,
    end: start + match.length,
  }));
}

function markOf(kind: string, value: string): string {
  return current.nameOf === undefined
    ? `${MARK_START}${kind}]`
    : `${MARK_START}${kind}:${current.nameOf(plainValue(kind, value))}]`;
}

/** One value may be written in several ways. */
function plainValue(kind: string, value: string): string {
  if (kind === 'email') return value.replace(/%40/, '@').toLowerCase();
  if (kind === 'phone') return value.replace(/\D/g, '');
  return kind === 'card' || kind === 'iban' ? value.replace(/[ -]/g, '') : value;
}

/** Names values by their number, in order of appearance. For programs that store nothing. */
export function numberedNaming(): Naming {
  const numbers = new Map<string, number>();
  return (value) => {
    const number = numbers.get(value) ?? numbers.size + 1;
    numbers.set(value, number);
    return `${number}`;
  };
}

/** How many values were redacted in a text, or in all texts of plain data, by kind, in order of kind. */
export function redactionsIn(texts: unknown): Redaction[] {
  const counts = new Map<string, number>();
  countMarks(texts, counts);
  return countedKinds(counts);
}

/** Nearly no text has redactions, and joining all texts would take longer than searching each. */
function countMarks(texts: unknown, counts: Map<string, number>): void {
  if (typeof texts === 'string') {
    if (!texts.includes(MARK_START)) return;
    for (const [, kind = ''] of texts.matchAll(MARKS)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  } else if (Array.isArray(texts)) for (const each of texts) countMarks(each, counts);
  else if (typeof texts === 'object' && texts !== null)
    for (const name in texts) countMarks(texts[name as keyof typeof texts], counts);
}

const MARKS = new RegExp(MARK_PATTERN, 'g');

/** How many values of one kind were redacted: `{kind: 'jwt', count: 2}`. */
export type Redaction = Readonly<{ kind: string; count: number }>;

export function countedKinds(counts: ReadonlyMap<string, number>): Redaction[] {
  return [...counts].map(([kind, count]) => ({ kind, count })).sort((a, b) => (a.kind < b.kind ? -1 : 1));
}
