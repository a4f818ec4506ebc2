/** What every database has to give the record of incidents: run by each adapter's test. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '#model/incident/alert.ts';
import { type Incident, type ItemState, incidentMetrics, STATUSES } from '#model/incident/incident.ts';
import { actionItemsOf, actionItemsOwnedBy, addActionItem, changeItemState } from '#record/action-items.ts';
import { alertAt, alertTimes, answerAlertWith, findAlert, noteAlert, roundsOf } from '#record/alerts.ts';
import { audit, verifyAudit } from '#record/audit.ts';
import { caseOf, casesOf, latestSeal, noteCase, noteEvidenceRead } from '#record/evidence.ts';
import {
  allIncidents,
  findIncident,
  incidentDeclaredFrom,
  incidentInChannel,
  incidentOfInvestigation,
  incidentsNumbered,
  incidentTimes,
  openIncidents,
} from '#record/find-incidents.ts';
import { fingerprintOfInvestigation, fingerprintsOfIncidents, noteFingerprint } from '#record/fingerprints.ts';
import { assignRole, type Change, changeIncident, declareIncident, type NewIncident } from '#record/incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { mergedIn, mergedInto, mergeIncident, rootOf, rootsOfMerged, wholeTimeline } from '#record/merges.ts';
import type { Reader, Store } from '#record/store.ts';
import { addEntry, editEntry, type NewEntry, peopleOfRecord, removeEntry, timelineOf } from '#record/timeline.ts';
import { addAlertEntry, addDiagnosisEntry } from '#record/timeline-evidence.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened, type Place } from '#test/temp-store.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MINUTE_US = MINUTE_MS * 1_000;
const HOUR_US = HOUR_MS * 1_000;

const ALERT: Alert = {
  source: 'pagerduty',
  key: 'Q7R2',
  title: 'Login latency above 2 s',
  service: 'login',
  severity: 'high',
  state: 'triggered',
  atUs: 1_767_709_740_000_000,
  saidUs: 1_767_709_740_000_000,
  url: 'https://acme.pagerduty.com/incidents/Q7R2',
  traceId: '',
  labels: { team: 'identity' },
};

const DECLARATION: NewIncident = {
  id: 'inbox-1',
  workspaceId: 'T1',
  title: 'Logins time out',
  severity: 'P0',
  channelId: 'C1',
  declaredBy: 'U1',
  detectedBy: 'customer',
  detection: 'Support heard of it from two shops',
};

type OpenStore = Readonly<{ store: Store; clock: SteppedClock; place: Place }>;

/** Every different order of the alerts. */
function orders(alerts: readonly Alert[]): readonly (readonly Alert[])[] {
  if (alerts.length === 0) return [[]];
  return [...new Set(alerts)].flatMap((first) =>
    orders(alerts.toSpliced(alerts.indexOf(first), 1)).map((rest) => [first, ...rest]),
  );
}

