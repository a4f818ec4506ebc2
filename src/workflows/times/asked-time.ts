/** Finds the time in a sentence to the bot: `since 10:40`, `between 10:40 and 11:00`, `for the last 2 hours`, `20 min ago`. */
import { plainCharacters } from '#model/text/plain-characters.ts';
import { quotable } from '#present/slack/text.ts';
import { readLength } from '#workflows/times/spoken-clock.ts';
import { readLeadingTime, type SpokenTime } from '#workflows/times/spoken-time.ts';

/** `around`: the usual window around one moment. Without `to` the window ends now. */
export type AskedTime = Readonly<
  { kind: 'now' } | { kind: 'around'; at: SpokenTime } | { kind: 'window'; from: SpokenTime; to?: SpokenTime }
>;

type Problem = Readonly<{ problem: string }>;

/** `behind`: the text after the time. */
type Found = Readonly<{ time: AskedTime | Problem; behind: string }>;

/** `time` is undefined where the sentence names none; `rest` is the sentence without it. */
export function askedTimeIn(sentence: string): Readonly<{ time: AskedTime | Problem | undefined; rest: string }> {
  const words = plainCharacters(sentence)
    .plain.replace(/\bmidnight\b/gi, 'today 00:00')
    .replace(/\b(?:noon|midday)\b/gi, '12:00')
    .split(' ');
  for (let at = 0; at < words.length; at += 1) {
    const found = timeAt(words.slice(at).join(' '));
    if (found === undefined) continue;
    const rest = `${words.slice(0, at).join(' ')} ${found.behind}`.trim();
    return { time: found.time, rest };
  }
  return { time: undefined, rest: sentence };
}

/** A time that begins with the first word of the text. */
function timeAt(text: string): Found | undefined {
  const first = /^[^\s]+/.exec(text)?.[0] ?? '';
  const lead = LEADS.find(({ words }) => words.test(text));
  if (lead !== undefined) return lead.read(text.replace(lead.words, '').trim());
  if (/^(?:tomorrow|next|nächste[nrs]?)$/i.test(first))
    return problemAt(text, `${quotable(firstWords(text))} is in the future.`);
  if (CLOCK_RANGE.test(text)) return windowAt(text, true);
  const ago = readLeadingTime(text);
  if (ago === undefined) return undefined;
  // A part of a time was read: to look at now would be wrong.
  if ('problem' in ago) return ago.read === undefined ? undefined : problemAt(text, ago.problem);
  // A number alone is a count, a port or a status code.
  const isMoment = ago.when.kind !== 'clock' || /^\d{1,2}:\d{2}|^\d{1,2}\s?[ap]m\b/i.test(text);
  return isMoment ? { time: { kind: 'around', at: ago.when }, behind: ago.rest } : undefined;
}

/** `10:40-11:00` */
const CLOCK_RANGE = /^\d{1,2}[:.]\d{2}(?:\s?[-–—]\s?\d{1,2}[:.]\d{2}|\s(?:to|till|until|bis)\s)/i;

const ABOUT = /^(?:about|around|approx\.?|roughly|circa|ca\.?|etwa|ungefähr)\s/i;

const LEADS: readonly Readonly<{ words: RegExp; read(rest: string): Found | undefined }>[] = [
  { words: /^(?:since|seit)\s(?!(?:it|we|i|you|he|she|they|there|nobody|everybody|everyone|no)\b)/i, read: since },
  { words: /^(?:started|starting|began|beginning|ab)\s(?:at\s)?(?=\d)/i, read: since },
  {
    words: /^(?:(?:in|for|over|during|within|across)\s)?(?:the\s)?(?:last|past)\s(?=\S)|^in\s(?:den|der)\sletzten\s/i,
    read: lastOf,
  },
  { words: /^(?:between|zwischen)\s/i, read: (rest) => windowAt(rest, false) },
  { words: /^(?:from|von)\s/i, read: (rest) => windowAt(rest, false) },
  { words: /^(?:(?:at|around|arround|about|um|gegen)\s(?=~?\d|yesterday|today|last|this)|~(?=\d))/i, read: moment },
];

