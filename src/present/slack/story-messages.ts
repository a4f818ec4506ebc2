/** Messages about alerts that share a cause, and about storms of alerts. */
import type { FoldReason } from '#model/incident/story.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { bold, bullets, link, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { openable } from '#present/words/links.ts';
import { shown } from '#present/words/plain-text.ts';

const TITLE = 200;
const SENTENCE = 400;
/** A person reads the newest; the count says how many there are. */
export const FOLDS_NAMED = 10;

const WHY: Readonly<Record<FoldReason, string>> = {
  rule: 'the same rule and service, at the same time; not examined itself',
  edge: 'its service is on the failing path',
  verdict: 'examined, with the same verdict',
  'no time': 'not examined',
};

/** The answer to an alert that has the cause of another one. `url`: the place of that answer; '' if not known. */
export function sameCause({
  first,
  verdict,
  reason,
  url,
}: Readonly<{ first: string; verdict: string; reason: Exclude<FoldReason, 'no time'>; url: string }>): SlackMessage {
  const what = reason === 'rule' ? 'The same rule fires for the same service: ' : 'Same cause as an earlier alert: ';
  const title = truncate(shown(first), TITLE);
  const said = verdict === '' ? '' : ` ${withStop(truncate(shown(verdict), SENTENCE))}`;
  const address = openable(url);
  const where = ' Its thread has the answer.';
  return {
    text: escapeMrkdwn(`${what}${title}.${said}${where}`),
    blocks: [
      richText(paragraph(bold(what), address === '' ? words(title) : link(address, title), words(`.${said}${where}`))),
    ],
  };
}

export type Occurrence = Readonly<{ title: string; reason: FoldReason }>;

/** Under the first answer. `count`: without the first alert. `newest`: newest first. */
export function occurrences({
  count,
  resolved,
  newest,
}: Readonly<{ count: number; resolved: number; newest: readonly Occurrence[] }>): SlackMessage {
  const all = count + 1;
  const last = truncate(shown(newest[0]?.title ?? ''), TITLE);
  const what = `Occurrence ${all} of ${all}: ${last}`;
  const over = resolved === 0 ? '' : ` ${resolved === 1 ? 'One is' : `${resolved} are`} resolved.`;
  const share = `${counted(count, 'further alert')} ${count === 1 ? 'shares' : 'share'} this answer.${over}`;
  return {
    text: escapeMrkdwn(`${what}. ${share}`),
    blocks: [richText(paragraph(bold(what), words(`\n${share}`)), bullets(rows(newest, count)))],
  };
}

/** Under an answer whose cause turned out to be that of another one. */
export function occurrencesMoved(first: string): SlackMessage {
  const what = `The alerts that shared this answer are listed under ${truncate(shown(first), TITLE)}.`;
  return { text: escapeMrkdwn(what), blocks: [richText(paragraph(words(what)))] };
}

/** The answer to an alert for which a storm left no time. */
export function notExamined(title: string): SlackMessage {
  const what = `I did not examine ${truncate(shown(title), TITLE)}: too many alerts came at once.`;
  const then = 'If it still fires, type /trace with one of its trace ids, or wait for it to fire again.';
  return {
    text: escapeMrkdwn(`${what} ${then}`),
    blocks: [richText(paragraph(bold(what), words(` ${then}`)))],
  };
}

export type StormFacts = Readonly<{
  perMinute: number;
  /** Alerts since it began that share an answer. */
  folded: number;
  unlooked: number;
  newestUnlooked: readonly Occurrence[];
  stories: readonly Readonly<{ title: string; verdict: string; count: number }>[];
  /** How long it lasted; undefined while it lasts. */
  lastedUs: number | undefined;
}>;

/** Posted once when it begins, and kept up to date. */
export function alertStorm(facts: StormFacts): SlackMessage {
  const { perMinute, lastedUs } = facts;
  const what =
    lastedUs === undefined
      ? `Alert storm: more than ${perMinute} new alerts a minute.`
      : `The alert storm is over after ${durationText(lastedUs)}.`;
  const rules =
    lastedUs === undefined
      ? ' Alerts of one cause share one answer, and I post no first lines. Until it ends, I list here what I did not examine.'
      : '';
  return stormMessage(what, `${rules} ${stormCounts(facts)}`.trim(), facts);
}

/** Posted when it ends. */
export function stormOver(facts: StormFacts): SlackMessage {
  const what = `The alert storm is over after ${durationText(facts.lastedUs ?? 0)}.`;
  return stormMessage(what, stormCounts(facts), facts);
}

function stormCounts({ folded, unlooked, stories }: StormFacts): string {
  const shared = `${counted(folded, 'alert')} ${folded === 1 ? 'shares' : 'share'} ${counted(stories.length, 'answer')}.`;
  const missed = unlooked === 0 ? 'Every alert has an answer.' : `${counted(unlooked, 'alert')} not examined.`;
  return `${shared} ${missed}`;
}

function stormMessage(what: string, counts: string, { stories, newestUnlooked, unlooked }: StormFacts): SlackMessage {
  const answers = stories.map(({ title, verdict, count }) => {
    const said = verdict === '' ? 'still examined' : truncate(shown(verdict), SENTENCE);
    return paragraph(bold(truncate(shown(title), TITLE)), words(`: ${said} (${counted(count + 1, 'alert')})`));
  });
  return {
    text: escapeMrkdwn(`${what} ${counts}`),
    blocks: [
      richText(
        paragraph(bold(what), words(` ${counts}`)),
        ...(answers.length > 0 ? [bullets(answers)] : []),
        ...(unlooked > 0 ? [paragraph(bold('Not examined:')), bullets(rows(newestUnlooked, unlooked))] : []),
      ),
    ],
  };
}

function rows(named: readonly Occurrence[], count: number) {
  const lines = named
    .slice(0, FOLDS_NAMED)
    .map(({ title, reason }) => `${truncate(shown(title), TITLE)} · ${WHY[reason]}`);
  if (count > lines.length) lines.push(`and ${count - lines.length} more`);
  return lines.map((line) => paragraph(words(line)));
}

function withStop(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}
