/** `spanhound postmortem versions|diff|restore INC-12`: the versions of a draft, what changed between two, and back to one. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { noteRead } from '#cli/note-read.ts';
import { openOutput } from '#cli/output.ts';
import { draftOf, versionNamed, withIncident } from '#cli/postmortem.ts';
import { restoreNow } from '#compose/restoring.ts';
import { isoFromUs } from '#core/clock.ts';
import { UsageError } from '#core/errors.ts';
import { incidentName } from '#model/incident/incident.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import { versionLines } from '#present/documents/postmortem-text.ts';
import { differenceText, versionDifference, versionsText } from '#present/documents/version-difference.ts';
import { restoredSentence } from '#workflows/postmortem/restore.ts';
import { versionsOf } from '#workflows/postmortem/versions.ts';

export async function versions(call: Call, name: string): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  return await withIncident(call, name, async ({ store }, incident) => {
    const known = await versionsOf(store, incident);
    await noteRead(store, { what: 'versions', incident });
    const listed = known.map(({ number, atUs, restored }) => ({ number, at: isoFromUs(atUs), restored }));
    await output.write(
      output.form === 'json' ? `${JSON.stringify(listed)}\n` : versionsText(incidentName(incident), known),
    );
    return EXIT.done;
  });
}

export async function difference(call: Call, name: string, [from, to]: readonly [string, string]): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  return await withIncident(call, name, async (record, incident) => {
    const sides: (readonly string[])[] = [];
    for (const number of [from, to]) {
      const untilUs = await versionNamed(record.store, incident, number);
      sides.push(versionLines(await draftOf(record, incident, untilUs)));
    }
    await noteRead(record.store, { what: 'difference', incident });
    const changed = versionDifference(sides[0] ?? [], sides[1] ?? []);
    await output.write(output.form === 'json' ? `${JSON.stringify(changed)}\n` : differenceText(changed));
    return EXIT.done;
  });
}

/** `by`: the Slack id of the person. */
export type RestoreOptions = Readonly<{ by?: string }>;

/** For the audit log: anybody who may run this on the machine with the data. */
const ACTOR = 'command line';

export async function restore(
  call: Call,
  name: string,
  version: string,
  { by = ACTOR }: RestoreOptions,
): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  if (by !== ACTOR && !isPersonId(by)) {
    throw new UsageError(`${by} is not the id of a person in Slack`, 'Usage: --by U0123ABCDEF');
  }
  return await withIncident(call, name, async ({ store }, incident) => {
    await versionNamed(store, incident, version);
    const restored = await restoreNow(store, incident, { number: Number(version), by });
    const isDone = !('problem' in restored);
    const text = isDone ? restoredSentence(incident, Number(version), restored) : restored.problem;
    await output.write(output.form === 'json' ? `${JSON.stringify(restored)}\n` : `${text}\n`);
    return EXIT.done;
  });
}
