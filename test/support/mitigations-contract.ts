/** Mitigations on each database: requested, approved and sent once, also from two processes on one store. */
import { beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#core/clock.ts';
import type { MitigationAction, MitigationDesk } from '#model/incident/mitigation.ts';
import { assignRole, declareIncident } from '#record/incidents.ts';
import type { Job } from '#record/jobs.ts';
import { mitigationsOf } from '#record/mitigations.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { timelineOf } from '#record/timeline.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { opened, type Place } from '#test/temp-store.ts';
import type { AskedBy } from '#workflows/incidents/on-incident.ts';
import { digestOfOffer, offersNow } from '#workflows/mitigations/offers.ts';
import { mitigationWorkflows } from '#workflows/mitigations/request-mitigation.ts';
import { lapseMitigation, SEND_MITIGATION, sendMitigation } from '#workflows/mitigations/send-mitigation.ts';

const ACTION: MitigationAction = {
  ...{ name: 'restart', kind: 'restart', what: 'Restarts it', command: 'restart shop', services: [] },
  ...{ url: new URL('https://ops.test/run'), severities: ['P0', 'P1'], allowed: ['U00001', 'U00002', 'U00003'] },
};

type Sent = Parameters<MitigationDesk['send']>[0];

export function testMitigations(name: string, newPlace: () => Place): void {
  let stores: readonly [Store, Store];
  let sent: Sent[];
  let desk: MitigationDesk;
  const asked = (userId: string, inboxId: string): AskedBy => ({
    ...{ inboxId, workspaceId: 'T1', userId, userName: userId, channelId: 'C1', responseUrl: '' },
  });
  const partsOf = (store: Store) => ({
    ...{ store, jobs: tableJobs, clock: systemClock, desk, kick: () => undefined },
    ...{ mayRead: async () => true, isForAll: async () => true },
    directory: { person: async () => undefined, permalink: async () => '' },
  });
  const workflowsOf = (store: Store) => mitigationWorkflows(partsOf(store));
  const incident = async () => {
    const [store] = stores;
    return await store.transaction(async (tx) => {
      const declared = await declareIncident(tx, { ...LOGINS_TIME_OUT, detection: '' });
      await assignRole(tx, { incidentId: declared.id, key: 'r', by: 'U00003', role: 'commander', userId: 'U00003' });
      return declared;
    });
  };
  const requested = async () => {
    const [store] = stores;
    const one = await incident();
    const { offers } = await offersNow(store, desk, one, { entries: [], by: 'U00001' });
    const [offer] = offers;
    if (offer === undefined) throw new Error('nothing is offered');
    const request = { incidentId: one.id, action: 'restart', service: '', digest: digestOfOffer(offer), reason: '' };
    const told = await workflowsOf(store).requestMitigation({ ...request, asked: asked('U00001', 'm-1') });
    expect(told.kind).toBe('done');
    return one.id;
  };
  const job = (incidentId: string, kind = SEND_MITIGATION): Job => ({
    ...{ id: `j-${kind}`, kind, workspaceId: 'T1', key: 'k', attempt: 1, lastAttempt: false },
    payload: { incidentId, mitigationId: 'm-1' },
  });
  const stateOf = async (incidentId: string) => (await mitigationsOf(stores[0], incidentId))[0]?.state;

  beforeEach(async () => {
    const place = newPlace();
    stores = [await opened(place, systemClock), await opened(place, systemClock)];
    sent = [];
    desk = {
      actions: [ACTION],
      takesPrivate: false,
      send: async (request) => {
        sent.push(request);
        return { kind: 'taken', said: 'run 17' };
      },
    };
  });

  describe(`${name} with mitigations`, () => {
    test('two people approve in two processes at the same moment, and both send: one approval, one call', async () => {
      const incidentId = await requested();
      const press = { incidentId, mitigationId: 'm-1' };
      const told = await Promise.all(
        stores.map((store, at) =>
          workflowsOf(store).approveMitigation({ ...press, asked: asked(`U0000${at + 2}`, `a-${at}`) }),
        ),
      );
      expect(told.map(({ kind }) => kind).toSorted()).toEqual(['done', 'refused']);
      const signal = new AbortController().signal;
      await Promise.all(stores.map((store) => sendMitigation(partsOf(store))(job(incidentId), signal)));
      expect(sent).toHaveLength(1);
      expect(sent[0]).toMatchObject({ id: 'm-1', url: ACTION.url });
      expect(await stateOf(incidentId)).toBe('accepted');
      // A job that runs again sends nothing.
      await sendMitigation(partsOf(stores[1]))(job(incidentId), signal);
      expect(sent).toHaveLength(1);
      const steps = (await timelineOf(stores[0], incidentId)).flatMap(({ value }) =>
        value.startsWith('mitigation=') ? [value] : [],
      );
      expect(steps).toEqual(['mitigation=requested', 'mitigation=approved', 'mitigation=accepted']);
    });

    test('one person approves while another one cancels: either, and never both', async () => {
      const incidentId = await requested();
      const press = { incidentId, mitigationId: 'm-1' };
      const [approved, cancelled] = await Promise.all([
        workflowsOf(stores[0]).approveMitigation({ ...press, asked: asked('U00002', 'a') }),
        workflowsOf(stores[1]).cancelMitigation({ ...press, asked: asked('U00003', 'c') }),
      ]);
      await sendMitigation(partsOf(stores[0]))(job(incidentId), new AbortController().signal);
      expect([approved.kind, cancelled.kind].toSorted()).toEqual(['done', 'refused']);
      expect(sent).toHaveLength(approved.kind === 'done' ? 1 : 0);
      expect(await stateOf(incidentId)).toBe(approved.kind === 'done' ? 'accepted' : 'cancelled');
    });

    test('a request that was stored twice is one, and it lapses once', async () => {
      const incidentId = await requested();
      const signal = new AbortController().signal;
      await Promise.all(stores.map((store) => lapseMitigation(partsOf(store))(job(incidentId, 'lapse'), signal)));
      expect(await stateOf(incidentId)).toBe('lapsed');
      const entries = await timelineOf(stores[0], incidentId);
      expect(entries.filter(({ value }) => value === 'mitigation=lapsed')).toHaveLength(1);
    });

    test('a call whose answer nobody knows is made again with the same id, and a channel that became private stops it', async () => {
      const incidentId = await requested();
      const press = { incidentId, mitigationId: 'm-1', asked: asked('U00002', 'a') };
      await workflowsOf(stores[0]).approveMitigation(press);
      const signal = new AbortController().signal;
      const lost: MitigationDesk = { ...desk, send: async () => ({ kind: 'ambiguous', reason: 'It broke off.' }) };
      await sendMitigation({ ...partsOf(stores[0]), desk: lost })(job(incidentId), signal);
      expect(await stateOf(incidentId)).toBe('approved');
      // Not before its time.
      await sendMitigation(partsOf(stores[1]))(job(incidentId), signal);
      expect(sent).toEqual([]);
      await stores[0].db.updateTable('mitigations').set({ due_us: 0 }).execute();
      await sendMitigation({ ...partsOf(stores[1]), isForAll: async () => false })(job(incidentId), signal);
      expect(sent).toEqual([]);
      expect(await stateOf(incidentId)).toBe('unknown');
    });
  });
}
