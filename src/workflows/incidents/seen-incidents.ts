/** The open incidents that a person may see. */
import { type Incident, type IncidentStart, incidentStart, SEVERITIES } from '#model/incident/incident.ts';
import { openIncidents } from '#record/find-incidents.ts';
import { wholeTimeline } from '#record/merges.ts';
import type { Reader } from '#record/store.ts';
import { overviewUrl } from '#workflows/incidents/incident-thread.ts';
import { mergesShown } from '#workflows/incidents/merges-shown.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';
import type { WhoLooks, WhoMay } from '#workflows/upkeep/check-store.ts';

/** `url`: the overview in Slack; '' where it is not posted, or Slack does not say. `start`: as this person may know it. */
export type OpenIncident = Readonly<{ incident: Incident; url: string; start: IncidentStart }>;

export type MaySee = (incident: Pick<Incident, 'channelId'>) => Promise<boolean>;

/** Asks Slack once for each channel. */
export function sightOf({ mayRead }: Pick<WhoMay, 'mayRead'>, who: WhoLooks): MaySee {
  const may = new Map<string, Promise<boolean | undefined>>();
  return async ({ channelId }) => {
    const asked = may.get(channelId) ?? mayRead(who, channelId);
    may.set(channelId, asked);
    return (await asked) === true;
  };
}

/** The most severe first, of one severity the newest. */
export async function openFor(reader: Reader, { workspaceId }: WhoLooks, maySee: MaySee): Promise<readonly Incident[]> {
  const open = await openIncidents(reader, { workspaceId });
  // All at once: a person waits, and each channel may cost a question to Slack.
  const seen = await Promise.all(open.map(maySee));
  const visible = open.filter((_, at) => seen[at]);
  return visible.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

export async function withOverview(
  reader: Reader,
  permalink: Directory['permalink'],
  incident: Incident,
  maySee: MaySee,
): Promise<OpenIncident> {
  const url = await overviewUrl(reader, permalink, incident);
  const shows = await mergesShown(reader, (_, channelId) => maySee({ channelId }), incident);
  return { incident, url, start: incidentStart(incident, await wholeTimeline(reader, incident, shows)) };
}
