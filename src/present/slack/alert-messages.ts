/**
 * Messages in the thread of an alert: reading it, the diagnosis of the most telling trace with the agreement of the
 * others, resolved, or unreadable.
 */
import type { RichTextElement } from '@slack/types';
import { sealed } from '#model/redaction/sealed.ts';
import type { RequestCounts } from '#model/requests/request-counts.ts';
import { capitalised } from '#model/text/capitalised.ts';
import { durationText } from '#model/text/duration.ts';
import { escapeMarkdown } from '#present/documents/markdown.ts';
import { type Report, reportedCounts } from '#present/json/report.ts';
import type { Presented } from '#present/present.ts';
import type { SlackAnswer, SlackMessage } from '#present/slack/answer.ts';
import { withHead } from '#present/slack/diagnosis-message.ts';
import {
  bold,
  bullets,
  code,
  link,
  minute,
  paragraph,
  preformatted,
  richText,
  timed,
  words,
} from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { affectedText, ONE_REQUEST } from '#present/words/first-message.ts';
import { isoInstant, readableMinute } from '#present/words/instant.ts';
import { openable } from '#present/words/links.ts';
import { shown } from '#present/words/plain-text.ts';
import { type When, whenText } from '#present/words/since-when.ts';

/**
 * How many examined traces show one problem (a detector's title) in one service. Unnamed where the data does not name
 * the problem.
 */
export type Count = Readonly<{ problem: string; service: string; isUnnamed: boolean; traces: number }>;

export type AlertFacts = Readonly<{
  /** The examined service and time window, in microseconds since the epoch. */
  service: string;
  fromUs: number;
  toUs: number;
  /** The number of traces found; the exemplars are some of them. */
  found: number;
  exemplars: readonly (Report['exemplars'][number] &
    Readonly<{
      verdict: string;
      /** Template of an address, as in `Links`. */
      link: string;
    }>)[];
  /** The problem of the verdict, and how many of them show it; undefined where none does. */
  shared: Count | undefined;
  others: readonly Count[];
  healthy: number;
  /** Undefined where no requests were counted. */
  affected?: RequestCounts | undefined;
  /** When the problem began, as far as the requests show it; undefined where they do not. */
  since?: When | undefined;
}>;

const TITLE = 200;
const SENTENCE = 400;
/** A screen of text, so that the author of the alert recognises it. */
const SEEN = 1_200;
const ALERTS_NAMED = 10;

/** Posted at once, before anything is read. `thisWeek`: how often it fired in a week; undefined the first time. */
export function alertFirstLine(
  title: string,
  { from, thisWeek }: Readonly<{ from: readonly string[]; thisWeek: number | undefined }>,
): SlackMessage {
  const name = truncate(shown(title), TITLE);
  const fires = thisWeek === undefined ? '' : `, which fires ${againText(thisWeek)}`;
  const reading = `${fires}${from.length === 0 ? '…' : `: reading traces from ${from.map(shown).join(' and ')}…`}`;
  return {
    text: `Looking into ${escapeMrkdwn(`${name}${reading}`)}`,
    blocks: [richText(paragraph(words('Looking into '), ...timed(name, bold), words(reading)))],
  };
}

/**
 * Says that Spanhound could not read an alert: silence would look like an all-clear. Spanhound says it once a day for each
 * alert app. `sender`: the app's name.
 */
export function unreadableAlert(seen: string, sender: string): SlackMessage {
  const what = 'I could not read this alert, so I did not look into it.';
  const found = truncate(seen.split('\n').map(shown).join('\n').trim(), SEEN);
  const then = 'If it has a trace, choose “Diagnose this trace” in its menu or type /trace with the id in a channel.';
  const once = ` I say this once a day about messages of ${truncate(shown(sender), TITLE)}.`;
  return {
    text: escapeMrkdwn(`${what} ${then} ${TEACH}${TRY}${MAPPING}.${once}`),
    blocks: [
      richText(
        paragraph(bold(what), words(found === '' ? ' I found no text in it.' : ' This is the text that I found:')),
        ...(found === '' ? [] : [preformatted(found)]),
        paragraph(words(`${then} ${TEACH}`), code(TRY), words(`${MAPPING}.${once}`)),
      ),
    ],
  };
}

