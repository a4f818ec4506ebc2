/** Sends a person their own link to the page of a postmortem. */
import { pageLinkMessage } from '#present/slack/postmortem-page.ts';
import {
  type AskedBy,
  type IncidentParts,
  incidentMeant,
  type Meant,
  showTo,
} from '#workflows/incidents/on-incident.ts';
import { type PageDoor, personalUrl } from '#workflows/rights/personal-links.ts';

export type SendPageLink = (request: Readonly<{ asked: AskedBy; meant: Meant }>) => Promise<void>;

const NO_PAGES =
  'Nobody has set up pages for this bot. Set `SPANHOUND_PAGES_URL` to the address where browsers reach it.';

export function pageLinkSender(parts: IncidentParts, door: PageDoor | undefined): SendPageLink {
  return async ({ asked, meant }) => {
    const incident = await incidentMeant(parts, asked, meant);
    if ('problem' in incident) return await showTo(parts, asked, { text: incident.problem });
    if (door === undefined) return await showTo(parts, asked, { text: NO_PAGES });
    const { workspaceId, userId } = asked;
    const madeUs = await parts.store.nowUs();
    const url = personalUrl(door, 'postmortem', { incidentId: incident.id, workspaceId, userId, madeUs });
    const seen = { incident, what: 'link to the page of the postmortem' };
    await showTo(parts, asked, pageLinkMessage(incident, url), seen);
  };
}
