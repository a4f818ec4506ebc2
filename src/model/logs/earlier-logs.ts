/**
 * Whether an error occurred in the days before: the question to a log store, and its answer. Nobody fetches the lines
 * of a week; the store searches for one line with the constant words of the error.
 *
 *  ERROR Peer down: cart-7 after 31 ms    ──►   "ERROR Peer down: cart-"  "after"     in any line of the service?
 */
import { logEvents } from '#model/logs/log-events.ts';
import { severityOf } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { LogTemplates } from '#model/logs/log-templates.ts';

/** How far back the question goes: one day of each kind, so that weekly errors are found. */
export const EARLIER_US = 7 * 24 * 60 * 60 * 1_000_000;

/** Lines of the service that contain all of these words. Without words: since when the service has lines at all. */
export type EarlierQuestion = Readonly<{ service: string; words: readonly string[] }>;

export type EarlierLog = EarlierQuestion &
  Readonly<{
    /** The time of the store's first line of the service. Microseconds since the epoch. */
    fromUs: number;
    toUs: number;
    /** Whether there was such a line. */
    seen: boolean;
  }>;

/** Each question searches everything that a service wrote in a week. */
const MOST_ASKED = 5;

/** Questions about errors without any line in the baseline, the most severe first. */
export function earlierQuestions(logs: readonly LogLine[], templates: LogTemplates): EarlierQuestion[] {
  return logEvents(logs, templates)
    .filter(({ template }) => !templates.linesOf(template).some((place) => place >= logs.length))
    .map(({ service, template, lines }) => {
      const texts = lines.slice(0, LINES_LOOKED_AT).map((place) => logs[place]?.line ?? '');
      return { service, words: constantWords(template.text, texts), severity: severityOf(template.level) };
    })
    .filter(({ service, words }) => service !== '' && words.join('').length >= LEAST_TOLD)
    .sort((a, b) => b.severity - a.severity)
    .slice(0, MOST_ASKED)
    .map(({ service, words }) => ({ service, words }));
}

const LINES_LOOKED_AT = 20;
/** Fewer letters occur in too many lines. */
const LEAST_TOLD = 8;
/** The longest say the most, and each is one more filter. */
const MOST_WORDS = 5;
const SHORTEST_WORD = 4;
const LONGEST_WORD = 120;

/** Where a template has a variable or a quote, and where two fields were joined. */
const BETWEEN = /<[a-z*]{1,8}>|["'`\\…]|: | status=\d{3}/;

/** The text that all lines share with their template: pieces of it, else their words. */
function constantWords(template: string, lines: readonly string[]): readonly string[] {
  const isInAll = (text: string) => lines.every((line) => line.includes(text));
  const pieces = template.split(BETWEEN).map((piece) => piece.trim());
  const words = pieces.flatMap((piece) => (isInAll(piece) ? [piece] : piece.split(' ').filter(isInAll)));
  return [...new Set(words)]
    .filter((word) => word.length >= SHORTEST_WORD && word.length <= LONGEST_WORD && /\p{L}{3}/u.test(word))
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .slice(0, MOST_WORDS);
}

/** The answer about an error like this line; of several answers the most specific one. */
export function earlierOf(answers: readonly EarlierLog[], of: LogLine | undefined): EarlierLog | undefined {
  const { service = '', line = '' } = of ?? {};
  /** Of two equally specific answers from two stores, prefers the one that saw the error. */
  const told = ({ words, seen }: EarlierLog) => words.join('').length * 2 + Number(seen);
  return answers
    .filter((answer) => answer.service === service && answer.words.every((word) => line.includes(word)))
    .reduce<EarlierLog | undefined>((best, one) => (best && told(best) >= told(one) ? best : one), undefined);
}

/** In the form of a case; throws for anything else. */
export function readEarlierLogs(text: string): EarlierLog[] {
  const rows: unknown = JSON.parse(text);
  if (!Array.isArray(rows) || !rows.every(isEarlierLog)) throw new TypeError('these are not answers of a log store');
  return rows;
}

function isEarlierLog(row: unknown): row is EarlierLog {
  if (typeof row !== 'object' || row === null) return false;
  const { service, words, fromUs, toUs, seen } = row as Partial<Record<keyof EarlierLog, unknown>>;
  const areWords = Array.isArray(words) && words.length > 0 && words.every((word) => typeof word === 'string');
  return typeof service === 'string' && areWords && isTime(fromUs) && isTime(toUs) && typeof seen === 'boolean';
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}
