/** The reasons of the first message: at most three sentences, each with the address of its evidence. */
import type { Diagnosed, WindowAnalysis } from '#model/finding/analysis.ts';
import type { EvidenceItem, JudgedFinding } from '#model/finding/finding.ts';
import { logHead } from '#model/logs/log-head.ts';
import { logText } from '#model/logs/log-text.ts';
import { capitalised } from '#model/text/capitalised.ts';
import { withoutIds, withShorterQuote } from '#model/text/in-words.ts';
import { LOST_ROOT } from '#model/trace/build/lost-root.ts';
import { travelled } from '#present/documents/request-timeline.ts';
import { firstText } from '#present/words/first-amounts.ts';
import { failureLeftOpen } from '#present/words/left-open.ts';
import { evidenceUrl, openable, spanUrl } from '#present/words/links.ts';
import { nearChange } from '#present/words/near-change.ts';
import { shown } from '#present/words/plain-text.ts';
import { sentencesOf, withinLine } from '#present/words/sentences.ts';

/** A sentence and the address of its evidence; empty where there is none. */
export type Claim = Readonly<{ text: string; url: string; place: 'span' | 'logs' | '' }>;

export type Shown = Diagnosed | WindowAnalysis;

/** A line of a phone holds about 45 characters: three lines of text at most. */
export const LINE = 140;
const REASONS = 3;

/** At most three that say more than the headline, or the one that says it in full. */
export function reasonsOf(analysis: Shown, root: JudgedFinding | undefined, headline: string): Claim[] {
  const all = root === undefined ? requestReasons(analysis) : facts(analysis, root);
  const distinct = withoutRepeats(all);
  const further = distinct.filter(({ text }) => !saysNoMore(text, headline));
  return (further.length > 0 ? further : distinct)
    .slice(0, REASONS)
    .map((claim) => ({ ...claim, text: asSentence(withoutLostRoot(claim.text, analysis)) }));
}

/** Names keep their first letter. */
function asSentence(text: string): string {
  return /^(?:all|an?|it|its|one|the|two) /.test(text) ? capitalised(text) : text;
}

/** The name of a span that stands for a lost root is ours, not the reader's. */
function withoutLostRoot(text: string, { trace }: Shown): string {
  if (trace === undefined || !text.includes(LOST_ROOT) || trace.operation(trace.root) !== LOST_ROOT) return text;
  return capitalisedLike(text, text.replaceAll(LOST_ROOT, 'the request'));
}

function capitalisedLike(before: string, text: string): string {
  return before.startsWith(LOST_ROOT) ? capitalised(text) : text;
}

function withoutRepeats(claims: readonly Claim[]): Claim[] {
  const distinct: Claim[] = [];
  for (const claim of claims) {
    if (distinct.some(({ text }) => isRepeated(text, claim.text) || saysNoMore(claim.text, text))) continue;
    distinct.push(claim);
  }
  return distinct;
}

/** The finding as a fact, its cause, the numbers of its explanation, and what is recorded. */
function facts(analysis: Shown, root: JudgedFinding): Claim[] {
  const where = openSpan(analysis, root);
  const given = (root.reasons ?? []).map(
    (text): Claim => ({ text: factText(firstText(text)), ...sourceOf(analysis, root) }),
  );
  if (given.length > 0) return [...given, ...causes(analysis, root)];
  const fact: Claim = { text: factText(firstText(root.title)), ...where };
  const numbers = sentencesOf(shown(root.explanation))
    .filter((text) => /\d/.test(text) && !NO_FACT.test(text))
    .map((text) => firstText(text))
    .filter((text) => text.length <= LINE)
    .sort((a, b) => Number(a.includes('“')) - Number(b.includes('“')))
    .map((text): Claim => ({ text, ...where }));
  const recorded = (root.evidence ?? []).flatMap((item) => evidenceClaim(analysis, root, item));
  const claims = [fact, ...causes(analysis, root), ...numbers, ...recorded, ...effects(analysis, root)]
    .map((claim) => ({ ...claim, text: withoutIdsNamed(claim.text) }))
    .filter(({ text }) => text !== '' && !text.startsWith('…'));
  const open = failureLeftOpen(analysis, root);
  if (open === undefined) return claims;
  const failure = { text: withoutIdsNamed(factText(firstText(open.title))), ...openSpan(analysis, open) };
  return [...withoutRepeats(claims).slice(0, REASONS - 1), failure];
}

