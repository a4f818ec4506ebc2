/**
 * The templates of a log: the messages of its lines without their variable parts (`log-template-mask.ts`), with similar
 * ones merged, after Drain (He and others, ICWS 2017): messages are split by their number of words and their first
 * word, and join the group with which they share most words.
 *
 *  user ann logged in from 10.0.3.7
 *  user bob logged in from 10.0.3.9       →      user <*> logged in from <ip>      × 1,204
 *
 * It differs from Drain in three ways. Messages are masked and counted first, and then grouped in the order of their
 * texts, so the order of the lines does not matter. A word becomes `<*>` only where many different ones stood in its
 * place: "connection lost" and "connection restored" are two templates. The error and the HTTP status of a line are
 * part of its template.
 */
import { type Said, saidIn } from '#model/logs/log-fields.ts';
import { severityOf } from '#model/logs/log-level.ts';
import { compareNs, type LogLine } from '#model/logs/log-line.ts';
import { maskedText } from '#model/logs/log-template-mask.ts';
import { logText } from '#model/logs/log-text.ts';
import { isSensitive, redact } from '#model/redaction/redaction.ts';
import { compareTexts } from '#model/text/compare-texts.ts';
import { textNumber } from '#model/text/text-number.ts';
import { type TextTable, textTable } from '#model/text/text-table.ts';

export type LogTemplate = Readonly<{
  /** Derived only from the text, so equal in every run. */
  id: string;
  text: string;
  /** How many lines, including those that one line stands for. */
  count: number;
  /** The times of its earliest and latest lines, in nanoseconds since the epoch as decimal strings. */
  firstNs: string;
  lastNs: string;
  /** The most severe level of its lines; empty where none has one. */
  level: string;
  /** In order of their names, without lines that name no service. */
  services: readonly string[];
  /** The index of its earliest line. */
  example: number;
}>;

export type LogTemplates = Readonly<{
  /** The most frequent first, then in order of their texts. */
  all: readonly LogTemplate[];
  /** The template of the input line with this index. */
  templateOf(line: number): LogTemplate;
  /** The indexes of its lines, in input order. */
  linesOf(template: LogTemplate): readonly number[];
}>;

/**
 * The same for any order of the lines. Two windows are compared by mining their lines together: a word that is variable in
 * one of them is then variable in both.
 */
export function logTemplates(lines: readonly LogLine[]): LogTemplates {
  const shapes = textTable();
  const shapeOf = Int32Array.from(lines, (line) => shapes.number(shapeOfLine(line)));
  const texts = Array.from({ length: shapes.size() }, (_, number) => shapes.text(number));
  const general = generalised(texts);
  const kinds = textTable();
  const kindOfShape = Int32Array.from(texts, (text) => kinds.number(general.get(text) ?? text));
  return counted(
    lines,
    shapeOf.map((shape) => kindOfShape[shape] ?? 0),
    kinds,
  );
}

/** No fields are kept: there may be a million lines. */
function shapeOfLine(line: LogLine): string {
  return line.shape ?? shapeText(saidIn(logText(line.line), line.labels));
}

/** The masked text of a line with these parts, with single spaces between words. */
export function shapeText(said: Said): string {
  return masked(toldBy(said));
}

function masked(text: string): string {
  const said = maskedText(text).trim();
  return UNEVEN.test(text) ? said.replace(/\s+/g, ' ') : said;
}

/** White space that is not one space: a mask adds none. */
const UNEVEN = /\s\s|[^\S ]/;

/** The first line of its message, its error, and the status of a failed response. */
function toldBy({ message, error, status }: Said): string {
  const said = firstLine(message);
  const failed = firstLine(error);
  const withError = togetherOf(said, failed);
  const isUntold = status >= 400 && !withError.includes(`${status}`);
  return isUntold ? `${withError} status=${status}` : withError;
}

function togetherOf(said: string, failed: string): string {
  if (said.includes(failed)) return said;
  return failed.includes(said) ? failed : `${said}: ${failed}`;
}

/** Longer texts are truncated: the beginning distinguishes messages. */
const LONGEST_TEXT = 400;

function firstLine(text: string): string {
  const start = text.slice(0, LONGEST_TEXT + 1).trimStart();
  const end = start.indexOf('\n');
  const line = (end < 0 ? start : start.slice(0, end)).trimEnd();
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line;
}

function counted(lines: readonly LogLine[], kindOf: Int32Array, kinds: TextTable): LogTemplates {
  const numbers = Array.from({ length: kinds.size() }, (): number[] => []);
  for (const [line, kind] of kindOf.entries()) numbers[kind]?.push(line);
  const byKind = numbers.map((own, kind) => templateFrom(kinds.text(kind), own, lines));
  const used = byKind.filter(({ count }) => count > 0);
  const linesById = new Map(byKind.map(({ id }, kind) => [id, numbers[kind] ?? []]));
  return {
    all: used.sort((a, b) => b.count - a.count || compareTexts(a.text, b.text)),
    templateOf: (line) => byKind[kindOf[line] ?? -1] ?? NO_TEMPLATE,
    linesOf: ({ id }) => linesById.get(id) ?? [],
  };
}

