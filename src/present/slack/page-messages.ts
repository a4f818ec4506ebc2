/** Pages: in the thread of the incident, where the mention notifies, and as a direct message. */
import type { KnownBlock, RichTextElement, RichTextSection } from '@slack/types';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { isGroup } from '#model/incident/page.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { bold, date, link, minute, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { openable } from '#present/words/links.ts';
import { shown } from '#present/words/plain-text.ts';

const TITLE_CHARS = 150;
const SENTENCE_CHARS = 300;

export type PageCall = Readonly<{
  incident: Incident;
  pageId: string;
  /** The id of a person or of a user group. */
  who: string;
  /** The name of the person who pages; '' for the next call of a page that nobody acknowledged. */
  by: string;
  /** What the person wrote; '' without words. */
  text: string;
  /** After so many minutes the next one is called; 0 is never. */
  minutes: number;
  /** `PagerDuty’s schedule Payments`, which has them on call; '' for somebody whom a person or the settings named. */
  place: string;
  /** The end of the shift there. */
  untilUs: number | undefined;
  /** What stood in the way of this call, as sentences. */
  notes: readonly string[];
}>;

/** Pings only `who`. */
export function pageInThread(call: PageCall): SlackMessage {
  const { incident, who, by, text, minutes } = call;
  const said = text === '' ? '' : ` ${truncate(shown(text), SENTENCE_CHARS)}`;
  const next = minutes === 0 ? '' : ` Without an answer in ${minutes} min, I page the next one.`;
  return {
    text: escapeMrkdwn(`${incidentName(incident)}: a page${by === '' ? '' : ` by ${shown(by)}`}.${said}`),
    blocks: [
      richText(
        paragraph(mention(who), words(` ${why(by)}.${said}`), ...onCallWords(call), words(next)),
        ...noteLines(call.notes),
      ),
      buttons(call),
    ],
  };
}

/** What stood in the way of a call, in the thread, without a ping. With the id of a page that goes on, a button stops it. */
export function pageNotes({
  incident,
  notes,
  pageId = '',
}: Readonly<{ incident: Incident; notes: readonly string[]; pageId?: string }>): SlackMessage {
  const again =
    pageId === '' ? [] : ['Nobody is paged yet. I ask again every minute. To page a person: /incident page @kim.'];
  const all = [...notes.slice(0, MOST_NOTES), ...again];
  return {
    text: escapeMrkdwn(`${incidentName(incident)}: ${truncate(shown(all[0] ?? ''), SENTENCE_CHARS)}`),
    blocks: [
      richText(...all.map(noteLine)),
      ...(pageId === '' ? [] : [{ type: 'actions' as const, elements: [stopButton({ incident, pageId })] }]),
    ],
  };
}

/** A message shows so many notes of one call. The timeline has all of them. */
const MOST_NOTES = 5;
/** With the setting to correct. */
const NOTE_CHARS = 500;

/** What stood in the way of a call, a line each. */
export function noteLines(notes: readonly string[]): readonly RichTextSection[] {
  return notes.slice(0, MOST_NOTES).map(noteLine);
}

function noteLine(note: string): RichTextSection {
  return paragraph(words(truncate(shown(note), NOTE_CHARS)));
}

/** ` You are on call in PagerDuty’s schedule Payments until 18:00.` */
export function onCallWords({ place, untilUs }: Pick<PageCall, 'place' | 'untilUs'>): readonly RichTextElement[] {
  if (place === '') return [];
  const where = words(` You are on call in ${truncate(shown(place), TITLE_CHARS)}`);
  return untilUs === undefined ? [where, words('.')] : [where, words(' until '), minute(untilUs), words('.')];
}

/** `known`: the last verdict or update; '' where there is none. `url`: the overview. */
export function pageByMessage(call: PageCall & Readonly<{ known: string; url: string }>): SlackMessage {
  const { incident, by, text, known, url } = call;
  const title = truncate(shown(incident.title), TITLE_CHARS);
  const head = `${incidentName(incident)} ${incident.severity} ${title}`;
  const said = (label: string, what: string) =>
    what === '' ? [] : [paragraph(bold(label), words(` ${truncate(shown(what), SENTENCE_CHARS)}`))];
  return {
    text: escapeMrkdwn(`${head}: ${why(by)}.`),
    blocks: [
      richText(
        paragraph(bold(head), words(` — ${incident.status}. ${sentence(why(by))}.`), ...onCallWords(call)),
        ...said('Asked:', text),
        ...said('Known:', known),
        ...(openable(url) === '' ? [] : [paragraph(link(url, 'Open the overview'))]),
      ),
      buttons(call),
    ],
  };
}

function why(by: string): string {
  return by === '' ? 'you are paged, because nobody before you answered' : `${shown(by)} pages you`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function buttons(call: Pick<PageCall, 'incident' | 'pageId'>): KnownBlock {
  const have = button('incident_page_have', 'I have it', 'I look after it: nobody else is paged', namesPage(call));
  return { type: 'actions', elements: [have, stopButton(call)] };
}

function stopButton(call: Pick<PageCall, 'incident' | 'pageId'>) {
  return button('incident_page_stop', 'Stop paging', 'Page nobody else', namesPage(call));
}

function namesPage({ incident, pageId }: Pick<PageCall, 'incident' | 'pageId'>): string {
  return `${incident.id}:${pageId}`;
}

/** Replaces the call in the thread, without a ping. `said`: `Kim has it`. */
export function pageOver({ said, atUs }: Readonly<{ said: string; atUs: number }>): SlackMessage {
  const line = truncate(shown(said), SENTENCE_CHARS);
  return { text: escapeMrkdwn(line), blocks: [richText(paragraph(words(`${line} · `), date(atUs)))] };
}

function mention(who: string): RichTextElement {
  return isGroup(who) ? { type: 'usergroup', usergroup_id: who } : { type: 'user', user_id: who };
}
