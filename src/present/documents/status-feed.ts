/** Our own feed for customers, as JSON and as RSS 2.0. */
import type { PageStatus } from '#model/incident/status-page.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { isoInstant, rfcDate } from '#present/words/instant.ts';
import { shown, shownLines } from '#present/words/plain-text.ts';

export type FedIncident = Readonly<{
  /** Means nothing outside of the feed. */
  id: string;
  title: string;
  status: PageStatus;
  components: readonly string[];
  /** The start of the impact; of a page after a reopening, the reopening. */
  beganUs: number;
  resolvedUs: number | undefined;
  /** When the next update is promised. */
  nextUs: number | undefined;
  /** The newest first. */
  updates: readonly Readonly<{
    id: string;
    status: PageStatus;
    text: string;
    postedUs: number;
    correctedUs: number | undefined;
  }>[];
}>;

export function statusFeedJson(incidents: readonly FedIncident[]): string {
  const feed = {
    open: incidents.filter(({ status }) => status !== 'resolved').length,
    incidents: incidents.map((incident) => ({
      id: incident.id,
      title: shown(incident.title),
      status: incident.status,
      components: incident.components.map(shown),
      began_at: isoInstant(incident.beganUs),
      resolved_at: instantOrNull(incident.resolvedUs),
      next_update_at: instantOrNull(incident.nextUs),
      updates: incident.updates.map(({ id, status, text, postedUs, correctedUs }) => ({
        id,
        status,
        text: shownLines(text),
        posted_at: isoInstant(postedUs),
        corrected_at: instantOrNull(correctedUs),
      })),
    })),
  };
  return `${JSON.stringify(feed, null, 2)}\n`;
}

/** One item for each update. A corrected one keeps its id, so that readers replace it. */
export function statusFeedRss(incidents: readonly FedIncident[], link: string): string {
  const items = incidents
    .flatMap(({ title, components, updates }) => updates.map((update) => ({ title, components, ...update })))
    .sort((a, b) => b.postedUs - a.postedUs)
    .map(({ id, title, components, status, text, postedUs }) =>
      [
        '<item>',
        `<title>${escapeXml(`${shown(title)} — ${status}`)}</title>`,
        `<link>${escapeXml(link)}</link>`,
        `<guid isPermaLink="false">${escapeXml(id)}</guid>`,
        `<pubDate>${rfcDate(postedUs)}</pubDate>`,
        ...components.map((name) => `<category>${escapeXml(shown(name))}</category>`),
        `<description>${escapeXml(shownLines(text))}</description>`,
        '</item>',
      ].join('\n'),
    );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0">',
    '<channel>',
    '<title>Status</title>',
    `<link>${escapeXml(link)}</link>`,
    '<description>Updates about our service</description>',
    ...items,
    '</channel>',
    '</rss>',
    '',
  ].join('\n');
}

function instantOrNull(us: number | undefined): string | null {
  return us === undefined ? null : isoInstant(us);
}