function since(rest: string): Found | undefined {
  const text = rest.replace(ABOUT, '');
  const range = windowAt(text, true);
  if (range !== undefined && !('problem' in range.time)) return range;
  const from = readLeadingTime(text);
  if (from !== undefined && !('problem' in from))
    return { time: { kind: 'window', from: from.when }, behind: from.rest };
  const length = lengthOf(text);
  if (length !== undefined) return length;
  return problemAt(rest, from?.problem ?? unreadable(firstWords(rest)));
}

/** `30 min`, `hour`: that long before now. */
function lastOf(rest: string): Found | undefined {
  const found = lengthOf(rest) ?? lengthOf(`one ${rest}`);
  if (found !== undefined) return found;
  return /^(?:\d|few|couple|several|bit|while|week|month|year|quarter)/i.test(rest)
    ? problemAt(rest, `I cannot read how long ${quotable(firstWords(rest))} is. Write it as 30 min or 2 hours.`)
    : undefined;
}

function lengthOf(text: string): Found | undefined {
  const length = readLength(text);
  if (length === undefined) return undefined;
  const from: SpokenTime = { kind: 'ago', said: length.said, agoUs: length.us };
  return { time: { kind: 'window', from }, behind: text.slice(length.said.length).trim() };
}

function moment(rest: string): Found | undefined {
  const at = readLeadingTime(rest.replace(/^~/, ''));
  if (at === undefined) return undefined;
  return 'problem' in at ? problemAt(rest, at.problem) : { time: { kind: 'around', at: at.when }, behind: at.rest };
}

const JOINS = [' and ', ' und ', ' to ', ' until ', ' till ', ' bis '];

/** Two times and what joins them. Undefined where neither can be read: `from payments to orders`. */
function windowAt(text: string, isSure: boolean): Found | undefined {
  const [first, second] = halves(text);
  if (second === undefined) return undefined;
  const from = whole(withHalf(first, second));
  const to = /^now\b/i.test(second)
    ? { when: undefined, rest: second.slice('now'.length).trim() }
    : readLeadingTime(second);
  const isFrom = from !== undefined && !('problem' in from);
  const isTo = to !== undefined && !('problem' in to);
  if (isFrom && isTo) {
    const time: AskedTime = { kind: 'window', from: from.when, ...(to.when && { to: to.when }) };
    return { time, behind: to.rest };
  }
  if (isSure || (!isFrom && !isTo && from === undefined)) return undefined;
  const problem =
    from === undefined ? unreadable(first) : 'problem' in from ? from.problem : unreadable(firstWords(second));
  return problemAt(text, problem);
}

/** `between 9 and 10 pm`: the half of the day is said once for both. */
function withHalf(first: string, second: string): string {
  const half = /^\d{1,2}(?:[:.]\d{2})?\s?([ap])\.?m\b/i.exec(second)?.[1];
  return half !== undefined && /^\d{1,2}$/.test(first) ? `${first} ${half}m` : first;
}

function halves(text: string): readonly [string, string?] {
  const join = JOINS.map((word) => ({ word, at: text.toLowerCase().indexOf(word) }))
    .filter(({ at }) => at > 0)
    .sort((a, b) => a.at - b.at)[0];
  if (join !== undefined && join.at <= LONGEST_TIME)
    return [text.slice(0, join.at).trim(), text.slice(join.at + join.word.length).trim()];
  const range = /^(\d{1,2}[:.]\d{2})\s?[-–—]\s?(?=\d{1,2}[:.]\d{2})/.exec(text);
  return range === null ? [text] : [range[1] ?? '', text.slice(range[0].length)];
}

const LONGEST_TIME = 60;

/** A time that is the whole of a text. */
function whole(text: string): Readonly<{ when: SpokenTime } | Problem> | undefined {
  const read = readLeadingTime(text);
  return read === undefined || 'problem' in read || read.rest === '' ? read : undefined;
}

function problemAt(text: string, problem: string): Found {
  return { time: { problem }, behind: text };
}

function unreadable(said: string): string {
  return `I cannot read the time ${quotable(said)}. Write it as 10:40 on your clock, yesterday 10:40, 20 min ago, or 2026-01-06T10:40Z.`;
}

function firstWords(text: string): string {
  return text.split(' ', 3).join(' ');
}