function templateFrom(text: string, numbers: readonly number[], lines: readonly LogLine[]): LogTemplate {
  let earliest = numbers[0] ?? 0;
  let latest = earliest;
  let level = '';
  let count = 0;
  const services = new Set<string>();
  for (const number of numbers) {
    const line = lines[number];
    if (line === undefined) continue;
    count += line.standsFor ?? 1;
    if (isBefore(line, lines[earliest])) earliest = number;
    if (isBefore(lines[latest], line)) latest = number;
    if (severityOf(line.level) > severityOf(level)) level = line.level;
    if (line.service !== '') services.add(line.service);
  }
  return {
    id: idOf(text),
    text: shownText(text, lines[earliest]),
    count,
    firstNs: lines[earliest]?.timeNs ?? '0',
    lastNs: lines[latest]?.timeNs ?? '0',
    level,
    services: [...services].sort(),
    example: earliest,
  };
}

/** After masking and truncation a secret is no longer recognisable: a line with a secret is redacted first. */
function shownText(text: string, line: LogLine | undefined): string {
  if (line === undefined || !isSensitive(line.line)) return text;
  const said = saidIn(logText(line.line), line.labels);
  const clean = { ...said, message: redact(said.message), error: redact(said.error) };
  return clean.message === said.message && clean.error === said.error ? text : masked(toldBy(clean));
}

const NO_TEMPLATE = templateFrom('', [], []);

/** Of two lines in the same nanosecond, the one with the smaller text. */
function isBefore(a: LogLine | undefined, b: LogLine | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return (compareNs(a.timeNs, b.timeNs) || compareTexts(a.line, b.line)) < 0;
}

/** Two hashes of 32 bits (FNV-1a, from two starts), as hex. */
function idOf(text: string): string {
  return textNumber(text) + textNumber(text, 0, 0x9747b28c);
}

/**
 * Drain3's defaults (`sim_th`, `max_children`); its depth of four is one word. A leaf for a number of words has one
 * node more.
 */
const LEAST_ALIKE = 0.4;
const MOST_CHILDREN = 100;
/** The most groups in one leaf; a message that fits none goes into the last, which generalises. */
const MOST_GROUPS = 100;
/**
 * A position with more different words is variable. The limit is above the number of HTTP methods, days and levels, and
 * below the number of users.
 */
const MOST_WORDS = 10;
/** The limit for paths: a path names what is requested, so it should stay. */
const MOST_PATHS = 100;

const ANY = '<*>';

/** Similar messages: their words, with `ANY` where they differ. */
type Group = { readonly words: string[]; readonly members: (readonly string[])[] };

/** The template of each text. */
function generalised(texts: readonly string[]): Map<string, string> {
  const templates = new Map<string, string>();
  for (const { members } of grouped([...texts].sort())) {
    const isVariable = variablePlaces(members);
    for (const words of members) {
      const text = words.map((word, place) => (isVariable[place] === true ? ANY : word)).join(' ');
      templates.set(words.join(' '), text);
    }
  }
  return templates;
}

function grouped(texts: readonly string[]): Group[] {
  const groups: Group[] = [];
  const leaves = new Map<string, Group[]>();
  const children = new Map<number, number>();
  for (const text of texts) {
    const words = text.split(' ');
    const used = children.get(words.length) ?? 0;
    const own = `${words.length} ${words[0] ?? ''}`;
    const key = leaves.has(own) || used < MOST_CHILDREN ? own : `${words.length}`;
    let leaf = leaves.get(key);
    if (leaf === undefined) {
      leaf = [];
      leaves.set(key, leaf);
      children.set(words.length, used + 1);
    }
    const group = alikeIn(leaf, words);
    if (group !== undefined) join(group, words);
    else {
      const made = { words: [...words], members: [words] };
      leaf.push(made);
      groups.push(made);
    }
  }
  return groups;
}

/**
 * The group that shares most words, the first of equals; undefined where none shares enough and there is room for
 * another.
 */
function alikeIn(leaf: readonly Group[], words: readonly string[]): Group | undefined {
  let best: Group | undefined;
  let most = 0;
  for (const group of leaf) {
    let same = 0;
    for (let place = 0; place < words.length; place += 1) if (group.words[place] === words[place]) same += 1;
    if (same > most) {
      best = group;
      most = same;
    }
  }
  if (most >= words.length * LEAST_ALIKE) return best;
  return leaf.length < MOST_GROUPS ? undefined : leaf.at(-1);
}

function join(group: Group, words: readonly string[]): void {
  group.members.push(words);
  for (let place = 0; place < words.length; place += 1) {
    if (group.words[place] !== words[place]) group.words[place] = ANY;
  }
}

function variablePlaces(members: readonly (readonly string[])[]): boolean[] {
  if (members.length <= MOST_WORDS) return [];
  return (members[0] ?? []).map((_, place) => {
    const words = new Set<string>();
    const most = members[0]?.[place]?.startsWith('/') ? MOST_PATHS : MOST_WORDS;
    for (const member of members) if (words.size <= most) words.add(member[place] ?? '');
    return words.size > most;
  });
}
