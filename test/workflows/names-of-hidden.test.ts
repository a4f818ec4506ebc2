/** What the timeline of an incident says of another one that its reader may not see. */
import { expect, test } from 'vitest';
import { relatedValue } from '#model/incident/incident-link.ts';
import { declareIncident } from '#record/incidents.ts';
import { mergeIncident, noteSplit } from '#record/merges.ts';
import type { Store } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { readTimeline } from '#workflows/timeline/read-timeline.ts';

const PRIVATE = 'C9';
const onlyPublic = async (channelId: string) => channelId !== PRIVATE;

/** INC-1 in public, INC-2 and INC-3 in a private channel. */
async function threeIncidents(): Promise<Store> {
  const store = await opened(sqlitePlace(), steppedClock());
  await store.transaction(async (tx) => {
    await declareIncident(tx, LOGINS_TIME_OUT);
    const secret = { ...LOGINS_TIME_OUT, channelId: PRIVATE, title: 'Alice takes customer data' };
    await declareIncident(tx, { ...secret, id: 'in-2' });
    await declareIncident(tx, { ...secret, id: 'in-3' });
  });
  return store;
}

async function both(store: Store) {
  const { incident } = await readTimeline(store, 'INC-1');
  const { incident: other } = await readTimeline(store, 'INC-2');
  return { incident, other };
}

async function texts(store: Store, name: string, mayShow?: typeof onlyPublic): Promise<string> {
  const { entries } = await readTimeline(store, name, mayShow);
  return entries.map(({ text, link }) => `${text} ${link}`).join('\n');
}

test('a merge does not show its title, its name or its address', async () => {
  const store = await threeIncidents();
  const { incident, other } = await both(store);
  const text = 'INC-2 is merged into this incident: P1 Alice takes customer data. Its roles were not taken over: Bob';
  const merge = { incident, other, key: 'k', by: 'U1', text, url: '', otherUrl: 'https://slack.example/C9/p1' };
  await store.transaction((tx) => mergeIncident(tx, merge));
  expect(await texts(store, 'INC-1')).toContain('Alice');
  expect(await texts(store, 'INC-1', onlyPublic)).not.toMatch(/Alice|Bob|INC-2|C9/);

  await store.transaction((tx) => noteSplit(tx, { incidentId: incident.id, other, key: 's', by: 'U1' }));
  expect(await texts(store, 'INC-1', onlyPublic)).not.toContain('INC-2');
});

test('a relation does not show its name', async () => {
  const store = await threeIncidents();
  const { incident, other } = await both(store);
  const value = relatedValue(other.id);
  const entry = {
    incidentId: incident.id,
    key: value,
    atUs: 1,
    kind: 'message',
    source: 'U1',
    link: '',
    value,
  } as const;
  await store.transaction((tx) => addEntry(tx, { ...entry, text: 'Related to INC-2: what Alice did' }));
  expect(await texts(store, 'INC-1')).toContain('Alice');
  expect(await texts(store, 'INC-1', onlyPublic)).not.toMatch(/Alice|INC-2/);
});

test('the one that ended does not say which private one has taken it in', async () => {
  const store = await threeIncidents();
  const { incident: other, other: incident } = await both(store);
  const merge = {
    incident,
    other,
    key: 'k',
    by: 'U1',
    text: 'INC-1 is merged',
    url: 'https://slack.example/C9/p1',
    otherUrl: '',
  };
  await store.transaction((tx) => mergeIncident(tx, merge));
  expect(await texts(store, 'INC-1')).toContain('into INC-2');
  const shown = await texts(store, 'INC-1', onlyPublic);
  expect(shown).toContain('→ merged');
  expect(shown).not.toMatch(/INC-2|C9/);
});
