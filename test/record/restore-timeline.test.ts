import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { signerOf } from '#core/signature.ts';
import { needToKnowValue, WITHHELD_TEXT } from '#model/incident/need-to-know.ts';
import { scopeOfPerson } from '#record/forget-scope.ts';
import { forgetInTimelines } from '#record/forget-timeline.ts';
import { restoreTimeline } from '#record/restore-timeline.ts';
import { addEntry, editEntry, removeEntry, timelineOf } from '#record/timeline.ts';
import { guideIncident } from '#test/guide-incident.ts';

const AUTHOR = 'U0AUTHOR01';
const RESTORER = 'U0RESTORE1';

test('words that came back go with the words of the person who wrote them first', async () => {
  const { store, clock, incident } = await guideIncident();
  const incidentId = incident.id;
  await store.transaction((tx) =>
    addEntry(tx, {
      ...{ incidentId, key: 'n', kind: 'note', text: 'my own words', source: AUTHOR, link: '' },
      atUs: tx.nowUs,
    }),
  );
  const untilUs = clock.nowUs();
  await clock.tick(60_000);
  await store.transaction((tx) => removeEntry(tx, { incidentId, key: 'n', by: AUTHOR }));
  await clock.tick(60_000);
  const restored = await store.transaction((tx) =>
    restoreTimeline(tx, { incidentId, untilUs, key: 'r1', by: RESTORER }),
  );
  expect(restored).toEqual({ corrected: 0, back: 1, withdrawn: 0 });
  const texts = async (until?: number) => (await timelineOf(store, incidentId, until)).map(({ text }) => text);
  expect(await texts()).toContain('my own words');

  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const signer = signerOf(pem);
  await store.transaction((tx) => forgetInTimelines(tx, scopeOfPerson(AUTHOR), { signer, actor: 'command line' }));
  expect(await texts()).not.toContain('my own words');
  expect(await texts(untilUs)).not.toContain('my own words');

  // Nobody brings back what was deleted on request.
  await clock.tick(60_000);
  const again = await store.transaction((tx) => restoreTimeline(tx, { incidentId, untilUs, key: 'r2', by: RESTORER }));
  expect(again).toEqual({ corrected: 0, back: 0, withdrawn: 0 });
});

test('words that came back and that only few read since do not come back for everybody', async () => {
  const { store, clock, incident } = await guideIncident();
  const incidentId = incident.id;
  const restore = (key: string) =>
    store.transaction((tx) => restoreTimeline(tx, { incidentId, untilUs, key, by: RESTORER }));
  await store.transaction((tx) =>
    addEntry(tx, {
      ...{ incidentId, key: 'n', kind: 'note', text: 'the key leaked', source: AUTHOR, link: '' },
      atUs: tx.nowUs,
    }),
  );
  const untilUs = clock.nowUs();
  const id = (await timelineOf(store, incidentId)).find(({ text }) => text === 'the key leaked')?.id;
  await clock.tick(60_000);
  await store.transaction((tx) => removeEntry(tx, { incidentId, key: 'n', by: AUTHOR }));
  await clock.tick(60_000);
  await restore('r1');
  const backUs = clock.nowUs();
  await clock.tick(60_000);
  const circle = needToKnowValue({ people: ['U0NAMED001'] });
  await store.transaction((tx) => editEntry(tx, { incidentId, key: `restored:${id}:r1`, circle, by: AUTHOR }));
  await clock.tick(60_000);
  expect(await restore('r2')).toEqual({ corrected: 0, back: 0, withdrawn: 0 });
  for (const until of [untilUs, backUs, undefined]) {
    const texts = (await timelineOf(store, incidentId, until)).map(({ text }) => text);
    expect(texts).toContain(WITHHELD_TEXT);
    expect(texts).not.toContain('the key leaked');
  }
});
