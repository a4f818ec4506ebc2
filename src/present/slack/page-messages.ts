/** Pages: in the thread of the incident, where the mention notifies, and as a direct message. */
import type { KnownBlock, RichTextElement } from '@slack/types';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { isGroup } from '#model/incident/page.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { bold, date, link, paragraph, richText, words } from '#present/slack/rich-text.ts';
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
}>;

/** Pings only `who`. */
export function pageInThread(call: PageCall): SlackMessage {
  const { incident, who, by, text, minutes } = call;
  const said = text === '' ? '' : ` ${truncate(shown(text), SENTENCE_CHARS)}`;
  const next = minutes === 0 ? '' : ` Without an answer in ${minutes} min, I page the next one.`;
  return {
    text: escapeMrkdwn(`${incidentName(incident)}: a page${by === '' ? '' : ` by ${shown(by)}`}.${said}`),
    blocks: [richText(paragraph(mention(who), words(` ${why(by)}.${said}${next}`))), buttons(call)],
  };
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
        paragraph(bold(head), words(` — ${incident.status}. ${sentence(why(by))}.`)),
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

function buttons({ incident, pageId }: PageCall): KnownBlock {
  const value = `${incident.id}:${pageId}`;
  return {
    type: 'actions',
    elements: [
      button('incident_page_have', 'I have it', 'I look after it: nobody else is paged', value),
      button('incident_page_stop', 'Stop paging', 'Page nobody else', value),
    ],
  };
}

/** Replaces the call in the thread, without a ping. `said`: `Kim has it`. */
export function pageOver({ said, atUs }: Readonly<{ said: string; atUs: number }>): SlackMessage {
  const line = truncate(shown(said), SENTENCE_CHARS);
  return { text: escapeMrkdwn(line), blocks: [richText(paragraph(words(`${line} · `), date(atUs)))] };
}

function mention(who: string): RichTextElement {
  return isGroup(who) ? { type: 'usergroup', usergroup_id: who } : { type: 'user', user_id: who };
}
