/** `postmortem.ts` runs it: a draft in a process where nothing is warm, and the next one. Argument: a folder for its store. */
import { composeStore } from '#compose/store.ts';
import { postmortemMarkdown } from '#present/documents/postmortem-markdown.ts';
import { findIncident } from '#record/find-incidents.ts';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import type { Store } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import { comparedWith, readPostmortem, sameChannel } from '#workflows/postmortem/read-postmortem.ts';
import { type Drafted, ENTRIES } from './postmortem.ts';

const WHERE = { workspaceId: 'T1', id: 'i' };

const [, , dataFolder = ''] = process.argv;
const store = await composeStore({ dataFolder });
try {
  await fill(store);
  const drafted: Drafted = { firstMs: await timeOfDraft(), nextMs: await timeOfDraft() };
  console.log(JSON.stringify(drafted));
} finally {
  await store.close();
}

async function timeOfDraft(): Promise<number> {
  const begun = performance.now();
  await draft(store);
  return performance.now() - begun;
}

async function fill(store: Store): Promise<void> {
  await store.transaction(async (tx) => {
    await declareIncident(tx, {
      ...{ ...WHERE, channelId: 'C1', title: 'Orders are slow', severity: 'P1', declaredBy: 'U1' },
      ...{ detectedBy: 'employee', detection: '' },
    });
    for (let at = 0; at < ENTRIES; at += 1) {
      const text = at % 5 === 0 ? `somebody forgot shard ${at}` : `shard ${at} was moved, and the queue is shorter`;
      const said = { kind: 'note', text, source: `U0A${String(at % 20).padStart(6, '0')}`, link: '' } as const;
      await addEntry(tx, { ...said, incidentId: WHERE.id, key: `note:${at}`, atUs: tx.nowUs + at });
    }
    await changeIncident(tx, { incidentId: WHERE.id, key: 'end', by: 'U1', status: 'resolved', text: '' });
  });
}

async function draft(store: Store): Promise<string> {
  const incident = await findIncident(store, WHERE);
  if (incident === undefined) throw new Error('the incident is not stored');
  const names = new Map<string, string>();
  const compared = await comparedWith(store, incident, sameChannel(incident));
  return postmortemMarkdown({
    postmortem: await readPostmortem(store, incident, { names, compared, templates: [] }),
    names,
  });
}
