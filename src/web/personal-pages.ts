/** Serves all pages behind personal links, through one door. */
import type { PageLinks } from '#core/page-link.ts';
import { personalDoor } from '#web/personal-door.ts';
import { servePostmortemPages } from '#web/postmortem-page.ts';
import type { WebApp } from '#web/server.ts';
import { serveTimelinePages } from '#web/timeline-page.ts';
import type { EditPages } from '#workflows/postmortem/edit-page.ts';
import type { TimelinePages } from '#workflows/timeline/pages.ts';

export type PersonalPages = Readonly<{
  postmortems: EditPages;
  timelines: TimelinePages;
  links: PageLinks;
  nowUs(): Promise<number>;
}>;

export function servePersonalPages(web: WebApp, { postmortems, timelines, links, nowUs }: PersonalPages): void {
  const door = personalDoor({ links, nowUs });
  servePostmortemPages(web, { pages: postmortems, door });
  serveTimelinePages(web, { pages: timelines, door });
}
