/**
 * Pages: who was called, who has it. They are read from the values of timeline entries:
 *
 *   page-asked=<page>                         a system outside is asked who is on call
 *   page=<page>:<id of a person or a group>   each call, in order
 *   page-note=<page>                          what stood in the way of a call
 *   page-acknowledged=<page>                  somebody has it
 *   page-ended=<page>                         somebody stopped it, or nobody is left to call
 */
import type { TimelineEntry } from '#model/incident/incident.ts';

export type Page = Readonly<{
  id: string;
  calls: readonly Readonly<{ who: string; atUs: number }>[];
  acknowledged: Readonly<{ by: string; atUs: number }> | undefined;
  isEnded: boolean;
}>;

export function callValue(pageId: string, who: string): string {
  return `page=${pageId}:${who}`;
}

export function askedValue(pageId: string): string {
  return `page-asked=${pageId}`;
}

export function noteValue(pageId: string): string {
  return `page-note=${pageId}`;
}

export function acknowledgedValue(pageId: string): string {
  return `page-acknowledged=${pageId}`;
}

export function endedValue(pageId: string): string {
  return `page-ended=${pageId}`;
}

export function isOfPage({ kind, value }: Pick<TimelineEntry, 'kind' | 'value'>): boolean {
  return kind === 'message' && value.startsWith('page');
}

/** In the order in which they began. */
export function pagesOf(entries: readonly TimelineEntry[]): readonly Page[] {
  const pages = new Map<string, Page>();
  for (const entry of entries.filter(isOfPage)) {
    const { value, atUs, source } = entry;
    const equals = value.indexOf('=');
    const [what, said] = [value.slice(0, equals), value.slice(equals + 1)];
    const colon = said.lastIndexOf(':');
    const id = what === 'page' && colon !== -1 ? said.slice(0, colon) : said;
    const page = pages.get(id) ?? { id, calls: [], acknowledged: undefined, isEnded: false };
    if (what === 'page-asked') pages.set(id, page);
    if (what === 'page') pages.set(id, { ...page, calls: [...page.calls, { who: said.slice(colon + 1), atUs }] });
    // Two may press at once: the first has it.
    if (what === 'page-acknowledged') {
      pages.set(id, { ...page, acknowledged: page.acknowledged ?? { by: source, atUs } });
    }
    if (what === 'page-ended') pages.set(id, { ...page, isEnded: true });
  }
  return [...pages.values()];
}

/** Whether it still goes to the next person. */
export function isWaiting({ acknowledged, isEnded }: Page): boolean {
  return acknowledged === undefined && !isEnded;
}

/** A user group, which cannot get a direct message. */
export function isGroup(id: string): boolean {
  return id.startsWith('S');
}
