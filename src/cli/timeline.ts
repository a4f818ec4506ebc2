/** `spanhound timeline INC-12`, `actions INC-12`, `changes INC-12`: what an incident's channel has, for the operator. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { noteRead } from '#cli/note-read.ts';
import { openOutput } from '#cli/output.ts';
import { openRecord } from '#cli/record.ts';
import { namesWithoutSlack } from '#compose/demo-names.ts';
import { IncidentNotFoundError } from '#core/errors.ts';
import type { Incident } from '#model/incident/incident.ts';
import { documentText } from '#present/documents/document-text.ts';
import {
  changesDocument,
  changesFile,
  itemsDocument,
  itemsFile,
  type ListDocument,
} from '#present/documents/incident-lists.ts';
import { documentMarkdown } from '#present/documents/postmortem-markdown.ts';
import { timelineFile, timelineMarkdown, timelineText } from '#present/documents/timeline-documents.ts';
import { UTC } from '#utilities/time-zone.ts';
import { findIncidentNamed } from '#workflows/incidents/find-incident.ts';
import { readIncident } from '#workflows/incidents/read-incident.ts';
import { SHOW_ALL } from '#workflows/rights/may-show.ts';
import { readTimeline } from '#workflows/timeline/read-timeline.ts';
import { readChanges } from '#workflows/timeline/show-changes.ts';

const LIST_FORMS = ['text', 'json', 'md'] as const;

type Store = NonNullable<Awaited<ReturnType<typeof openRecord>>['store']>;

type Written = Readonly<{ incident: Incident; text(width: number): string; md(): string; json(): string }>;

export async function timeline(call: Call, named: string): Promise<number> {
  return await shownOf(call, named, 'timeline', async (store) => {
    const { incident, entries } = await readTimeline(store, named);
    const names = namesWithoutSlack(incident.workspaceId);
    const document = { incident, entries, names, zone: UTC, asOfUs: await store.nowUs() };
    return {
      incident,
      text: (width) => timelineText(document, width),
      md: () => timelineMarkdown(document),
      json: () => timelineFile(document),
    };
  });
}

export async function actions(call: Call, named: string): Promise<number> {
  return await shownOf(call, named, 'action items', async (store) => {
    const { incident, items } = await readIncident(store, named, SHOW_ALL);
    const listed = { incident, items, names: namesWithoutSlack(incident.workspaceId) };
    return listWritten(incident, itemsDocument(listed), () => itemsFile(listed));
  });
}

/** With the changes that systems reported: they are the operator's own. */
export async function changes(call: Call, named: string): Promise<number> {
  return await shownOf(call, named, 'changes', async (store) => {
    const incident = await findIncidentNamed(store, named);
    const found = await readChanges(store, incident, true);
    return listWritten(incident, changesDocument(found), () => changesFile(found));
  });
}

function listWritten(incident: Incident, { title, parts }: ListDocument, json: () => string): Written {
  return {
    incident,
    text: (width) => documentText(title, parts, width),
    md: () => documentMarkdown(title, parts),
    json,
  };
}

/** Throws IncidentNotFoundError if nothing was recorded yet, too. `what`: for the audit log, which has who was shown it. */
async function shownOf(
  call: Call,
  named: string,
  what: 'timeline' | 'action items' | 'changes',
  read: (store: Store) => Promise<Written>,
): Promise<number> {
  const output = openOutput(call, LIST_FORMS);
  const { store } = await openRecord(call);
  if (store === undefined) throw new IncidentNotFoundError(named);
  try {
    const written = await read(store);
    await noteRead(store, { what, incident: written.incident });
    await output.write(output.form === 'text' ? written.text(output.text.width) : written[output.form]());
    return EXIT.done;
  } finally {
    await store.close();
  }
}