const TEACH = 'An operator can teach me: save an alert of it as JSON, run ';
const TRY = 'spanhound alert try FILE';
const MAPPING = ', and put the mapping into the configuration';

/** One line a day for an app whose alerts nobody can read here: silence would look like an all-clear. */
export function unknownSender(sender: string): SlackMessage {
  const name = truncate(shown(sender), TITLE);
  const what = `This looks like an alert, but I cannot read messages of ${name}, so I did not look into it.`;
  const last = `${MAPPING}. I say this once a day.`;
  return {
    text: escapeMrkdwn(`${what} ${TEACH}${TRY}${last}`),
    blocks: [richText(paragraph(bold(what), words(` ${TEACH}`), code(TRY), words(last)))],
  };
}

/** Posted once under the answer. */
export function resolvedAlert(title: string): SlackMessage {
  const name = truncate(shown(title), TITLE);
  return {
    text: `Resolved: ${escapeMrkdwn(name)}`,
    blocks: [richText(paragraph(bold('Resolved: '), words(name)))],
  };
}

export type UnhandledAlert = Readonly<{ title: string; source: string; reason: string }>;

/** The round before this one. Everything but its time is empty where it is not known or not for the readers here. */
export type LastRound = Readonly<{
  atUs: number;
  verdict: string;
  /** How long it lasted; undefined if its end was not reported. */
  lastedUs: number | undefined;
  /** What people did last in its incident: `INC-4: rolled back stock`. */
  endedBy: string;
  /** The place of its answer. */
  url: string;
}>;

/** Posted in the thread of the new answer. */
export function alertHistory(thisWeek: number, last: LastRound): SlackMessage {
  const ended =
    last.lastedUs === undefined ? 'Its end was not reported.' : `It ended after ${durationText(last.lastedUs)}.`;
  const verdict = last.verdict === '' ? '' : ` ${withStop(truncate(shown(last.verdict), SENTENCE))}`;
  const by = last.endedBy === '' ? '' : ` Ended by: ${withStop(truncate(shown(last.endedBy), SENTENCE))}`;
  const before = `It fires ${againText(thisWeek)}. Last time: `;
  const behind = `.${verdict} ${ended}${by} `;
  const url = openable(last.url);
  const where = url === '' ? [] : [link(url, 'The answer of that time')];
  return {
    text: escapeMrkdwn(`${before}${readableMinute(last.atUs)}${behind}`.trim()),
    blocks: [richText(paragraph(words(before), minute(last.atUs), words(behind), ...where))],
  };
}

