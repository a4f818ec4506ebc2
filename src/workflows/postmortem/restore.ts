/**
 * Restores a version of a postmortem: people's notes, updates and answers say again what they said then. What systems
 * recorded, action items, links and the state of the incident stay as they are. The words from just before the restore
 * are a version, too, so a person can go back.
 */
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { restoredValue } from '#model/incident/postmortem-acceptance.ts';
import { counted } from '#model/text/count-text.ts';
import { knownVersions } from '#present/documents/version-difference.ts';
import { auditIncident } from '#record/audit.ts';
import type { Jobs } from '#record/jobs.ts';
import { type RestoredEntries, restoreTimeline } from '#record/restore-timeline.ts';
import type { Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import {
  type AskedBy,
  type IncidentParts,
  type Meant,
  onIncident,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { versionsOf } from '#workflows/postmortem/versions.ts';

export type RestoreRequest = Readonly<{ asked: AskedBy; meant: Meant; number: number }>;

export type RestorePostmortem = (request: RestoreRequest) => Promise<Told>;

export function postmortemRestorer(parts: IncidentParts): RestorePostmortem {
  return ({ asked, meant, number }) =>
    onIncident(parts, asked, meant, async (tx, incident) => {
      const { userId: by, userName, inboxId: key } = asked;
      const restored = await restoreVersion(tx, parts.jobs, incident, { number, by, key });
      if ('problem' in restored) return { answer: restored.problem };
      return {
        answer: restoredSentence(incident, number, restored),
        said: { what: `Version ${number} of the postmortem is restored`, by: userName, atUs: tx.nowUs },
        isForAsker: true,
      };
    });
}

export type RestoreVersion = Readonly<{
  number: number;
  /** Who restores it, and the key of their request. */
  by: string;
  key: string;
}>;

/** The caller holds the lock of the incident. `problem`: nothing changed, and a sentence says why. */
export async function restoreVersion(
  tx: Tx,
  jobs: Jobs,
  incident: Incident,
  { number, by, key }: RestoreVersion,
): Promise<RestoredEntries | Readonly<{ problem: string }>> {
  const name = incidentName(incident);
  const versions = await versionsOf(tx, incident);
  const version = versions.find((one) => one.number === number);
  if (version === undefined) return { problem: `${name} has ${knownVersions(versions)} of its postmortem.` };
  const restored = await restoreTimeline(tx, { incidentId: incident.id, untilUs: version.atUs, key, by });
  const { corrected, back, withdrawn } = restored;
  if (corrected + back + withdrawn === 0) {
    return { problem: `Since version ${number}, nobody changed what people wrote in ${name}. Nothing was changed.` };
  }
  await addEntry(tx, {
    incidentId: incident.id,
    key: `restored-version:${key}`,
    atUs: tx.nowUs,
    kind: 'message',
    text: `Restored version ${number} of the postmortem`,
    source: by,
    link: '',
    value: restoredValue(number),
  });
  await auditIncident(tx, incident, by, 'postmortem.restored', { version: number, ...restored });
  await draftAnew(tx, jobs, { incident, key });
  return restored;
}

/** What became of the words, and how to go back. */
export function restoredSentence(
  incident: Incident,
  number: number,
  { corrected, back, withdrawn }: RestoredEntries,
): string {
  const counts = { corrected, back, withdrawn };
  const parts = Object.entries(counts).flatMap(([what, count]) =>
    count === 0 ? [] : [`${counted(count, 'entry')} ${what}`],
  );
  const name = incidentName(incident);
  return `Version ${number} of the postmortem of ${name} is restored: ${parts.join(', ')}. The words from before are a version, too.`;
}
