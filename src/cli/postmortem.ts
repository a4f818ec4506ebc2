/** `spanhound postmortem INC-12`: the draft from the record. Only Slack knows people's names, so it shows their ids, except in the demo. */
import type { Call, Form } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { openOutput } from '#cli/output.ts';
import { openRecord } from '#cli/record.ts';
import { namesWithoutSlack } from '#compose/demo-names.ts';
import { IncidentNotFoundError } from '#core/errors.ts';
import { postmortemHtml } from '#present/documents/postmortem-html.ts';
import { postmortemMarkdown } from '#present/documents/postmortem-markdown.ts';
import type { ShownPostmortem } from '#present/documents/postmortem-text.ts';
import { postmortemJson } from '#present/json/postmortem-json.ts';
import { findIncidentNamed } from '#workflows/find-incident.ts';
import { comparedWith, readPostmortem, sameChannel } from '#workflows/read-postmortem.ts';

const POSTMORTEM_FORMS = ['md', 'html', 'json'] as const satisfies readonly Form[];

export async function postmortem(call: Call, name: string): Promise<number> {
  const output = openOutput(call, POSTMORTEM_FORMS);
  const { store } = await openRecord(call);
  if (store === undefined) throw new IncidentNotFoundError(name);
  try {
    const incident = await findIncidentNamed(store, name);
    const names = namesWithoutSlack(incident.workspaceId);
    const compared = await comparedWith(store, incident, sameChannel(incident));
    const shown = { postmortem: await readPostmortem(store, incident, { names, compared }), names };
    await output.write(WRITTEN[output.form as (typeof POSTMORTEM_FORMS)[number]](shown));
    return EXIT.done;
  } finally {
    await store.close();
  }
}

const WRITTEN: Readonly<Record<(typeof POSTMORTEM_FORMS)[number], (shown: ShownPostmortem) => string>> = {
  md: postmortemMarkdown,
  html: postmortemHtml,
  json: (shown) => `${JSON.stringify(postmortemJson(shown), null, 2)}\n`,
};
