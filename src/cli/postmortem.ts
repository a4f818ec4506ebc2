/** `spanhound postmortem INC-12`: the draft from the record. Only Slack knows people's names, so it shows their ids, except in the demo. */
import type { Call, Form } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { noteRead } from '#cli/note-read.ts';
import { openOutput } from '#cli/output.ts';
import { openRecord } from '#cli/record.ts';
import { namesWithoutSlack } from '#compose/demo-names.ts';
import { loadPostmortemTemplates } from '#config/postmortem-templates.ts';
import type { Config } from '#config/schema.ts';
import { IncidentNotFoundError, UsageError } from '#core/errors.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { PostmortemTemplate } from '#model/incident/postmortem-template.ts';
import type { PaperSize } from '#present/documents/paper-size.ts';
import { postmortemHtml } from '#present/documents/postmortem-html.ts';
import { postmortemMarkdown } from '#present/documents/postmortem-markdown.ts';
import type { ShownPostmortem } from '#present/documents/postmortem-text.ts';
import { knownVersions } from '#present/documents/version-difference.ts';
import { postmortemJson } from '#present/json/postmortem-json.ts';
import { findIncidentNamed } from '#workflows/incidents/find-incident.ts';
import { comparedWith, readPostmortem, sameChannel } from '#workflows/postmortem/read-postmortem.ts';
import { versionsOf } from '#workflows/postmortem/versions.ts';

const POSTMORTEM_FORMS = ['md', 'html', 'pdf', 'json'] as const satisfies readonly Form[];

/** `atVersion`: the number of an older draft. `paper`: of a PDF. */
export type PostmortemOptions = Readonly<{ atVersion?: string; paper?: PaperSize }>;

export async function postmortem(
  call: Call,
  name: string,
  { atVersion, paper = 'a4' }: PostmortemOptions = {},
): Promise<number> {
  const output = openOutput(call, POSTMORTEM_FORMS);
  return await withIncident(call, name, async (record, incident) => {
    const untilUs = atVersion === undefined ? undefined : await versionNamed(record.store, incident, atVersion);
    const shown = await draftOf(record, incident, untilUs);
    await noteRead(record.store, { what: 'postmortem', incident });
    await output.write(await WRITTEN[output.form](shown, { env: call.env, paper }));
    return EXIT.done;
  });
}

type Store = NonNullable<Awaited<ReturnType<typeof openRecord>>['store']>;

type OpenedRecord = Readonly<{ store: Store; templates: readonly PostmortemTemplate[]; config: Config }>;

/** With the store, which is closed afterwards. */
export async function withIncident(
  call: Call,
  name: string,
  work: (record: OpenedRecord, incident: Incident) => Promise<number>,
): Promise<number> {
  const { store, config } = await openRecord(call);
  const templates = loadPostmortemTemplates(config.incidents.postmortemTemplates);
  if (store === undefined) throw new IncidentNotFoundError(name);
  try {
    return await work({ store, templates, config }, await findIncidentNamed(store, name));
  } finally {
    await store.close();
  }
}

/** `untilUs`: from the record as it was at that time. */
export async function draftOf(
  { store, templates }: Pick<OpenedRecord, 'store' | 'templates'>,
  incident: Incident,
  untilUs: number | undefined,
): Promise<ShownPostmortem> {
  const names = namesWithoutSlack(incident.workspaceId);
  const compared = await comparedWith(store, incident, sameChannel(incident));
  const asked = { names, compared, templates, ...(untilUs !== undefined && { untilUs }) };
  return { postmortem: await readPostmortem(store, incident, asked), names };
}

/** When the version with this number was drafted. */
export async function versionNamed(store: Store, incident: Incident, typed: string): Promise<number> {
  const versions = await versionsOf(store, incident);
  const found = versions.find(({ number }) => String(number) === typed);
  if (found !== undefined) return found.atUs;
  throw new UsageError(
    `there is no version ${typed} of the postmortem of ${incidentName(incident)}`,
    `It has ${knownVersions(versions)}. /postmortem in Slack makes one.`,
  );
}

type Printing = Readonly<{ env: Call['env']; paper: PaperSize }>;

const WRITTEN: Readonly<
  Record<(typeof POSTMORTEM_FORMS)[number], (shown: ShownPostmortem, how: Printing) => string | Promise<Uint8Array>>
> = {
  md: (shown) => postmortemMarkdown(shown),
  html: postmortemHtml,
  pdf: async (shown, how) => (await import('#compose/printing.ts')).printed(shown, how),
  json: (shown) => `${JSON.stringify(postmortemJson(shown), null, 2)}\n`,
};
