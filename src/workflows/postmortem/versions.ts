/**
 * The versions of a postmortem: one for each time that a person asked for the draft, and two for each restore. A version
 * is the record as it was then, so it is drafted again instead of stored, and what was deleted on request is in none of
 * them.
 */
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { restoredVersion } from '#model/incident/postmortem-acceptance.ts';
import type { PostmortemDesk } from '#model/incident/postmortem-desk.ts';
import type { PostmortemTemplate } from '#model/incident/postmortem-template.ts';
import { type ShownPostmortem, versionLines } from '#present/documents/postmortem-text.ts';
import { knownVersions, type Version } from '#present/documents/version-difference.ts';
import { differenceMessage, versionsMessage } from '#present/slack/postmortem-versions.ts';
import { createdWith } from '#record/outbox.ts';
import type { Reader } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { type MayShowIn, mergesShown } from '#workflows/incidents/merges-shown.ts';
import type { AskedBy } from '#workflows/incidents/on-incident.ts';
import { type IncidentParts, incidentMeant, type Meant, showTo } from '#workflows/incidents/on-incident.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';
import { namesOf, otherNamesOf, zonesOf } from '#workflows/postmortem/draft-postmortem.ts';
import { POSTMORTEM_OF } from '#workflows/postmortem/postmortem-id.ts';
import { readPostmortem } from '#workflows/postmortem/read-postmortem.ts';

export type VersionsRequest = Readonly<{
  asked: AskedBy;
  meant: Meant;
  /** The numbers of the two versions; undefined for the list. */
  compared: readonly [number, number] | undefined;
}>;

export type ShowVersions = (request: VersionsRequest) => Promise<void>;

export function versionShower(
  parts: IncidentParts &
    Readonly<{
      directory: Directory;
      mayShowIn: MayShowIn;
      postmortemDesk: PostmortemDesk;
      templates?: readonly PostmortemTemplate[];
    }>,
): ShowVersions {
  const { store, directory, mayShowIn, postmortemDesk, templates = [] } = parts;
  return async ({ asked, meant, compared }) => {
    const incident = await incidentMeant(parts, asked, meant);
    if ('problem' in incident) return await showTo(parts, asked, { text: incident.problem });
    const versions = await versionsOf(store, incident);
    if (compared === undefined)
      return await showTo(parts, asked, versionsMessage(incident, versions), { incident, what: VERSIONS });
    const [from, to] = compared.map((number) => versions.find((version) => version.number === number));
    if (from === undefined || to === undefined) {
      const text = `${incidentName(incident)} has ${knownVersions(versions)} of its postmortem.`;
      return await showTo(parts, asked, { text });
    }
    const shows = await mergesShown(store, mayShowIn, incident);
    const names = await namesOf(store, directory, { incident, shows });
    const otherNames = await otherNamesOf(store, directory, { incident, names });
    const zones = await zonesOf(directory, names);
    const fromSlack = { names, otherNames, zones, compared: { similar: [], others: 0 }, templates, shows };
    const drafted = async ({ atUs }: Version): Promise<ShownPostmortem> => ({
      postmortem: await readPostmortem(store, incident, { ...fromSlack, untilUs: atUs }, postmortemDesk),
      names,
    });
    const [before, after] = [versionLines(await drafted(from)), versionLines(await drafted(to))];
    const message = differenceMessage({ incident, from, to, before, after });
    await showTo(parts, asked, message, { incident, what: VERSIONS });
  };
}

const VERSIONS = 'versions of the postmortem';

export async function versionsOf(reader: Reader, { id }: Incident): Promise<readonly Version[]> {
  const drafts = await createdWith(reader, `${POSTMORTEM_OF(id)}/`);
  const restores = (await timelineOf(reader, id)).flatMap((entry) => {
    const number = restoredVersion(entry);
    return number === undefined ? [] : [{ atUs: entry.notedUs, number }];
  });
  const versions: Omit<Version, 'number'>[] = [
    ...drafts.map((atUs) => ({ atUs })),
    ...restores.flatMap(({ atUs, number }) => [
      // A microsecond before its rows.
      { atUs: atUs - 1, restored: { part: 'before' as const, number } },
      { atUs, restored: { part: 'after' as const, number } },
    ]),
  ];
  return versions.toSorted((a, b) => a.atUs - b.atUs).map((version, index) => ({ ...version, number: index + 1 }));
}
