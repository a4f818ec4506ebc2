/**
 * Personal links to pages. A link leads to an incident only while its person may see it: Slack says so at each request.
 */
import type { PageClaims, PageLinks, PageName } from '#core/page-link.ts';
import type { Incident } from '#model/incident/incident.ts';
import { type AskedBy, type IncidentParts, incidentMeant } from '#workflows/incidents/on-incident.ts';

export type LinkParts = Pick<IncidentParts, 'store' | 'mayRead'> &
  Readonly<{
    /** Whether the person is a member with an open account. Undefined if Slack did not say. */
    mayAct(userId: string): Promise<boolean | undefined>;
  }>;

export const NOT_YOU = 'You may not see this incident, or Slack did not say so. Try again, or ask in its channel.';

/** `url`: where browsers reach the bot. */
export type PageDoor = Readonly<{ url: URL; links: PageLinks }>;

/** The address of a page for one person. */
export function personalUrl({ url, links }: PageDoor, page: PageName, claims: PageClaims): string {
  return new URL(`${url.pathname.replace(/\/$/, '')}/${page}/${links.made(page, claims)}`, url).href;
}

/** `problem`: why this person sees nothing. */
export async function incidentOfLink(
  parts: LinkParts,
  claims: PageClaims,
): Promise<Incident | Readonly<{ problem: string }>> {
  if ((await parts.mayAct(claims.userId)) !== true) return { problem: NOT_YOU };
  return await incidentMeant(parts, askedByLink(claims, ''), { incidentId: claims.incidentId });
}

/** `key`: of the request. */
export function askedByLink({ userId, workspaceId }: PageClaims, key: string): AskedBy {
  return { inboxId: key, workspaceId, userId, userName: userId, channelId: '', responseUrl: '' };
}
