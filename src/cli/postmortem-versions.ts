/** `spanhound postmortem versions|diff INC-12`: the drafts that people asked for in Slack, and what changed between two. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { openOutput } from '#cli/output.ts';
import { draftOf, versionNamed, withIncident } from '#cli/postmortem.ts';
import { isoFromUs } from '#core/clock.ts';
import { incidentName } from '#model/incident/incident.ts';
import { versionLines } from '#present/documents/postmortem-text.ts';
import { differenceText, versionDifference, versionsText } from '#present/documents/version-difference.ts';
import { versionsOf } from '#workflows/postmortem-versions.ts';

export async function versions(call: Call, name: string): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  return await withIncident(call, name, async ({ store }, incident) => {
    const known = await versionsOf(store, incident);
    const listed = known.map(({ number, atUs }) => ({ number, at: isoFromUs(atUs) }));
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
    const changed = versionDifference(sides[0] ?? [], sides[1] ?? []);
    await output.write(output.form === 'json' ? `${JSON.stringify(changed)}\n` : differenceText(changed));
    return EXIT.done;
  });
}