/** Sentences that need the one before, repeat the headline, or quote what follows anyway. */
const NO_FACT =
  /^(?:The whole request takes|The evidence|That|Then|These|Those|This|They|It|There|Its)\b|takes [\d.]+ (?:m?s|µs) now$|^The estimate for all|^\d+ of \d+ requests in the sample\b|^\d+ values were compared$/;

/** What stands in brackets is detail. A message is shortened, because the failure without it says little. */
function factText(title: string): string {
  const plain = title.length <= LINE ? title : title.replace(/ \([^()“”]*\)/g, '');
  const text = plain.length <= LINE ? plain : plain.replace(STATUS_BEFORE_QUOTE, '');
  const less = text.length - LINE;
  const shorter = less > 0 && text.split('“').length === 2 ? withShorterQuote(text, less) : undefined;
  return shorter !== undefined && shorter.length <= LINE ? shorter : withinLine(text, LINE);
}

/** The message says more than the status. */
const STATUS_BEFORE_QUOTE = / with (?:\d{3}(?: [A-Z][\w'-]{0,30}){0,5}|RPC status [A-Z_]{2,30})(?=: “)/;

/** Without an id and the words that only lead to it. */
function withoutIdsNamed(text: string): string {
  return withoutIds(text).replace(/,? (?:in|of|from) (?:trace|span|request) …|^trace …(?:: | shows it$)/g, '');
}

function isRepeated(known: string, text: string): boolean {
  if (known.includes(text.replace(/…$/, '')) || text.includes(known.replace(/…$/, ''))) return true;
  // A cited line adds nothing to a sentence that quotes it.
  const cited = /^(?:Logged|Recorded)[^“]*“([^”]*)”$/.exec(text)?.[1]?.replace(/…$/, '') ?? '';
  if (cited !== '' && known.includes(`“${cited}`)) return true;
  const before = /^Recorded: “([^”]{15,})”$/.exec(known)?.[1]?.replace(/…$/, '') ?? '';
  return before !== '' && text.includes(before);
}

/** More new words than this share of all its words are a new fact. */
const FEW_NEW = 0.15;

/** Whether nearly all words of a text, and each of its numbers, stand in another one. */
function saysNoMore(text: string, known: string): boolean {
  const [words, others] = [wordsOf(text), new Set(wordsOf(known))];
  const fresh = words.filter((word) => !others.has(word));
  return fresh.every((word) => !/^\d/.test(word)) && fresh.length <= FEW_NEW * words.length;
}

/** Without short words and endings: `failed` and `fails` are one word. */
function wordsOf(text: string): string[] {
  const all = text.toLowerCase().match(/\d[\d.,]{0,20}|\p{L}[\p{L}\p{N}]{1,60}/gu) ?? [];
  return all.filter((word) => !/^(?:an?|and|at|by|in|is|its?|of|on|the|to|was|with)$/.test(word)).map(withoutEnding);
}

function withoutEnding(word: string): string {
  return word.length > 4 ? word.replace(/(?:ed|es|s|ing)$/, '') : word;
}

/** Where the first piece of evidence can be opened. */
function sourceOf({ links, trace }: Shown, { evidence: [item] = [] }: JudgedFinding): Pick<Claim, 'url' | 'place'> {
  if (item === undefined) return { url: '', place: '' };
  return { url: openable(item.url ?? '') || (trace === undefined ? '' : evidenceUrl(links, trace, item)), place: '' };
}

/** Where only the order of a request's log lines explains the failure. */
function requestReasons(analysis: Shown): Claim[] {
  if (analysis.trace !== undefined || analysis.request === undefined) return [];
  return travelled(analysis.request.timeline)
    .slice(0, REASONS)
    .map((text) => ({ text: withinLine(firstText(text), LINE), url: '', place: '' }));
}

function evidenceClaim({ links, trace }: Shown, root: JudgedFinding, item: EvidenceItem): Claim[] {
  const isQuote = item.kind === 'log' || isQuoted(item);
  const text = saidIn(item, isQuote);
  const said = withinLine(text, QUOTED);
  if (said === '' || root.title.includes(said.replace(/…$/, ''))) return [];
  const url = openable(item.url ?? '') || (trace === undefined ? '' : evidenceUrl(links, trace, item));
  const quote = `“${said === text || said.endsWith('…') ? said : `${said}…`}”`;
  if (item.kind === 'log') return [{ text: `${LOGGED[String(item.unsure === true)]}: ${quote}`, url, place: 'logs' }];
  if (item.kind === 'change') return [{ text: `Changed: ${said}`, url, place: '' }];
  // A name alone, such as `redlock.acquire`, says nothing.
  if (!said.includes(' ')) return [];
  return [{ text: isQuote ? `Recorded: ${quote}` : said, url, place: trace === undefined ? '' : 'span' }];
}

/** By whether the line may belong to another request. */
const LOGGED: Readonly<Record<string, string>> = { true: 'Logged, perhaps by another request', false: 'Logged' };

const QUOTED = 100;

/** What a program wrote is quoted. The objects of a cluster have a path, and their events are told in our words. */
function isQuoted({ kind, ref, text }: EvidenceItem): boolean {
  return ((kind === 'event' && !ref.includes('/')) || STATEMENT.test(text)) && !/[“”]/.test(text);
}

const STATEMENT = /^(?:delete|insert|merge|select|update|with)\b.{0,200}\b(?:as|from|into|set|using)\b|^select \w/i;

/** The time of a change is no head of a log line. */
function saidIn({ kind, text }: EvidenceItem, isQuote: boolean): string {
  return kind === 'change' ? firstText(text) : saidBy(isQuote ? shown(text) : firstText(text));
}

/** The message of a structured line; of any other the words, without time, level, logger, ids and fields. */
function saidBy(line: string): string {
  const message = logText(line).parts.message ?? CUT_JSON.exec(line)?.[1] ?? OF_EXCEPTION.exec(line)?.[1] ?? line;
  const [words = ''] = message.split(/\s\{/, 1);
  return words.slice(logHead(words).end).replace(/(?<!\s)\s*\b(?:trace|span)_?id[=:]\s?\S+/gi, '');
}

/** Of the attributes of an exception, the message. */
const OF_EXCEPTION = /\bexception\.message=(.{5,300}?)(?:, exception\.|$)/;
/** The message of a JSON line that lost its end. */
const CUT_JSON = /^\{.{0,500}?"(?:message|msg)": ?"((?:[^"\\]|\\.){1,500})/;

/** Facts of one cause, beside the fact that it explains. */
const CAUSES_TOLD = 2;

function causes(analysis: Shown, root: JudgedFinding): Claim[] {
  const near = nearChange(analysis, root);
  const found = [...linked(analysis, root, 'finding', 'because'), ...(near ? [near] : [])];
  return found.flatMap(({ title, reasons = [title], evidence: [item] = [] }) =>
    reasons.slice(0, CAUSES_TOLD).map((text) => {
      return { text: factText(firstText(text)), url: openable(item?.url ?? ''), place: '' } as const;
    }),
  );
}

function effects(analysis: Shown, root: JudgedFinding): Claim[] {
  return linked(analysis, root, 'because', 'finding').map((effect) => {
    return { text: withinLine(firstText(effect.title), LINE), ...openSpan(analysis, effect) };
  });
}

type End = 'finding' | 'because';

/** The findings at the other end of the chain's links with this one. */
function linked({ judgement }: Shown, root: JudgedFinding, own: End, other: End): JudgedFinding[] {
  const { findings, diagnosis } = judgement;
  const index = findings.indexOf(root);
  return (diagnosis?.chain ?? []).filter((link) => link[own] === index).flatMap((link) => findings[link[other]] ?? []);
}

export function openSpan({ trace, links }: Shown, { spans }: JudgedFinding): Pick<Claim, 'url' | 'place'> {
  const url = trace === undefined ? '' : spanUrl(links, trace, spans[0]);
  return { url, place: url === '' ? '' : 'span' };
}