export function testIncidents(name: string, newPlace: () => Place): void {
  async function newStore(): Promise<OpenStore> {
    const place = newPlace();
    const clock = steppedClock();
    return { store: await opened(place, clock), clock, place };
  }

  describe(`alerts on ${name}`, () => {
    const note = (
      store: Store,
      alert: Alert,
      place: { channelId?: string; messageTs?: string; quietMinutes?: number } = {},
    ) => store.transaction((tx) => noteAlert(tx, { workspaceId: 'T1', alert, ...place }));

    test('come back whole after a restart', async () => {
      const { store, clock, place } = await newStore();
      const noted = await note(store, ALERT, { channelId: 'C1', messageTs: '1.1' });
      const again = await opened(place, clock);

      expect(noted).toMatchObject({ isNew: true, previousState: undefined });
      expect(await findAlert(again, { workspaceId: 'T1', id: noted.alertId })).toEqual({
        ...ALERT,
        id: noted.alertId,
        workspaceId: 'T1',
        channelId: 'C1',
        messageTs: '1.1',
        investigationId: undefined,
        receivedUs: clock.nowUs(),
        heardUs: clock.nowUs(),
        round: 0,
      });
    });

    test('are one alert however often and by however many ways the same key is delivered', async () => {
      const { store } = await newStore();
      const first = await note(store, ALERT);
      const edited = await note(store, { ...ALERT, title: 'Login latency above 2 s (edited)' });
      const acknowledged = await note(store, { ...ALERT, state: 'acknowledged' });

      expect(edited).toEqual({ alertId: first.alertId, isNew: false, previousState: 'triggered' });
      expect(acknowledged).toEqual({ alertId: first.alertId, isNew: false, previousState: 'triggered' });
      expect(await findAlert(store, { workspaceId: 'T1', id: first.alertId })).toMatchObject({
        title: ALERT.title,
        state: 'acknowledged',
      });
    });

    test('of the same key are others where the source or the workspace is another', async () => {
      const { store } = await newStore();
      await note(store, ALERT);
      const elsewhere = await store.transaction((tx) => noteAlert(tx, { workspaceId: 'T2', alert: ALERT }));

      expect((await note(store, { ...ALERT, source: 'alertmanager' })).isNew).toBe(true);
      expect(elsewhere.isNew).toBe(true);
    });

    test('never go back to an earlier state, so that a late delivery does not open what was resolved', async () => {
      const { store } = await newStore();
      const { alertId } = await note(store, ALERT);
      await note(store, { ...ALERT, state: 'resolved' });
      const late = await note(store, { ...ALERT, state: 'acknowledged' });

      expect(late).toEqual({ alertId, isNew: false, previousState: 'resolved' });
      expect(await findAlert(store, { workspaceId: 'T1', id: alertId })).toMatchObject({ state: 'resolved' });
    });

    test('that fire again within two days of silence are the same, later ones are new', async () => {
      const { store, clock } = await newStore();
      const first = await note(store, ALERT);
      await clock.tick(47 * HOUR_MS);
      const within = await note(store, ALERT);
      await clock.tick(47 * HOUR_MS);
      const withinAgain = await note(store, ALERT);
      await clock.tick(48 * HOUR_MS);
      const resolvedLate = await note(store, { ...ALERT, state: 'resolved' });
      await clock.tick(48 * HOUR_MS);
      const anew = await note(store, ALERT);

      expect([within, withinAgain, resolvedLate].map(({ alertId }) => alertId)).toEqual(Array(3).fill(first.alertId));
      expect(anew).toMatchObject({ isNew: true, previousState: undefined });
      expect(anew.alertId).not.toBe(first.alertId);
    });

    describe('that fire after they were resolved', () => {
      const MINUTE_US = 60_000_000;
      const at = (minute: number, more: Partial<Alert> = {}): Alert => {
        const us = ALERT.atUs + minute * MINUTE_US;
        return { ...ALERT, atUs: us, saidUs: us, ...more };
      };
      const resolvedAt = (minute: number) => at(minute, { atUs: ALERT.atUs, state: 'resolved' });

      test('go on firing where the resolve between arrives last', async () => {
        const { store } = await newStore();
        const { alertId } = await note(store, at(0));
        await note(store, at(29));
        await note(store, resolvedAt(5));

        expect(await findAlert(store, { workspaceId: 'T1', id: alertId })).toMatchObject({ state: 'triggered' });
        expect(await note(store, resolvedAt(35))).toMatchObject({ alertId, previousState: 'triggered' });
        expect(await findAlert(store, { workspaceId: 'T1', id: alertId })).toMatchObject({ state: 'resolved' });
      });

      test('are a new round, as often as that happens; what is delivered late changes no round', async () => {
        const { store, clock } = await newStore();
        const first = await note(store, at(0));
        await note(store, resolvedAt(5));
        await clock.tick(60_000);
        const second = await note(store, at(29));
        expect(second).toMatchObject({ isNew: true, previousState: undefined });

        for (const late of [resolvedAt(5), at(3, { atUs: ALERT.atUs, state: 'acknowledged' })]) {
          expect(await note(store, late)).toMatchObject({ alertId: second.alertId, isNew: false });
        }
        // Its firing is told of its own round as long as that has no answer.
        expect(await note(store, at(0))).toMatchObject({ alertId: first.alertId, isNew: false });
        await investigated(store, 'i-1');
        await store.transaction((tx) => answerAlertWith(tx, { alertId: first.alertId, investigationId: 'i-1' }));
        expect(await note(store, at(0))).toMatchObject({ alertId: second.alertId, isNew: false });
        expect(await findAlert(store, { workspaceId: 'T1', id: first.alertId })).toMatchObject({ state: 'resolved' });
        expect(await findAlert(store, { workspaceId: 'T1', id: second.alertId })).toMatchObject({
          state: 'triggered',
          round: 1,
          atUs: at(29).atUs,
        });

        expect(await note(store, resolvedAt(35))).toMatchObject({ previousState: 'triggered' });
        expect((await note(store, at(36))).isNew).toBe(true);
        expect(await roundsOf(store, { workspaceId: 'T1', ...ALERT })).toHaveLength(3);
      });

      test('still fire where the end of the time before arrives after the new beginning', async () => {
        const { store } = await newStore();
        const { alertId } = await note(store, at(20));
        await note(store, resolvedAt(10));
        await note(store, at(0));
        expect(await findAlert(store, { workspaceId: 'T1', id: alertId })).toMatchObject({ state: 'triggered' });
        // The message of what was over at once is dated after its end.
        const message = await note(store, { ...at(2), key: 'Q2' }, { channelId: 'C1', messageTs: '2.1' });
        await note(store, { ...resolvedAt(1), key: 'Q2' });
        expect(await findAlert(store, { workspaceId: 'T1', id: message.alertId })).toMatchObject({ state: 'resolved' });
      });

      test('are told from the same end that comes by two ways at two times', async () => {
        const { store } = await newStore();
        await note(store, at(0));
        await note(store, resolvedAt(7));
        await note(store, resolvedAt(5));
        expect((await note(store, at(6))).isNew).toBe(true);
      });

      /** As PagerDuty says them: the incident was created at 0, whatever happens to it later. */
      const triggered = at(0);
      const reopenedAt = (minute: number) => at(minute, { reopened: true });
      async function noteAll(alerts: readonly Alert[]) {
        const { store } = await newStore();
        for (const alert of alerts) await note(store, alert);
        const [last = ''] = await roundsOf(store, { workspaceId: 'T1', ...ALERT });
        return { store, last: await findAlert(store, { workspaceId: 'T1', id: last }) };
      }

      test.each([
        { name: 'after the resolve', resolvedMinute: 10, reopenedMinute: 20 },
        { name: 'in the instant of the resolve', resolvedMinute: 20, reopenedMinute: 20 },
      ])('and are reopened $name fire in their second round, in every order of doubled deliveries', async (told) => {
        const resolved = resolvedAt(told.resolvedMinute);
        const reopened = reopenedAt(told.reopenedMinute);
        const { store } = await newStore();
        for (const [index, order] of orders([triggered, triggered, resolved, resolved, reopened, reopened]).entries()) {
          const key = `order-${index}`;
          for (const alert of order) await note(store, { ...alert, key });
          const rounds = await roundsOf(store, { workspaceId: 'T1', source: ALERT.source, key });
          const last = await findAlert(store, { workspaceId: 'T1', id: rounds[0] ?? '' });
          const said = order.map(({ state, reopened }) => (reopened ? 'reopened' : state)).join(' ');
          expect([said, last?.state, last?.round, last?.atUs]).toEqual([said, 'triggered', 1, reopened.atUs]);
        }
      });

      test('and are reopened are a new round although their end is never delivered', async () => {
        const { last } = await noteAll([triggered, at(5, { atUs: ALERT.atUs, state: 'acknowledged' }), reopenedAt(20)]);
        expect(last).toMatchObject({ state: 'triggered', round: 1, atUs: reopenedAt(20).atUs });
        const { last: third } = await noteAll([triggered, reopenedAt(20), reopenedAt(40), reopenedAt(20)]);
        expect(third).toMatchObject({ state: 'triggered', round: 2, atUs: reopenedAt(40).atUs });
      });

      test('and are reopened are one round where a message and a webhook tell of it, a second cut off its time', async () => {
        const edited = reopenedAt(20).saidUs - 900_000;
        const message = at(0, { atUs: edited, saidUs: edited });
        const { last } = await noteAll([triggered, resolvedAt(10), message, reopenedAt(20)]);
        expect(last).toMatchObject({ state: 'triggered', round: 1 });
      });

      test('keep when they ended, whatever is delivered late of the round before', async () => {
        const { store, last } = await noteAll([
          triggered,
          resolvedAt(10),
          reopenedAt(20),
          resolvedAt(30),
          resolvedAt(10),
        ]);
        expect(last).toMatchObject({ state: 'resolved', round: 1, saidUs: resolvedAt(30).saidUs });
        expect(await note(store, reopenedAt(20))).toMatchObject({ alertId: last?.id, isNew: false });
      });

      test('in the instant in which they ended are a new round where they say a new beginning', async () => {
        const { store, last } = await noteAll([triggered, resolvedAt(10), at(10)]);
        expect(last).toMatchObject({ state: 'triggered', round: 1, atUs: at(10).atUs });
        for (const late of [resolvedAt(10), at(10)]) {
          expect(await note(store, late)).toMatchObject({
            alertId: last?.id,
            isNew: false,
            previousState: 'triggered',
          });
        }
        const sameBeginning = at(10, { atUs: ALERT.atUs });
        expect((await noteAll([triggered, resolvedAt(10), sameBeginning])).last).toMatchObject({ round: 0 });
      });

      test('are answered where their message stands, about now and not about the trace of before', async () => {
        const { store } = await newStore();
        await note(store, at(0, { traceId: 'feed' }), { channelId: 'C1', messageTs: '1.1' });
        await note(store, resolvedAt(5));
        // PagerDuty keeps the text of an incident that is opened again, and when it was created.
        const { alertId } = await note(store, at(29, { atUs: ALERT.atUs, traceId: 'feed' }), { channelId: 'C-hooks' });
        expect(await findAlert(store, { workspaceId: 'T1', id: alertId })).toMatchObject({
          channelId: 'C1',
          messageTs: '1.1',
          traceId: '',
          atUs: at(29).atUs,
        });
      });
    });

    test.each([
      ['an hour', undefined, 60],
      ['the time that is set, longer', 300, 300],
      ['the time that is set, shorter', 10, 10],
    ])(
      'whose sender does not tell of ends are a new round when they begin again after a quiet time: %s',
      async (_, quietMinutes, minutes) => {
        const { store, clock } = await newStore();
        const began = (minute: number) => ALERT.atUs + minute * 60_000_000;
        const firing = (minute: number) =>
          note(
            store,
            { ...ALERT, atUs: began(minute), saidUs: began(minute) },
            { ...(quietMinutes !== undefined && { quietMinutes }) },
          );
        const first = await firing(0);
        await clock.tick((minutes - 1) * MINUTE_MS);
        expect((await firing(minutes - 1)).alertId).toBe(first.alertId);
        await clock.tick(minutes * MINUTE_MS);
        expect((await firing(0)).alertId).toBe(first.alertId); // what began then still fires
        await clock.tick(minutes * MINUTE_MS);
        expect((await firing(3 * minutes - 1)).isNew).toBe(true);
      },
    );

    test('fire for a time, and for another when they fire again within two days', async () => {
      const { store, clock } = await newStore();
      const startUs = clock.nowUs();
      const minutes = (fromUs: number, toUs: number) =>
        alertTimes(store, { workspaceId: 'T1', fromUs, toUs }).then((times) =>
          times.map((time) => [time.title, (time.fromUs - startUs) / MINUTE_US, (time.toUs - startUs) / MINUTE_US]),
        );
      const all = () => minutes(startUs - 10 * MINUTE_US, clock.nowUs());
      const say = (atMinute: number, state: Alert['state'] = 'triggered') =>
        note(store, { ...ALERT, atUs: startUs + atMinute * MINUTE_US, saidUs: clock.nowUs(), state });
      await say(-3);
      await clock.tick(10 * MINUTE_MS);
      expect(await all()).toEqual([[ALERT.title, -3, 48 * 60]]);
      await say(-3, 'resolved');
      // What comes late was said of the time that is over.
      await note(store, { ...ALERT, atUs: startUs - 3 * MINUTE_US, saidUs: startUs, state: 'acknowledged' });
      await clock.tick(20 * MINUTE_MS);
      await say(29);
      await clock.tick(10 * MINUTE_MS);
      await say(29, 'resolved');
      await clock.tick(HOUR_MS);
      expect(await all()).toEqual([
        [ALERT.title, -3, 10],
        [ALERT.title, 29, 40],
      ]);
      expect(await minutes(startUs + 11 * MINUTE_US, startUs + 28 * MINUTE_US)).toEqual([]);
      expect(await alertTimes(store, { workspaceId: 'T2', fromUs: startUs, toUs: clock.nowUs() })).toEqual([]);
    });

    test('that begin anew were over before, though nobody said so, and are not believed for ever', async () => {
      const { store, clock } = await newStore();
      const startUs = clock.nowUs();
      await note(store, { ...ALERT, atUs: startUs, saidUs: startUs });
      await clock.tick(5 * HOUR_MS);
      await note(store, { ...ALERT, atUs: clock.nowUs(), saidUs: clock.nowUs() });
      await clock.tick(60 * HOUR_MS);
      const times = await alertTimes(store, { workspaceId: 'T1', fromUs: startUs, toUs: clock.nowUs() });
      expect(times.map(({ fromUs, toUs }) => [(fromUs - startUs) / HOUR_US, (toUs - startUs) / HOUR_US])).toEqual([
        [0, 0],
        [5, 5 + 48],
      ]);
      const between = { workspaceId: 'T1', fromUs: startUs + 3 * HOUR_US, toUs: startUs + 4 * HOUR_US };
      expect(await alertTimes(store, between)).toEqual([]);
      const later = { workspaceId: 'T1', fromUs: startUs + 54 * HOUR_US, toUs: clock.nowUs() };
      expect(await alertTimes(store, later)).toEqual([]);
    });

    test('stand where their own message stands, even where the webhook came first', async () => {
      const { store } = await newStore();
      const { alertId } = await note(store, ALERT, { channelId: 'C-webhooks' });
      await note(store, ALERT, { channelId: 'C1', messageTs: '1.1' });
      await note(store, ALERT, { channelId: 'C2', messageTs: '2.2' });
      const message = { workspaceId: 'T1', channelId: 'C1', messageTs: '1.1' };

      expect(await alertAt(store, message)).toMatchObject({ id: alertId });
      expect(await alertAt(store, { ...message, channelId: 'C2', messageTs: '2.2' })).toBeUndefined();
    });

    test('of one group may share the investigation that answers them', async () => {
      const { store } = await newStore();
      const [one, two] = [await note(store, ALERT), await note(store, { ...ALERT, key: 'Q7R3' })];
      await investigated(store, 'i-1');
      await store.transaction(async (tx) => {
        for (const { alertId } of [one, two]) await answerAlertWith(tx, { alertId, investigationId: 'i-1' });
      });

      expect(await findAlert(store, { workspaceId: 'T1', id: two.alertId })).toMatchObject({ investigationId: 'i-1' });
    });
  });

  describe(`incidents on ${name}`, () => {
    test('come back whole after a restart', async () => {
      const { store, clock, place } = await newStore();
      const asked = { ...DECLARATION, threadTs: '1.1', impactStartUs: clock.nowUs() - 600_000_000 };
      const declared = await declare(store, asked);
      const found = await findIncident(await opened(place, clock), { workspaceId: 'T1', number: 1 });

      expect(found).toEqual(declared);
      expect(declared).toEqual({
        ...asked,
        number: 1,
        status: 'investigating',
        declaredUs: clock.nowUs(),
        alertId: undefined,
        investigationId: undefined,
        resolvedUs: undefined,
        roles: {},
      });
    });

    test('are counted per workspace, and no number is given twice though two processes declare at once', async () => {
      const { store, clock, place } = await newStore();
      const other = await opened(place, clock);
      await Promise.all(
        [store, other, store, other, store].map((each, index) =>
          declare(each, { ...DECLARATION, id: `inbox-${index}`, workspaceId: index === 4 ? 'T2' : 'T1' }),
        ),
      );

      const numbers = (await allIncidents(store)).map(({ workspaceId, number }) => `${workspaceId} ${number}`);
      expect(numbers.sort()).toEqual(['T1 1', 'T1 2', 'T1 3', 'T1 4', 'T2 1']);
      expect((await incidentsNumbered(store, 1)).map(({ workspaceId }) => workspaceId)).toEqual(['T1', 'T2']);
    });

    test('are declared once by a request that is delivered twice', async () => {
      const { store } = await newStore();
      const first = await declare(store);
      await change(store, { severity: 'P1' });
      const again = await declare(store);

      expect(again).toMatchObject({ id: first.id, number: 1, severity: 'P1' });
      expect(await timelineOf(store, first.id)).toHaveLength(2);
    });

    describe('that are merged', () => {
      async function threeOf(store: Store) {
        for (const id of ['a', 'b', 'c']) await declare(store, { ...DECLARATION, id });
      }
      const find = async (reader: Reader, id: string) => {
        const found = await findIncident(reader, { workspaceId: 'T1', id });
        if (found === undefined) throw new Error(`there is no ${id}`);
        return found;
      };
      const merge = (store: Store, stays: string, ends: string, key = `${stays}${ends}`) =>
        store.transaction(async (tx) => {
          for (const id of [stays, ends].sort()) await tx.lock(`incident/${id}`);
          const [incident, other] = [await find(tx, stays), await find(tx, ends)];
          if (incident.status === 'merged' || other.status === 'merged') return false;
          return await mergeIncident(tx, { incident, other, key, by: 'U1', text: 'taken in', url: '', otherUrl: '' });
        });
      const reopen = (store: Store, id: string) =>
        change(store, { incidentId: id, key: `${id}r`, status: 'investigating' });
      const note = (store: Store, id: string, text: string) =>
        store.transaction((tx) =>
          addEntry(tx, { incidentId: id, key: text, atUs: tx.nowUs, kind: 'note', text, source: 'U1', link: '' }),
        );
      const wholeOf = async (store: Store, id: string) =>
        (await wholeTimeline(store, await find(store, id))).map(({ text, from = 'own' }) => `${from}: ${text}`);

      test('are over without an end, and the other one shows their entries as they are', async () => {
        const { store, clock, place } = await newStore();
        await threeOf(store);
        await note(store, 'b', 'early');
        expect(await merge(store, 'a', 'b')).toBe(true);
        await note(store, 'b', 'late');
        await store.transaction((tx) => editEntry(tx, { incidentId: 'b', key: 'early', text: 'corrected', by: 'U1' }));

        const again = await opened(place, clock);
        expect(await find(again, 'b')).toMatchObject({ status: 'merged', resolvedUs: undefined });
        expect((await openIncidents(again, { workspaceId: 'T1' })).map(({ id }) => id)).toEqual(['c', 'a']);
        const shown = await wholeOf(again, 'a');
        expect(shown).toEqual(expect.arrayContaining(['INC-2: corrected', 'INC-2: late', 'own: taken in']));
        expect((await mergedIn(again, await find(again, 'a'))).map(({ id }) => id)).toEqual(['b']);
        expect((await mergedInto(again, await find(again, 'b')))?.id).toBe('a');
        expect(await verifyAudit(again)).toMatchObject({ ok: true });
      });

      test('have no step that counts for the one that stays', async () => {
        const { store, clock } = await newStore();
        await threeOf(store);
        await clock.tick(MINUTE_MS);
        await change(store, { incidentId: 'b', key: 'i', status: 'identified' });
        await merge(store, 'a', 'b');
        const incident = await find(store, 'a');
        expect(incidentMetrics(incident, await wholeTimeline(store, incident)).confirmationMinutes).toBeUndefined();
        const other = await find(store, 'b');
        expect(incidentMetrics(other, await timelineOf(store, 'b')).durationMinutes).toBeUndefined();
      });

      test('are split off as if nothing had been, also out of a chain', async () => {
        const { store } = await newStore();
        await threeOf(store);
        await merge(store, 'b', 'c');
        await merge(store, 'a', 'b');
        expect((await rootOf(store, await find(store, 'c'))).id).toBe('a');
        expect([...(await rootsOfMerged(store, 'T1'))]).toEqual(
          expect.arrayContaining([
            ['b', 'a'],
            ['c', 'a'],
          ]),
        );
        expect(await wholeOf(store, 'a')).toContain('INC-3: Declared P0, investigating');
        await reopen(store, 'b');
        expect((await wholeOf(store, 'a')).filter((entry) => !entry.startsWith('own'))).toEqual([]);
        expect(await wholeOf(store, 'b')).toContain('INC-3: Declared P0, investigating');
        expect((await find(store, 'b')).status).toBe('investigating');
      });

      test('and then merged the other way round are no circle', async () => {
        const { store } = await newStore();
        await threeOf(store);
        await merge(store, 'a', 'b');
        await reopen(store, 'b');
        await merge(store, 'b', 'a');
        expect((await rootOf(store, await find(store, 'a'))).id).toBe('b');
        expect(await mergedIn(store, await find(store, 'a'))).toEqual([]);
        expect((await wholeOf(store, 'b')).filter((entry) => entry.startsWith('INC-1'))).not.toEqual([]);
      });

      test('both ways at once by two processes have one winner', async () => {
        const { store, clock, place } = await newStore();
        const other = await opened(place, clock);
        await threeOf(store);
        const won = await Promise.all([merge(store, 'a', 'b'), merge(other, 'b', 'a')]);
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await openIncidents(store, { workspaceId: 'T1' })).toHaveLength(2);
      });
    });

    test('are not shown to another workspace', async () => {
      const { store } = await newStore();
      await declare(store);

      expect(await findIncident(store, { workspaceId: 'T2', id: 'inbox-1' })).toBeUndefined();
      expect(await openIncidents(store, { workspaceId: 'T2' })).toEqual([]);
    });

    test('take the alert, the diagnosis and the beginning of the impact into the timeline, each at its own time', async () => {
      const { store, clock } = await newStore();
      const { alertId } = await store.transaction((tx) => noteAlert(tx, { workspaceId: 'T1', alert: ALERT }));
      await clock.tick(MINUTE_MS);
      await investigated(store, 'i-1', 'The connection pool of login is exhausted');
      const foundUs = clock.nowUs();
      await clock.tick(MINUTE_MS);
      const impactStartUs = ALERT.atUs - 120_000_000;
      await declare(store, { ...DECLARATION, alertId, investigationId: 'i-1', impactStartUs });

      expect(await shown(store)).toEqual([
        'note U1 Impact began [impact-start]',
        'alert pagerduty Login latency above 2 s [triggered]',
        'diagnosis spanhound The connection pool of login is exhausted [i-1]',
        'status U1 Declared P0, investigating [investigating]',
      ]);
      expect(await timelineOf(store, 'inbox-1')).toMatchObject([
        { atUs: impactStartUs, notedUs: clock.nowUs() },
        { atUs: ALERT.atUs, notedUs: clock.nowUs() - 120_000_000, link: ALERT.url },
        { atUs: foundUs },
        { atUs: clock.nowUs() },
      ]);
      expect(await incidentDeclaredFrom(store, { alertId })).toMatchObject({ id: 'inbox-1' });
      expect(await incidentDeclaredFrom(store, { investigationId: 'i-1' })).toMatchObject({ id: 'inbox-1' });
      const asked = { workspaceId: 'T1', investigationId: 'i-1' };
      expect(await incidentOfInvestigation(store, asked)).toMatchObject({ id: 'inbox-1' });
      expect(await incidentOfInvestigation(store, { ...asked, workspaceId: 'T2' })).toBeUndefined();
    });

    test('are open from when the impact began until they are resolved, and say about whom they are', async () => {
      const { store, clock } = await newStore();
      const startUs = clock.nowUs();
      const asked = { workspaceId: 'T1', fromUs: startUs - HOUR_US, toUs: startUs + 9 * HOUR_US };
      const { alertId } = await store.transaction((tx) => noteAlert(tx, { workspaceId: 'T1', alert: ALERT }));
      await declare(store, { ...DECLARATION, alertId, impactStartUs: startUs - 5 * MINUTE_US });
      await clock.tick(30 * MINUTE_MS);
      await change(store, { status: 'resolved' });
      await clock.tick(HOUR_MS);
      await declare(store, { ...DECLARATION, id: 'inbox-2' });

      expect(await incidentTimes(store, asked)).toEqual([
        {
          id: 'inbox-1',
          name: 'INC-1',
          services: ['login'],
          channelId: 'C1',
          fromUs: startUs - 5 * MINUTE_US,
          toUs: startUs + 30 * MINUTE_US,
        },
        // Of one of which nobody says anything for two days it is not known whether it is open.
        {
          id: 'inbox-2',
          name: 'INC-2',
          channelId: 'C1',
          services: [],
          fromUs: startUs + 90 * MINUTE_US,
          toUs: startUs + 90 * MINUTE_US + 48 * HOUR_US,
        },
      ]);
      expect(
        await incidentTimes(store, { ...asked, fromUs: startUs + 31 * MINUTE_US, toUs: startUs + 40 * MINUTE_US }),
      ).toEqual([]);
      expect(await incidentTimes(store, { ...asked, workspaceId: 'T2' })).toEqual([]);
    });

    test('declared before the diagnosis is there get it later, once', async () => {
      const { store } = await newStore();
      await store.transaction((tx) => openInvestigation(tx, asked('i-1')));
      await declare(store, { ...DECLARATION, investigationId: 'i-1' });
      const add = () =>
        store.transaction((tx) => addDiagnosisEntry(tx, { incidentId: 'inbox-1', investigationId: 'i-1' }));

      expect(await add()).toBe(false);
      await investigated(store, 'i-1', 'The pool is exhausted');
      expect([await add(), await add()]).toEqual([true, false]);
      expect(await shown(store)).toContain('diagnosis spanhound The pool is exhausted [i-1]');
    });

    test('say since when, where the diagnosis read it from the evidence', async () => {
      const { store } = await newStore();
      const onset = {
        at: '2026-01-06T14:28:30.000Z',
        signal: 'failures',
        why: '12 of 30 requests fail, 0 of 200 before',
      };
      await investigated(store, 'i-1', 'The pool is exhausted', { onset });
      await investigated(store, 'i-2', 'The pool is exhausted', { onset: { ...onset, at: 'some day' } });
      await declare(store, { ...DECLARATION, investigationId: 'i-1' });
      await store.transaction((tx) => addDiagnosisEntry(tx, { incidentId: 'inbox-1', investigationId: 'i-2' }));

      const began = (await timelineOf(store, 'inbox-1')).filter(({ kind }) => kind === 'finding');
      expect(began).toMatchObject([
        {
          atUs: Date.parse(onset.at) * 1_000,
          text: 'Trouble began: 12 of 30 requests fail, 0 of 200 before',
          source: 'spanhound',
          value: 'onset',
        },
      ]);
    });

    test('say which change is suspected, at its time', async () => {
      const { store } = await newStore();
      const change = { id: '7c41e0b29a5d3f8e6c1b4a7d9e2f5c8b1a4d7e0f', kind: 'deploy', service: 'stock' };
      const at = '2026-01-06T14:27:50.000Z';
      const diagnosis = { verdict: 'The pool is exhausted', change: { ...change, at } };
      await investigated(store, 'i-1', 'The pool is exhausted', { diagnosis });
      await investigated(store, 'i-2', 'The pool is exhausted', { diagnosis });
      await declare(store, { ...DECLARATION, investigationId: 'i-1' });
      await store.transaction((tx) => addDiagnosisEntry(tx, { incidentId: 'inbox-1', investigationId: 'i-2' }));
      expect((await timelineOf(store, 'inbox-1')).filter(({ kind }) => kind === 'change')).toMatchObject([
        {
          atUs: Date.parse(at) * 1_000,
          text: 'deploy of stock: 7c41e0b29a, the suspected cause',
          source: 'spanhound',
        },
      ]);
    });

    test('say of a change that is only near that nothing else leads to it, and tell it once', async () => {
      const { store } = await newStore();
      const change = { id: 'v42', kind: 'deploy', service: 'stock', at: '2026-01-06T14:27:50.000Z' };
      const near = { verdict: 'The pool is exhausted', change: { ...change, knownBy: 'nearness' } };
      await investigated(store, 'i-1', 'The pool is exhausted', { diagnosis: near });
      await investigated(store, 'i-2', 'The pool is exhausted', { diagnosis: { ...near, change } });
      await declare(store, { ...DECLARATION, investigationId: 'i-1' });
      await store.transaction((tx) => addDiagnosisEntry(tx, { incidentId: 'inbox-1', investigationId: 'i-2' }));
      expect(
        (await timelineOf(store, 'inbox-1')).flatMap(({ kind, text }) => (kind === 'change' ? [text] : [])),
      ).toEqual(['deploy of stock: v42, the suspected cause; only its time makes it suspect']);
    });

    test('are found in their channel while they are open: by thread, or where there is only one', async () => {
      const { store } = await newStore();
      await declare(store, { ...DECLARATION, threadTs: '1.1' });
      const inChannel = (threadTs?: string) =>
        incidentInChannel(store, { workspaceId: 'T1', channelId: 'C1', threadTs }).then((found) => found?.number);
      expect(await inChannel()).toBe(1);

      await declare(store, { ...DECLARATION, id: 'inbox-2', threadTs: '2.2' });
      expect([await inChannel(), await inChannel('2.2'), await inChannel('3.3')]).toEqual([undefined, 2, undefined]);

      await change(store, { status: 'resolved' });
      expect(await inChannel()).toBe(2);
      expect((await openIncidents(store, { workspaceId: 'T1', channelId: 'C1' })).map(({ number }) => number)).toEqual([
        2,
      ]);
      expect((await allIncidents(store)).map(({ number }) => number)).toEqual([2, 1]);
    });

    test('say every change in the timeline, from what to what, and the new value for programs', async () => {
      const { store, clock } = await newStore();
      await declare(store);
      await clock.tick(MINUTE_MS);
      const { incident, changed } = await change(store, { severity: 'P1', title: 'Logins and carts time out' });
      await clock.tick(MINUTE_MS);
      await change(store, { key: 'r2', status: 'identified', text: 'an index is missing' });

      expect({ severity: incident.severity, title: incident.title, changed }).toEqual({
        severity: 'P1',
        title: 'Logins and carts time out',
        changed: true,
      });
      expect(await shown(store)).toEqual([
        'status U1 Declared P0, investigating [investigating]',
        'update U2 Title: Logins time out → Logins and carts time out [title]',
        'severity U2 P0 → P1 [P1]',
        'status U2 investigating → identified: an index is missing [identified]',
      ]);
    });

    test('are changed once by a request that is delivered twice, and not at all to what they are', async () => {
      const { store } = await newStore();
      await declare(store);
      const first = await change(store, { status: 'mitigated', severity: 'P0' });
      await change(store, { key: 'r2', status: 'investigating' });
      const replayed = await change(store, { status: 'mitigated' });

      expect(first.changed).toBe(true);
      expect(replayed).toMatchObject({ changed: false, incident: { status: 'investigating' } });
      expect((await change(store, { key: 'r3', status: 'investigating' })).changed).toBe(false);
      expect(await timelineOf(store, 'inbox-1')).toHaveLength(3);
    });

    test('know since when they are resolved, and no more once they are opened again', async () => {
      const { store, clock } = await newStore();
      await declare(store);
      await clock.tick(30 * MINUTE_MS);
      const atUs = clock.nowUs() - 60_000_000;
      expect((await change(store, { status: 'resolved', atUs })).incident.resolvedUs).toBe(atUs);
      expect((await change(store, { key: 'r2', status: 'investigating' })).incident.resolvedUs).toBeUndefined();
    });

    test('stay at the newest status when an earlier one is noted late, in its place in the timeline', async () => {
      const { store, clock } = await newStore();
      await declare(store);
      const startUs = clock.nowUs();
      await clock.tick(10 * MINUTE_MS);
      await change(store, { status: 'fixed' });
      await clock.tick(MINUTE_MS);
      const late = await change(store, { key: 'r2', status: 'identified', atUs: startUs + 180_000_000 });

      expect(late).toMatchObject({ changed: true, incident: { status: 'fixed' } });
      expect((await shown(store)).slice(1)).toEqual([
        'status U2 investigating → identified [identified]',
        'status U2 identified → fixed [fixed]',
      ]);
    });

    test('take a status from before the declaration for the newest, if no later one was set', async () => {
      const { store, clock } = await newStore();
      await declare(store);
      const { incident } = await change(store, { status: 'identified', atUs: clock.nowUs() - 60_000_000 });

      expect(incident.status).toBe('identified');
    });

    test('are at the status that the timeline shows last, in whatever order people note what happened', async () => {
      const { store } = await newStore();
      const steps = fc.array(fc.record({ status: fc.constantFrom(...STATUSES), minute: fc.nat(9) }), { maxLength: 8 });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(steps, async (noted) => {
          const id = `run-${run++}`;
          const { declaredUs } = await declare(store, { ...DECLARATION, id });
          for (const [index, { status, minute }] of noted.entries()) {
            const atUs = declaredUs + minute * 60_000_000;
            await change(store, { incidentId: id, key: `${index}`, status, atUs });
          }
          const incident = await findIncident(store, { workspaceId: 'T1', id });
          const last = (await timelineOf(store, id)).filter(({ kind }) => kind === 'status').at(-1);
          expect(incident?.status).toBe(last?.value);
          expect(incident?.resolvedUs).toBe(last?.value === 'resolved' ? last.atUs : undefined);
        }),
        { numRuns: 40 }, // each writes an incident and its timeline to a store: 10,000 take minutes
      );
    });

    test('know when the impact began as people last said it', async () => {
      const { store, clock } = await newStore();
      await declare(store);
      await change(store, { impactStartUs: clock.nowUs() - 60_000_000 });
      const { incident } = await change(store, { key: 'r2', impactStartUs: clock.nowUs() - 300_000_000 });

      expect(incident.impactStartUs).toBe(clock.nowUs() - 300_000_000);
      expect((await timelineOf(store, 'inbox-1')).filter(({ value }) => value === 'impact-start')).toMatchObject([
        { atUs: clock.nowUs() - 300_000_000 },
      ]);
    });

    test('give a role to one person at a time, and say who had it before', async () => {
      const { store } = await newStore();
      await declare(store);
      const take = (userId: string, key: string) =>
        store.transaction((tx) =>
          assignRole(tx, { incidentId: 'inbox-1', key, role: 'commander', userId, by: userId }),
        );
      const [first, again, second, replayed] = [
        await take('U2', 'r1'),
        await take('U2', 'r2'),
        await take('U3', 'r3'),
        await take('U2', 'r1'),
      ];

      expect(first).toMatchObject({ changed: true, previous: undefined });
      expect(again).toMatchObject({ changed: false, previous: 'U2' });
      expect(second).toMatchObject({ changed: true, previous: 'U2', incident: { roles: { commander: 'U3' } } });
      expect(replayed.incident.roles).toEqual({ commander: 'U3' });
      expect((await shown(store)).slice(1)).toEqual([
        'role U2 Incident commander: nobody → U2 [commander=U2]',
        'role U3 Incident commander: U2 → U3 [commander=U3]',
      ]);
    });

    test('know the people of their workspace: who said something, and who holds a role, the last one first', async () => {
      const { store, clock } = await newStore();
      await declare(store);
      await store.transaction((tx) =>
        declareIncident(tx, { ...DECLARATION, id: 'other', workspaceId: 'T2', declaredBy: 'U9' }),
      );
      const role = { incidentId: 'inbox-1', key: 'r1', role: 'commander', userId: 'U3', by: 'U2' } as const;
      await clock.tick(1_000);
      await store.transaction((tx) => assignRole(tx, role));

      expect(await peopleOfRecord(store, { workspaceId: 'T1', limit: 10 })).toEqual(['U2', 'U1', 'U3']);
      expect(await peopleOfRecord(store, { workspaceId: 'T1', limit: 1 })).toEqual(['U2']);
    });

    test('that do not exist cannot be changed', async () => {
      const { store } = await newStore();

      await expect(change(store, { severity: 'P1' })).rejects.toThrow();
    });
  });

  describe(`the timeline on ${name}`, () => {
    async function declared(): Promise<OpenStore> {
      const open = await newStore();
      await declare(open.store);
      return open;
    }
    const MESSAGE: Omit<NewEntry, 'atUs'> = {
      incidentId: 'inbox-1',
      key: 'message:7.7',
      kind: 'message',
      text: 'rolled back',
      source: 'U2',
      link: 'https://acme.slack.com/archives/C1/p77',
    };
    const ofMessage = { incidentId: 'inbox-1', key: MESSAGE.key };
    const add = (store: Store, entry: Partial<NewEntry> & { atUs: number }) =>
      store.transaction((tx) => addEntry(tx, { ...MESSAGE, ...entry }));
    const texts = async (store: Store) => (await timelineOf(store, 'inbox-1')).slice(1).map(({ text }) => text);

    test('is in the order in which things happened, then were noted, then were written', async () => {
      const { store, clock } = await declared();
      const atUs = clock.nowUs() + 300_000_000;
      await clock.tick(10 * MINUTE_MS);
      for (const text of ['first', 'second', 'third']) await add(store, { key: text, text, atUs });
      await clock.tick(MINUTE_MS);
      await add(store, { key: 'same time, noted later', text: 'noted later', atUs });
      await add(store, { key: 'before', text: 'happened before', atUs: atUs - 1 });

      expect(await texts(store)).toEqual(['happened before', 'first', 'second', 'third', 'noted later']);
    });

    test('has each entry once, by its key, also after a restart', async () => {
      const { store, clock, place } = await declared();
      const atUs = clock.nowUs();
      expect(await add(store, { atUs })).toBe(true);
      expect(await add(await opened(place, clock), { atUs, text: 'said again' })).toBe(false);
      expect(await texts(store)).toEqual(['rolled back']);
    });

    test('follows a correction, and keeps who said it first and when', async () => {
      const { store, clock } = await declared();
      const atUs = clock.nowUs();
      await add(store, { atUs });
      const [before] = (await timelineOf(store, 'inbox-1')).slice(1);
      await clock.tick(MINUTE_MS);
      const edits = [];
      for (const text of ['rolled back v41', 'rolled back v42', 'rolled back v42']) {
        edits.push(await store.transaction((tx) => editEntry(tx, { ...ofMessage, text, by: 'U2' })));
      }
      await store.transaction((tx) => editEntry(tx, { ...ofMessage, atUs: atUs + 5_000_000, by: 'U3' }));

      expect(edits).toEqual([true, true, false]);
      const [after] = (await timelineOf(store, 'inbox-1')).slice(1);
      expect(after).toEqual({
        ...before,
        text: 'rolled back v42',
        atUs: atUs + 5_000_000,
        changedUs: atUs + MINUTE_MS * 1000,
      });
      const rows = await store.db.selectFrom('timeline_entries').select('text').where('kind', '=', 'message').execute();
      expect(rows.map(({ text }) => text).sort()).toEqual([
        'rolled back',
        'rolled back v41',
        'rolled back v42',
        'rolled back v42',
      ]);
    });

    test('loses what is taken back, keeps its row, and shows it again when it comes back', async () => {
      const { store, clock } = await declared();
      const atUs = clock.nowUs();
      await add(store, { atUs });
      const remove = () => store.transaction((tx) => removeEntry(tx, { ...ofMessage, by: 'U2' }));

      expect([await remove(), await remove()]).toEqual([true, false]);
      expect(await texts(store)).toEqual([]);
      expect(await store.transaction((tx) => editEntry(tx, { ...ofMessage, text: 'x', by: 'U2' }))).toBe(false);
      expect(await add(store, { atUs })).toBe(true);
      expect(await texts(store)).toEqual(['rolled back']);
    });

    test('lets nobody correct or take back what a system recorded', async () => {
      const { store, clock } = await declared();
      const { alertId } = await store.transaction((tx) => noteAlert(tx, { workspaceId: 'T1', alert: ALERT }));
      await store.transaction((tx) => addAlertEntry(tx, { incidentId: 'inbox-1', alertId }));
      await change(store, { status: 'identified', atUs: clock.nowUs() });
      const before = await timelineOf(store, 'inbox-1');

      for (const key of ['declared', `alert:${alertId}`, 'status:r1']) {
        const entry = { incidentId: 'inbox-1', key, by: 'U2' };
        expect(await store.transaction((tx) => editEntry(tx, { ...entry, text: 'never happened' }))).toBe(false);
        expect(await store.transaction((tx) => removeEntry(tx, entry))).toBe(false);
      }
      expect(await timelineOf(store, 'inbox-1')).toEqual(before);
    });
  });

  describe(`action items on ${name}`, () => {
    test('are added once, and come back in the order in which they were added', async () => {
      const { store, clock } = await newStore();
      await declare(store);
      const item = { incidentId: 'inbox-1', text: 'Add the index', owner: 'U2', due: '2026-01-20', createdBy: 'U1' };
      const add = (id: string) => store.transaction((tx) => addActionItem(tx, { id, ...item }));
      expect([await add('b'), await add('b')]).toEqual([true, false]);
      await clock.tick(1);
      await add('a');

      expect(await actionItemsOf(store, 'inbox-1')).toEqual([
        { id: 'b', number: 1, state: 'open', reason: '', ...item, createdUs: clock.nowUs() - 1_000 },
        { id: 'a', number: 2, state: 'open', reason: '', ...item, createdUs: clock.nowUs() },
      ]);
    });

    test('are done, dropped and opened again in the timeline, which keeps every step', async () => {
      const { store, clock } = await newStore();
      await declare(store);
      const said = { text: 'Add the index', owner: 'U2', due: '2026-01-20', createdBy: 'U1' };
      const add = (id: string) => store.transaction((tx) => addActionItem(tx, { id, incidentId: 'inbox-1', ...said }));
      await add('a');
      await clock.tick(1);
      await add('b');
      const now = async () => await actionItemsOf(store, 'inbox-1');
      const say = async (key: string, number: number, state: ItemState, reason = '') => {
        await clock.tick(1);
        const item = (await now()).find((one) => one.number === number);
        if (item === undefined) throw new Error(`there is no A${number}`);
        return await store.transaction((tx) => changeItemState(tx, { item, key, state, reason, by: 'U2' }));
      };
      expect(await say('r1', 2, 'done', 'the query takes 4 ms')).toBe(true);
      expect(await say('r2', 2, 'done')).toBe(false);
      expect(await say('r3', 1, 'dropped', 'A1 done: not needed = gone')).toBe(true);
      expect((await now()).map(({ state, reason }) => [state, reason])).toEqual([
        ['dropped', 'A1 done: not needed = gone'],
        ['done', 'the query takes 4 ms'],
      ]);
      expect(await say('r4', 2, 'open')).toBe(true);
      expect((await now())[1]).toMatchObject({ state: 'open', reason: '' });
      expect((await timelineOf(store, 'inbox-1')).slice(1).map(({ text, value }) => [text, value])).toEqual([
        ['A2 done: the query takes 4 ms', 'done=b'],
        ['A1 dropped: A1 done: not needed = gone', 'dropped=a'],
        ['A2 open', 'open=b'],
      ]);
      const owned = await actionItemsOwnedBy(store, { workspaceId: 'T1', owner: 'U2', sinceDay: '2026-01-01' });
      expect(owned.map(({ number, state }) => [number, state])).toEqual([
        [1, 'dropped'],
        [2, 'open'],
      ]);
    });
  });

  describe(`evidence on ${name}`, () => {
    const keep = (store: Store, investigationId: string) =>
      store.transaction((tx) =>
        noteCase(tx, {
          investigationId,
          folder: `cases/${investigationId}`,
          seal: `seal of ${investigationId}`,
          files: 2,
          bytes: 900,
        }),
      );

    test('is kept once for each investigation and never replaced', async () => {
      const { store, clock } = await newStore();
      await investigated(store, 'i-1');
      expect([await keep(store, 'i-1'), await keep(store, 'i-1')]).toEqual([true, false]);

      expect(await caseOf(store, 'i-1')).toEqual({
        investigationId: 'i-1',
        workspaceId: 'T1',
        folder: 'cases/i-1',
        seal: 'seal of i-1',
        files: 2,
        bytes: 900,
        keptUs: clock.nowUs(),
      });
    });

    test('is a chain in each workspace, also where two are kept in the same instant', async () => {
      const { store } = await newStore();
      expect(await latestSeal(store, 'T1')).toBe('');
      for (const id of ['i-2', 'i-1']) {
        await investigated(store, id);
        await keep(store, id);
      }
      expect(await latestSeal(store, 'T1')).toBe('seal of i-1');
      expect(await latestSeal(store, 'T2')).toBe('');
    });

    test('of an incident is that of its own investigation, of its alert and of the diagnoses in its timeline', async () => {
      const { store, clock } = await newStore();
      const { alertId } = await store.transaction((tx) => noteAlert(tx, { workspaceId: 'T1', alert: ALERT }));
      for (const id of ['of nobody', 'answers the alert', 'shared answer', 'declared from', 'in the timeline']) {
        await store.transaction((tx) =>
          openInvestigation(tx, { ...asked(id), alertId: id === 'answers the alert' ? alertId : undefined }),
        );
        await investigated(store, id);
        await keep(store, id);
        await clock.tick(1);
      }
      await store.transaction((tx) => answerAlertWith(tx, { alertId, investigationId: 'shared answer' }));
      const incident = await declare(store, { ...DECLARATION, alertId, investigationId: 'declared from' });
      await store.transaction((tx) =>
        addDiagnosisEntry(tx, { incidentId: 'inbox-1', investigationId: 'in the timeline' }),
      );

      expect((await casesOf(store, incident)).map(({ investigationId }) => investigationId)).toEqual([
        'answers the alert',
        'shared answer',
        'declared from',
        'in the timeline',
      ]);
    });
  });

  describe(`fingerprints on ${name}`, () => {
    const fingerprint = {
      kind: 'slow-query',
      service: 'login',
      operation: 'SELECT users',
      errorType: '',
      templates: ['t1'],
      neighbours: ['web →'],
    };
    const note = (store: Store, id: string) =>
      store.transaction((tx) => noteFingerprint(tx, { investigationId: id, fingerprint }));
    const known = async (store: Store, workspaceId = 'T1', exceptTraceId = '') =>
      (await fingerprintsOfIncidents(store, { workspaceId, exceptTraceId })).map(
        ({ incidentId, investigationId }) => `${incidentId} ${investigationId}`,
      );

    test('are those of the diagnosis that an incident was declared from, and of those in its timeline', async () => {
      const { store } = await newStore();
      for (const id of ['i-1', 'i-2', 'i-3']) {
        await investigated(store, id);
        await note(store, id);
      }
      await declare(store, { ...DECLARATION, investigationId: 'i-1' });
      await store.transaction((tx) => addDiagnosisEntry(tx, { incidentId: 'inbox-1', investigationId: 'i-2' }));
      expect(await known(store)).toEqual(['inbox-1 i-1', 'inbox-1 i-2']);
      const asked = { workspaceId: 'T1', investigationId: 'i-3' };
      expect(await fingerprintOfInvestigation(store, asked)).toEqual(fingerprint);
    });

    test('are not of another workspace, nor of the trace that is looked at', async () => {
      const { store } = await newStore();
      await investigated(store, 'i-1');
      await note(store, 'i-1');
      await note(store, 'i-1');
      await declare(store, { ...DECLARATION, investigationId: 'i-1' });
      expect(await known(store, 'T2')).toEqual([]);
      expect(await known(store, 'T1', 'feed')).toEqual([]);
      expect(await fingerprintOfInvestigation(store, { workspaceId: 'T2', investigationId: 'i-1' })).toBeUndefined();
    });
  });

  describe(`the audit log on ${name}`, () => {
    const SOMETHING = { workspaceId: 'T1', actor: 'U1', action: 'something.done', subject: 'INC-1', detail: { n: 1 } };

    async function withEntries(count: number): Promise<Store> {
      const { store } = await newStore();
      await store.transaction(async (tx) => {
        for (let n = 1; n <= count; n++) await audit(tx, { ...SOMETHING, detail: { n } });
      });
      return store;
    }

    test('tells of every change of an incident and every access to evidence, without what people wrote', async () => {
      const { store } = await newStore();
      await investigated(store, 'i-1');
      await declare(store);
      await change(store, { severity: 'P1', status: 'identified', text: 'a secret word' });
      await store.transaction(async (tx) => {
        await assignRole(tx, { incidentId: 'inbox-1', key: 'r1', role: 'commander', userId: 'U2', by: 'U3' });
        await addActionItem(tx, {
          id: 'a',
          incidentId: 'inbox-1',
          text: 'a secret word',
          owner: 'U2',
          due: '2026-01-20',
          createdBy: 'U1',
        });
        await noteCase(tx, { investigationId: 'i-1', folder: 'cases/i-1', seal: 's', files: 1, bytes: 1 });
        const read = { workspaceId: 'T1', investigationId: 'i-1', seal: 's' };
        await noteEvidenceRead(tx, read, { actor: 'command line', purpose: 'case export' });
      });

      const rows = await store.db.selectFrom('audit').selectAll().orderBy('seq').execute();
      expect(rows.map(({ actor, action, subject }) => `${actor} ${action} ${subject}`)).toEqual([
        'U1 incident.declared INC-1',
        'U1 timeline.added INC-1',
        'U2 timeline.added INC-1',
        'U2 incident.severity-changed INC-1',
        'U2 timeline.added INC-1',
        'U2 incident.status-changed INC-1',
        'U3 timeline.added INC-1',
        'U3 incident.role-assigned INC-1',
        'U1 action-item.added INC-1',
        'spanhound evidence.kept i-1',
        'command line evidence.read i-1',
      ]);
      expect(JSON.stringify(rows)).not.toContain('secret');
      expect(await verifyAudit(store)).toMatchObject({ ok: true, entries: 11 });
    });

    test('has no entry of a change that was undone', async () => {
      const { store } = await newStore();
      const broken = store.transaction(async (tx) => {
        await declareIncident(tx, DECLARATION);
        throw new Error('in the middle');
      });

      await expect(broken).rejects.toThrow('in the middle');
      expect(await verifyAudit(store)).toEqual({ ok: true, entries: 0, head: '' });
    });

    test('is whole when nobody touched it, over many pages and from several processes', async () => {
      const { store, clock, place } = await newStore();
      const other = await opened(place, clock);
      for (let round = 0; round < 3; round++) {
        for (const each of [store, other]) {
          await each.transaction(async (tx) => {
            for (let n = 0; n < 350; n++) await audit(tx, SOMETHING);
          });
        }
      }

      const state = await verifyAudit(store);
      expect(state).toMatchObject({ ok: true, entries: 2_100, head: expect.stringMatching(/^[0-9a-f]{64}$/) });
    });

    test.each([
      ['at_us', 1],
      ['actor', 'U9'],
      ['action', 'nothing.done'],
      ['subject', 'INC-2'],
      ['detail', '{"n":8}'],
      ['workspace_id', 'T9'],
      ['hash', 'f'.repeat(64)],
    ])('shows a changed %s, and at which entry', async (column, value) => {
      const store = await withEntries(9);
      await store.db
        .updateTable('audit')
        .set({ [column]: value })
        .where('seq', '=', 7)
        .execute();

      expect(await verifyAudit(store)).toMatchObject({ ok: false, entries: 6, firstTouched: 7 });
    });

    test('shows the first of several entries that were touched', async () => {
      const store = await withEntries(9);
      await store.db.updateTable('audit').set({ actor: 'U9' }).where('seq', 'in', [4, 8]).execute();

      expect(await verifyAudit(store)).toMatchObject({ ok: false, firstTouched: 4 });
    });

    test('shows an entry that was changed together with its own hash', async () => {
      const store = await withEntries(3);
      const forged = await withEntries(0);
      await forged.transaction(async (tx) => {
        await audit(tx, { ...SOMETHING, detail: { n: 1 } });
        await audit(tx, { ...SOMETHING, actor: 'U9', detail: { n: 2 } });
      });
      const row = await forged.db.selectFrom('audit').selectAll().where('seq', '=', 2).executeTakeFirstOrThrow();
      await store.db.updateTable('audit').set(row).where('seq', '=', 2).execute();

      expect(await verifyAudit(store)).toMatchObject({ ok: false, firstTouched: 2 });
    });

    test.each([
      ['the first', 1],
      ['one in the middle', 5],
      ['the last', 9],
    ])('shows that %s is missing', async (_which, seq) => {
      const store = await withEntries(9);
      await store.db.deleteFrom('audit').where('seq', '=', seq).execute();

      expect(await verifyAudit(store)).toEqual({
        ok: false,
        entries: seq - 1,
        firstTouched: seq,
        problem: 'it is missing',
      });
    });

    test('shows that everything was thrown away, and that the head was', async () => {
      const store = await withEntries(2);
      const emptied = await withEntries(2);
      await store.db.deleteFrom('audit_head').execute();
      await emptied.db.deleteFrom('audit').execute();

      expect(await verifyAudit(store)).toMatchObject({ ok: false, firstTouched: 2 });
      expect(await verifyAudit(emptied)).toMatchObject({ ok: false, firstTouched: 1 });
    });

    test('written anew as a whole is told by a head that was kept elsewhere', async () => {
      const store = await withEntries(3);
      const state = await verifyAudit(store);
      const head = state.ok ? state.head : '';
      await store.transaction((tx) => audit(tx, SOMETHING));
      expect(await verifyAudit(store, head)).toMatchObject({ ok: true, entries: 4 });

      const { store: rewritten } = await newStore();
      await rewritten.transaction(async (tx) => {
        for (let n = 0; n < 4; n++) await audit(tx, { ...SOMETHING, actor: 'U9' });
      });
      expect(await verifyAudit(rewritten)).toMatchObject({ ok: true });
      expect(await verifyAudit(rewritten, head)).toMatchObject({ ok: false });
    });
  });
}

async function declare(store: Store, asked: NewIncident = DECLARATION): Promise<Incident> {
  return await store.transaction((tx) => declareIncident(tx, asked));
}

async function change(store: Store, asked: Partial<Change>) {
  return await store.transaction((tx) => changeIncident(tx, { incidentId: 'inbox-1', key: 'r1', by: 'U2', ...asked }));
}

function asked(id: string) {
  return { id, workspaceId: 'T1', traceId: 'feed', askedBy: 'U1', channelId: 'C1' };
}

async function investigated(store: Store, id: string, verdict = 'a verdict', more: object = {}): Promise<void> {
  await store.transaction(async (tx) => {
    await openInvestigation(tx, asked(id));
    const report = { diagnosis: { verdict }, ...more };
    await finishInvestigation(tx, { id, traceId: 'feed', report, markdown: '', logs: '' });
  });
}

/** One line an entry: kind, source, text and, in brackets, the value. */
async function shown(store: Store): Promise<string[]> {
  const entries = await timelineOf(store, 'inbox-1');
  return entries.map(({ kind, source, text, value }) => `${kind} ${source} ${text} [${value}]`);
}
