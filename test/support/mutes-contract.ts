/** Mutes, and the alerts that get no answer because of them, on each database. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Alert } from '#model/incident/alert.ts';
import { noteAlert } from '#record/alerts.ts';
import { verifyAudit } from '#record/audit.ts';
import { openInvestigation } from '#record/investigations.ts';
import { mutesInForce } from '#record/mutes.ts';
import { post } from '#record/outbox.ts';
import { quietCounts, untoldQuietAlerts } from '#record/quiet-alerts.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { firedAlert } from '#test/fired-alert.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened, type Place } from '#test/temp-store.ts';
import { alertMuter, muteEnder, mutesFor } from '#workflows/alerts/mute-alert.ts';
import { formMuter } from '#workflows/alerts/mute-by-form.ts';
import { alertMessageReceiver } from '#workflows/alerts/receive-alert.ts';
import type { AskedBy } from '#workflows/incidents/on-incident.ts';

const HOUR_MS = 3_600_000;
const PLACE = { workspaceId: 'T1', channelId: 'C1' };
export function testMutes(name: string, newPlace: () => Place): void {
  let clock: SteppedClock;
  let store: Store;
  let mute: ReturnType<typeof alertMuter>;
  let unmute: ReturnType<typeof muteEnder>;

  const asked = (inboxId: string, more: Partial<AskedBy> = {}): AskedBy => ({
    ...PLACE,
    inboxId,
    userId: 'U1',
    userName: 'ada',
    responseUrl: `https://hooks.slack.com/${inboxId}`,
    ...more,
  });

  const fires = async (more: Partial<Alert>, channelId = 'C1') => {
    const receive = alertMessageReceiver({
      store,
      jobs: tableJobs,
      sources: [],
      stormPerMinute: 0,
      kick: () => undefined,
    });
    const message = { channelId, ts: `${more.key}.1`, edited: false, alert: firedAlert(more) };
    await receive({ workspaceId: 'T1', message });
  };

  const texts = async () =>
    (await store.db.selectFrom('outbox').select('payload').orderBy('seq').execute())
      .map(({ payload }): string => JSON.parse(payload).text)
      .filter((text) => text !== 'the answer');

  beforeEach(async () => {
    clock = steppedClock();
    store = await opened(newPlace(), clock);
    const parts = { store, mayRead: async () => true, kick: () => undefined };
    mute = alertMuter(parts);
    unmute = muteEnder(parts);
    await store.transaction(async (tx) => {
      const { alertId } = await noteAlert(tx, {
        workspaceId: 'T1',
        alert: { ...firedAlert(), key: 'Q0' },
        channelId: 'C1',
      });
      await openInvestigation(tx, { id: 'i-1', ...PLACE, traceId: '', askedBy: 'pagerduty', alertId });
      await post(tx, { messageId: 'i-1', ...PLACE, message: { text: 'the answer' } });
    });
  });

  describe(`${name} with mutes`, () => {
    test('keeps a service quiet in one channel for an hour, and says who did it', async () => {
      expect(await mute({ asked: asked('m-1'), investigationId: 'i-1', what: 'service' })).toMatchObject({
        kind: 'done',
      });
      await fires({ key: 'a' });
      await fires({ key: 'b', service: 'checkout-svc' });
      await fires({ key: 'c', service: 'cart', title: 'Cart is slow' });
      await fires({ key: 'd', title: 'Checkout is slow elsewhere' }, 'C2');
      expect(await texts()).toEqual([
        expect.stringMatching(/^ada muted all alerts of checkout in this channel until .* UTC$/),
        'Looking into Cart is slow…',
        expect.stringMatching(/^2 alerts were not answered in this channel, by choice, since/),
        'Looking into Checkout is slow elsewhere…',
      ]);
      expect(await quietCounts(store)).toEqual({ rule: 0, mute: 2 });
      expect((await untoldQuietAlerts(store, PLACE, 5)).count).toBe(0);

      await clock.tick(HOUR_MS);
      expect(await mutesInForce(store, { workspaceId: 'T1', nowUs: await store.nowUs() })).toEqual([]);
      await fires({ key: 'e' });
      expect((await texts()).at(-1)).toBe('Looking into Checkout is slow…');
    });

    test('mutes one alert by its key', async () => {
      await mute({ asked: asked('m-1'), investigationId: 'i-1', what: 'alert' });
      await fires({ key: 'Q0' });
      await fires({ key: 'a' });
      expect(await texts()).toEqual([
        expect.stringContaining('ada muted Checkout is slow in this channel'),
        'Looking into Checkout is slow…',
        expect.stringContaining('1 alert was not answered'),
      ]);
    });

    test('mutes once, however often the same is asked', async () => {
      const request = { asked: asked('m-1'), investigationId: 'i-1', what: 'alert' } as const;
      await mute(request);
      await mute(request);
      expect(await mute({ ...request, asked: asked('m-2') })).toMatchObject({ kind: 'refused' });
      expect(await store.db.selectFrom('mutes').select('id').execute()).toEqual([{ id: 'm-1' }]);
      expect((await texts()).filter((text) => text.startsWith('ada muted'))).toHaveLength(1);
    });

    test('ends it once, and both stand in the audit log', async () => {
      await mute({ asked: asked('m-1'), investigationId: 'i-1', what: 'alert' });
      const end = (inboxId: string) => unmute({ asked: asked(inboxId, { userName: 'bob' }), muteId: 'm-1' });
      expect(await end('e-1')).toMatchObject({ kind: 'done', text: expect.stringContaining('bob ended the mute of') });
      expect(await end('e-2')).toEqual({ kind: 'refused', text: 'This mute is over already.' });
      expect(await mutesInForce(store, { ...PLACE, nowUs: await store.nowUs() })).toEqual([]);
      const rows = await store.db.selectFrom('audit').select(['actor', 'action']).orderBy('seq').execute();
      expect(rows).toEqual([
        { actor: 'U1', action: 'alert.muted' },
        { actor: 'U1', action: 'alert.unmuted' },
      ]);
      expect(await verifyAudit(store)).toMatchObject({ ok: true });
    });

    test('refuses who may not, and says why only in the channel', async () => {
      const parts = { store, mayRead: async () => false, kick: () => undefined };
      const request = { investigationId: 'i-1', what: 'alert' } as const;
      const guest = await alertMuter(parts)({ ...request, asked: asked('m-1') });
      const outside = await alertMuter(parts)({ ...request, asked: asked('m-2', { channelId: 'C9' }) });
      expect(guest).toEqual({ kind: 'refused', text: expect.stringContaining('Guests') });
      expect(outside).toEqual({ kind: 'refused', text: 'I no longer have this alert.' });
      expect(await store.db.selectFrom('mutes').select('id').execute()).toEqual([]);
    });

    describe('by a form', () => {
      const form = (more: Partial<Parameters<ReturnType<typeof formMuter>>[0]> = {}) => {
        const all = {
          senders: [],
          services: [],
          severities: [],
          answer: 'none',
          reason: '',
          hours: '4 hours',
        } as const;
        const request = { asked: asked('f-1', { channelId: '', responseUrl: '', fromForm: true }), ...PLACE, ...all };
        return formMuter({ store, mayRead: async () => true, kick: () => undefined })({ ...request, ...more });
      };

      test('keeps what fits it quiet for its time, and tells the channel', async () => {
        expect(await form({ services: ['check*'], reason: 'import until four' })).toEqual({ kind: 'done' });
        await fires({ key: 'a' });
        await fires({ key: 'b', service: 'cart', title: 'Cart is slow' });
        await fires({ key: 'c', title: 'Checkout is slow elsewhere' }, 'C2');
        expect(await texts()).toEqual([
          expect.stringMatching(/^ada muted all alerts of check\* \(import until four\) in this channel until .* UTC$/),
          'Looking into Cart is slow…',
          expect.stringMatching(/^1 alert was not answered in this channel, by choice, since/),
          'Looking into Checkout is slow elsewhere…',
        ]);
        await clock.tick(4 * HOUR_MS);
        await fires({ key: 'd' });
        expect((await texts()).at(-1)).toBe('Looking into Checkout is slow…');
      });

      test('fits only what has every part that it names', async () => {
        await form({ senders: ['PagerDuty'], severities: ['low', 'info'] });
        await fires({ key: 'a', source: 'pagerduty', severity: 'INFO' });
        await fires({ key: 'b', source: 'pagerduty', severity: 'critical', title: 'It is urgent' });
        await fires({ key: 'c', source: 'sentry', severity: 'info', title: 'Another sender' });
        expect((await untoldQuietAlerts(store, PLACE, 5)).count + (await quietCounts(store)).mute).toBe(1);
        expect(await texts()).toEqual(
          expect.arrayContaining(['Looking into It is urgent…', 'Looking into Another sender…']),
        );
      });

      test('leaves a line for each alert where that was asked for, and no secret of its reason', async () => {
        await form({ answer: 'line', reason: 'password=hunter2hunter2' });
        await fires({ key: 'a' });
        const [first, second] = await texts();
        expect(second).toMatch(/^Not answered: Checkout is slow · muted until /);
        expect(`${first} ${second}`).not.toContain('hunter2');
        expect(JSON.stringify(await store.db.selectFrom('mutes').selectAll().execute())).not.toContain('hunter2');
      });

      test('is ended like any other, and is in the audit log without an alert', async () => {
        await form();
        expect(await unmute({ asked: asked('e-1'), muteId: 'f-1' })).toMatchObject({ kind: 'done' });
        await fires({ key: 'a' });
        expect((await texts()).at(-1)).toBe('Looking into Checkout is slow…');
        const rows = await store.db.selectFrom('audit').select(['action', 'subject']).orderBy('seq').execute();
        expect(rows).toEqual([
          { action: 'alert.muted', subject: 'f-1' },
          { action: 'alert.unmuted', subject: 'f-1' },
        ]);
      });

      test.each([
        ['no channel', { channelId: '' }, 'channel'],
        ['a star within a name', { services: ['pay*ments'] }, 'services'],
        ['only a star', { services: ['*'] }, 'services'],
        ['a name too long', { senders: ['x'.repeat(101)] }, 'senders'],
        ['too many names', { severities: Array.from({ length: 21 }, (_, at) => `s${at}`) }, 'severities'],
      ])('refuses %s at its field', async (_, more, field) => {
        expect(await form(more)).toMatchObject({ kind: 'refused', field });
        expect(await store.db.selectFrom('mutes').select('id').execute()).toEqual([]);
      });

      test('is refused to who cannot read the channel, and where there are too many', async () => {
        const closed = { store, mayRead: async () => false, kick: () => undefined };
        const empty = {
          senders: [],
          services: [],
          severities: [],
          answer: 'none',
          reason: '',
          hours: '1 hour',
        } as const;
        const request = { asked: asked('f-0'), channelId: 'C1', ...empty };
        expect(await formMuter(closed)(request)).toMatchObject({ kind: 'refused', field: 'channel' });
        for (let at = 0; at < 51; at += 1) await form({ asked: asked(`f-${at}`) });
        expect(await mutesInForce(store, { ...PLACE, nowUs: await store.nowUs() })).toHaveLength(50);
      });
    });

    test('shows mutes to members who can read the channel', async () => {
      await mute({ asked: asked('m-1'), investigationId: 'i-1', what: 'alert' });
      const who = { userId: 'U2', workspaceId: 'T1', channelId: '' };
      const seenBy = async (isMember: boolean, mayRead: boolean) =>
        (await mutesFor(store, who, { isMember: async () => isMember, mayRead: async () => mayRead })).length;
      expect([await seenBy(true, true), await seenBy(true, false), await seenBy(false, true)]).toEqual([1, 0, 0]);
    });
  });
}
