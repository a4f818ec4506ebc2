/** What every database has to withhold: run by each adapter's test. */
import { describe, expect, test } from 'vitest';
import { EVENT_KINDS } from '#model/incident/incident-event.ts';
import { needToKnowValue, WITHHELD_TEXT } from '#model/incident/need-to-know.ts';
import { takeAdded } from '#record/incident-events.ts';
import { declareIncident } from '#record/incidents.ts';
import { mergeIncident, wholeTimeline, wholeWithdrawn } from '#record/merges.ts';
import { addEntry, editEntry, removeEntry, timelineOf, unwithheld } from '#record/timeline.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, type Place } from '#test/temp-store.ts';

const [WORDS, LATER, NAMED] = ['mango-payroll-key', 'papaya-second-words', 'U0NAMED001'];
const SECRETS = new RegExp(`${WORDS}|${LATER}|${NAMED}`);
const CIRCLE = needToKnowValue({ people: [NAMED] });

export function testNeedToKnow(name: string, newPlace: () => Place): void {
  describe(`what only few read on ${name}`, () => {
    async function withNote(value: string) {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      const declared = { workspaceId: 'T1', severity: 'P1', channelId: 'C1', declaredBy: 'U1' } as const;
      const found = { title: 'Logins time out', detectedBy: 'customer', detection: '' } as const;
      const [incident, other] = await store.transaction(async (tx) => [
        await declareIncident(tx, { id: 'i-1', ...declared, ...found }),
        await declareIncident(tx, { id: 'i-2', ...declared, ...found }),
      ]);
      await store.transaction((tx) => takeAdded(tx, { reader: 'r', kinds: [...EVENT_KINDS, 'note'], limit: 99 }));
      const note = {
        incidentId: 'i-1',
        key: 'note:1',
        kind: 'note',
        text: WORDS,
        source: 'U2',
        link: '',
        value,
      } as const;
      await store.transaction((tx) => addEntry(tx, { ...note, atUs: tx.nowUs }));
      const openUs = clock.nowUs();
      await clock.tick(60_000);
      return { store, clock, incident, other, openUs };
    }

    test('stays withheld in every reading of the timeline, and in the queue of events', async () => {
      const { store, incident, other, openUs } = await withNote(CIRCLE);
      await store.transaction((tx) => editEntry(tx, { incidentId: 'i-1', key: 'note:1', text: LATER, by: 'U2' }));
      const [note] = (await timelineOf(store, 'i-1')).filter(({ kind }) => kind === 'note');
      expect(note).toMatchObject({ text: WITHHELD_TEXT, value: 'need-to-know' });
      expect((await unwithheld(store, [note?.id ?? ''])).get(note?.id ?? '')?.text).toBe(LATER);
      const merge = { incident: other, other: incident, key: 'm', by: 'U1', text: 'merged', url: '', otherUrl: '' };
      await store.transaction((tx) => mergeIncident(tx, merge));
      const merged = (await wholeTimeline(store, other)).find(
        ({ text, from }) => text === WITHHELD_TEXT && from === 'INC-1',
      );
      expect(merged?.value).toBe('need-to-know');
      const queue = { reader: 'r', kinds: ['note'], limit: 99, withCorrections: true } as const;
      const { events } = await store.transaction((tx) => takeAdded(tx, queue));
      // The merge is a note, too.
      expect(events.filter(({ text }) => text === WITHHELD_TEXT)).toHaveLength(2);
      const read = [
        await timelineOf(store, 'i-1', openUs),
        await timelineOf(store, 'i-1'),
        await wholeTimeline(store, other),
      ];
      expect(JSON.stringify([read, events])).not.toMatch(SECRETS);
      await store.transaction((tx) => removeEntry(tx, { incidentId: 'i-1', key: 'note:1', by: 'U2' }));
      expect(JSON.stringify(await wholeWithdrawn(store, other))).not.toMatch(SECRETS);
    });

    test('is withheld in the versions before it, too', async () => {
      const { store, openUs } = await withNote('');
      expect(JSON.stringify(await timelineOf(store, 'i-1'))).toContain(WORDS);
      const correction = { incidentId: 'i-1', key: 'note:1', text: LATER, by: 'U2' };
      await store.transaction((tx) => editEntry(tx, correction));
      await store.transaction((tx) => editEntry(tx, { ...correction, circle: CIRCLE }));
      for (const untilUs of [openUs, undefined])
        expect(JSON.stringify(await timelineOf(store, 'i-1', untilUs))).not.toMatch(SECRETS);
      const queue = { reader: 'r', kinds: ['note'], limit: 99, withCorrections: true } as const;
      const { events } = await store.transaction((tx) => takeAdded(tx, queue));
      expect(JSON.stringify(events)).not.toMatch(SECRETS);
    });
  });
}
