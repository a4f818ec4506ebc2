/**
 * Messages in the thread of an alert: reading it, the diagnosis of the most telling trace with the agreement of the
 * others, resolved, or unreadable.
 */
import type { KnownBlock, RichTextElement } from '@slack/types';
import type { RequestCounts } from '#model/requests/request-counts.ts';
import { capitalised } from '#model/text/capitalised.ts';
import { escapeMarkdown } from '#present/documents/markdown.ts';
import type { Report } from '#present/json/report.ts';
import type { Presented } from '#present/present.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { bold, bullets, code, link, paragraph, preformatted, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { isoInstant, readableInstant } from '#present/words/instant.ts';
import { openable } from '#present/words/links.ts';
import { shown } from '#present/words/plain-text.ts';

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
  /** The problem that most of them show; undefined where none shows one. */
  shared: Count | undefined;
  others: readonly Count[];
  healthy: number;
  /** Undefined where no requests were counted. */
  affected?: RequestCounts | undefined;
}>;

const TITLE = 200;
const SENTENCE = 400;
/** A screen of text, so that the author of the alert recognises it. */
const SEEN = 1_200;
const ALERTS_NAMED = 10;

/** Posted at once, before anything is read. `again`: it fires after it was resolved. */
export function alertFirstLine(
  title: string,
  { from, again }: Readonly<{ from: readonly string[]; again: boolean }>,
): SlackMessage {
  const name = truncate(shown(title), TITLE);
  const fires = again ? ', which fires again' : '';
  const reading = `${fires}${from.length === 0 ? '…' : `: reading traces from ${from.map(shown).join(' and ')}…`}`;
  return {
    text: `Looking into ${escapeMrkdwn(`${name}${reading}`)}`,
    blocks: [richText(paragraph(words('Looking into '), bold(name), words(reading)))],
  };
}

/** For a message of an alert app that is not a known alert: silence would look like an all-clear. */
export function unreadableAlert(seen: string): SlackMessage {
  const what = 'I could not read this alert, so I did not look into it.';
  const found = truncate(seen.split('\n').map(shown).join('\n').trim(), SEEN);
  const then = 'If it has a trace, choose “Diagnose this trace” in its menu or type /trace with the id in a channel.';
  return {
    text: `${what} ${then}`,
    blocks: [
      richText(
        paragraph(bold(what), words(found === '' ? ' I found no text in it.' : ' This is the text that I found:')),
        ...(found === '' ? [] : [preformatted(found)]),
        paragraph(words(then)),
      ),
    ],
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
export function moreAlerts(titles: readonly string[]): SlackMessage {
  const names = titles.slice(0, ALERTS_NAMED).map((title) => truncate(shown(title), TITLE));
  if (titles.length > names.length) names.push(`and ${titles.length - names.length} more`);
  const what =
    titles.length === 1 ? 'One more alert fires in this group' : `${titles.length} more alerts fire in this group`;
  return {
    text: `${what}: ${escapeMrkdwn(truncate(names.join(', '), SENTENCE))}`,
    blocks: [richText(paragraph(bold(what)), bullets(names.map((name) => paragraph(words(name)))))],
  };
}

/** Turns the diagnosis of the representative trace into the answer to the alert. Its verdict stays the first sentence. */
export function presentAlert<Trace extends Presented>(analysed: Trace, facts: AlertFacts): Trace {
  const { slack, markdown, report } = analysed;
  return {
    ...analysed,
    report: alertReport(report, facts),
    ...(markdown !== undefined && { markdown: alertMarkdown(markdown, facts) }),
    ...(slack && {
      slack: {
        ...slack,
        text: `${slack.text} (${escapeMrkdwn(agreement(facts))})`,
        blocks: [...slack.blocks.slice(0, 1), agreementBlock(facts), ...slack.blocks.slice(1)],
        ...(slack.picture && { picture: { ...slack.picture, at: slack.picture.at + 1 } }),
        thread: [exemplarMessage(facts), ...slack.thread],
      },
    }),
  };
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
    exemplars: exemplars.map(({ traceId, role, why }) => ({ traceId, role, why })),
    ...(affected && { affected }),
  };
}

/** `5 of 6 examined requests of checkout show the same problem` */
function agreement({ service, exemplars, shared }: AlertFacts): string {
  const all = exemplars.length;
  const requests = `examined ${all === 1 ? 'request' : 'requests'} of ${shown(service)}`;
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

function choice({ exemplars, found, fromUs, toUs }: AlertFacts): string {
  const failing = exemplars.filter(({ role }) => role === 'failing').length;
  const slow = exemplars.length - failing;
  const chosen = [...(failing > 0 ? [`${failing} failing`] : []), ...(slow > 0 ? [`the ${slow} slowest`] : [])].join(
    ' and ',
  );
  const which = found === exemplars.length ? `all ${found} requests found` : `${chosen} of ${found} requests found`;
  return `Examined: ${which} from ${readableInstant(fromUs)} to ${readableInstant(toUs)}.`;
}

function agreementBlock(facts: AlertFacts): KnownBlock {
  const sentence = capitalised(`${agreement(facts)}. `);
  const said = facts.shared === undefined ? '' : rest(facts);
  return richText(paragraph(bold(truncate(sentence, SENTENCE)), words(truncate(`${said}${choice(facts)}`, SENTENCE))));
}

function exemplarMessage({ exemplars }: AlertFacts): SlackMessage {
  return {
    text: 'The examined requests, and why each was chosen',
    blocks: [richText(paragraph(bold('Examined requests')), bullets(exemplars.map((each) => paragraph(...row(each)))))],
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
  const [title = '', ...paragraphs] = markdown.trimEnd().split('\n\n');
  const said = facts.shared === undefined ? '' : rest(facts);
  const rows = facts.exemplars.map(({ traceId, role, why, verdict, link: template }) => {
    const url = exemplarUrl(template, traceId);
    const id = escapeMarkdown(shown(traceId));
    return `- ${url === '' ? id : `[${id}](${url})`} · ${role}: ${escapeMarkdown(why)} · ${escapeMarkdown(verdict)}`;
  });
  return `${[
    title,
    escapeMarkdown(`${capitalised(agreement(facts))}. ${said}${choice(facts)}`),
    ...paragraphs,
    '## Examined requests',
    rows.join('\n'),
  ].join('\n\n')}\n`;
}