/** Posted in the thread of the round before, so that its readers find the new one. */
export function alertFiresAgain(address: string): SlackMessage {
  const said = 'This alert fires again. ';
  const url = openable(address);
  const where = url === '' ? words('The new answer has its own thread.') : link(url, 'The new answer');
  return { text: said.trim(), blocks: [richText(paragraph(words(said), where))] };
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

/** `for the third time this week`; `again` if the time before was more than a week ago. */
function againText(thisWeek: number): string {
  if (thisWeek < 2) return 'again';
  return `for the ${ORDINALS[thisWeek - 1] ?? `${thisWeek}th`} time this week`;
}

function withStop(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** For an alert that was accepted but not handled within a minute: people should not wait for the answer. */
export function alertLate(alert: UnhandledAlert): SlackMessage {
  return unhandled(alert, (reason) => `I cannot look into it yet: ${reason}. I keep trying for a day.`);
}

/** Nobody has examined the alert, and without this message nobody would know. */
export function alertGivenUp(alert: UnhandledAlert): SlackMessage {
  return unhandled(alert, (reason) => `I tried for a day and gave up: ${reason}. Nobody has looked into it.`);
}

function unhandled({ title, source, reason }: UnhandledAlert, saying: (why: string) => string): SlackMessage {
  const what = `Alert from ${shown(source)}: ${truncate(shown(title), TITLE)}`;
  const why = saying(truncate(shown(reason), SENTENCE));
  return {
    text: escapeMrkdwn(`${what}. ${why}`),
    blocks: [richText(paragraph(bold(what), words(`\n${why}`)))],
  };
}

/** For alerts that join a group that already has its answer. */
export function moreAlerts(titles: readonly string[], where = 'in this group'): SlackMessage {
  const names = titles.slice(0, ALERTS_NAMED).map((title) => truncate(shown(title), TITLE));
  if (titles.length > names.length) names.push(`and ${titles.length - names.length} more`);
  const what = titles.length === 1 ? `One more alert fires ${where}` : `${titles.length} more alerts fire ${where}`;
  return {
    text: `${what}: ${escapeMrkdwn(truncate(names.join(', '), SENTENCE))}`,
    blocks: [richText(paragraph(bold(what)), bullets(names.map((name) => paragraph(words(name)))))],
  };
}

/** Turns the diagnosis of the representative trace into the answer to the alert. */
export function presentAlert<Trace extends Presented>(analysed: Trace, facts: AlertFacts): Trace {
  const { slack, markdown, text, html, report } = analysed;
  const { since } = facts;
  // A healthy request has no such line.
  const scope = since === undefined ? scopeOf(facts) : `${scopeOf(facts)} · ${whenText(since)}`;
  const all = `Nothing wrong found in the ${facts.exemplars.length} requests looked at`;
  const counting = (said: string) =>
    facts.exemplars.length > 1
      ? said.replace(ONE_REQUEST, () => scope).replace(HEALTHY_REQUEST, all)
      : said.replace(ONE_REQUEST, () => scope);
  return {
    ...analysed,
    report: alertReport(report, facts),
    ...(text !== undefined && { text: counting(text) }),
    ...(html !== undefined && { html: counting(html) }),
    ...(markdown !== undefined && { markdown: alertMarkdown(counting(markdown), facts) }),
    ...(slack && { slack: alertAnswer(slack, facts, counting) }),
  };
}

/** The headline of a single healthy request. */
const HEALTHY_REQUEST = /Nothing wrong found in (?:this request|the part of this request that arrived): [^\n<]+/;

function alertAnswer(slack: SlackAnswer, facts: AlertFacts, counting: (said: string) => string): SlackAnswer {
  const { head } = slack;
  const counted =
    head === undefined
      ? slack
      : withHead(slack, {
          ...head,
          headline: counting(head.headline),
          scope: scopeOf(facts),
          scopeUrl: '',
          since: head.status && facts.since,
        });
  return { ...counted, thread: [exemplarMessage(facts), ...slack.thread] };
}

/** `3 of 12 requests failed · all 6 looked at show this` */
function scopeOf(facts: AlertFacts): string {
  const alike = alikeText(facts, 'requests ');
  const affected = alike === ONE_REQUEST || facts.affected === undefined ? undefined : affectedText(facts.affected);
  return affected === undefined ? alike : `${affected} · ${alikeText(facts, '')}`;
}

/** Of those that were examined. `noun`: empty where the line already says what was counted. */
function alikeText({ exemplars, shared }: AlertFacts, noun: 'requests ' | ''): string {
  const all = exemplars.length;
  const traces = shared?.traces ?? 0;
  if (all === 1) return ONE_REQUEST;
  if (traces === 0) return `${all} requests looked at`;
  if (all === 2 && traces === 2) return `both ${noun}looked at show this`;
  return `${traces === all ? `all ${all}` : `${traces} of ${all}`} ${noun}looked at ${traces === 1 ? 'shows' : 'show'} this`;
}

function alertReport(report: Report, { service, fromUs, toUs, exemplars, affected }: AlertFacts): Report {
  return {
    ...report,
    subject: {
      kind: 'alert',
      traceId: report.subject.traceId,
      service: shown(service),
      from: isoInstant(fromUs),
      to: isoInstant(toUs),
    },
    exemplars: exemplars.map(({ traceId, role, why, at }) => ({ traceId, role, why, ...(at !== undefined && { at }) })),
    ...(affected && { affected: sealed(reportedCounts(affected)) }),
  };
}

/** `5 of 6 examined requests of checkout show the same problem` */
function agreement({ service, exemplars, shared, others }: AlertFacts): string {
  const all = exemplars.length;
  const requests = `examined ${all === 1 ? 'request' : 'requests'} of ${shown(service)}`;
  if (shared === undefined && others.length > 0) return `none of the ${all} ${requests} shows this by itself`;
  if (shared === undefined)
    return all === 1 ? `the ${requests} shows no problem` : `none of the ${all} ${requests} shows a problem`;
  const { traces } = shared;
  if (all === 1) return `the only ${requests} shows this problem`;
  if (traces === 1) return `1 of ${all} ${requests} shows this problem`;
  return `${traces === all ? `all ${all}` : `${traces} of ${all}`} ${requests} show the same problem`;
}

function rest({ others, healthy }: AlertFacts): string {
  const parts = others.map((other) => `${causeText(other)} (${other.traces})`);
  if (healthy > 0) parts.push(`nothing wrong (${healthy})`);
  return parts.length === 0 ? '' : `The others: ${parts.join(', ')}. `;
}

function causeText({ problem, service, isUnnamed }: Count): string {
  return isUnnamed ? `an unidentified problem in ${shown(service)}` : `${shown(problem)} in ${shown(service)}`;
}

function choice(facts: AlertFacts): RichTextElement[] {
  return [words(chosenText(facts)), minute(facts.fromUs), words(' to '), minute(facts.toUs), words('.')];
}

/** `Examined: 3 failing and the 3 slowest of 13 requests found from ` */
function chosenText({ exemplars, found }: AlertFacts): string {
  const failing = exemplars.filter(({ role }) => role === 'failing').length;
  const slow = exemplars.length - failing;
  const chosen = [...(failing > 0 ? [`${failing} failing`] : []), ...(slow > 0 ? [`the ${slow} slowest`] : [])].join(
    ' and ',
  );
  const which = found === exemplars.length ? `all ${found} requests found` : `${chosen} of ${found} requests found`;
  return `Examined: ${which} from `;
}

function exemplarMessage(facts: AlertFacts): SlackMessage {
  const said = facts.shared === undefined && facts.others.length === 0 ? '' : rest(facts);
  return {
    text: 'The examined requests, and why each was chosen',
    blocks: [
      richText(
        paragraph(
          bold(truncate(capitalised(`${agreement(facts)}. `), SENTENCE)),
          words(truncate(said, SENTENCE)),
          ...choice(facts),
        ),
        bullets(facts.exemplars.map((each) => paragraph(...row(each)))),
      ),
    ],
  };
}

function row({ traceId, role, why, verdict, link: template }: AlertFacts['exemplars'][number]): RichTextElement[] {
  const url = exemplarUrl(template, traceId);
  return [
    url === '' ? code(truncate(shown(traceId), 40)) : link(url, shown(traceId)),
    words(` · ${role}: ${truncate(why, SENTENCE)} · ${truncate(verdict, SENTENCE)}`),
  ];
}

function exemplarUrl(template: string, traceId: string): string {
  return template === '' ? '' : openable(template.replaceAll('{traceId}', () => encodeURIComponent(traceId)));
}

function alertMarkdown(markdown: string, facts: AlertFacts): string {
  const said = facts.shared === undefined && facts.others.length === 0 ? '' : rest(facts);
  const rows = facts.exemplars.map(({ traceId, role, why, verdict, link: template }) => {
    const url = exemplarUrl(template, traceId);
    const id = escapeMarkdown(shown(traceId));
    return `- ${url === '' ? id : `[${id}](${url})`} · ${role}: ${escapeMarkdown(why)} · ${escapeMarkdown(verdict)}`;
  });
  const chosen = `${chosenText(facts)}${readableMinute(facts.fromUs)} to ${readableMinute(facts.toUs)}.`;
  return `${[
    markdown.trimEnd(),
    '## Examined requests',
    escapeMarkdown(`${capitalised(agreement(facts))}. ${said}${chosen}`),
    rows.join('\n'),
  ].join('\n\n')}\n`;
}
