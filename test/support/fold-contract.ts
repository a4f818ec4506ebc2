/** Folding alerts of one cause, on each database. */
import { beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import type { Fingerprint } from '#model/finding/fingerprint.ts';
import type { Alert } from '#model/incident/alert.ts';
import type { Job } from '#record/jobs.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, type Place } from '#test/temp-store.ts';
import { answerAlert } from '#workflows/alerts/answer-alert.ts';
import { deliveryReceiver } from '#workflows/alerts/receive-alert.ts';
import type { DiagnosisStage } from '#workflows/traces/diagnose-trace.ts';

const SLOW: Fingerprint = {
  kind: 'slow-query',
  service: 'store',
  operation: 'SELECT stock',
  errorType: '',
  templates: [],
  neighbours: [],
  path: ['web', 'orders', 'store'],
};

let store: Store;
/** `key`: the alert's own name; that of its service if missing. */
let deliver: (service: string, key?: string) => Promise<void>;

function receiver() {
  return deliveryReceiver({
    store,
    jobs: tableJobs,
    sources: [],
    stormPerMinute: 12,
    kick: () => undefined,
    log: silentLog,
    channelId: 'C1',
    workspace: async () => 'T1',
  });
}

function alertOf(service: string): Alert {
  const title = `${service} is slow`;
  const names = {
    source: 'alertmanager',
    key: service,
    title,
    service,
    severity: '',
    url: '',
    traceId: '',
    labels: {},
  };
  return { ...names, state: 'triggered', atUs: 1, saidUs: 1 };
}

/** Runs the job of this service's alert. Undefined stands for a report without a fault. */
async function examine(service: string, ...found: readonly (Fingerprint | undefined)[]): Promise<void> {
  const handler = answerAlert({
    store,
    log: silentLog,
    keepCase: undefined,
    mayShowIn: async () => true,
    mayAct: async () => true,
    permalink: async () => 'https://acme.slack.com/archives/C1/p1',
    kick: () => undefined,
    async *diagnose() {
      for (const [at, fingerprint] of found.entries()) yield stageOf(fingerprint, at === found.length - 1);
    },
  });
  const id = await idOf(service);
  const row = await store.db.selectFrom('jobs').selectAll().where('key', '=', id).executeTakeFirstOrThrow();
  const job = { ...row, workspaceId: 'T1', payload: JSON.parse(row.payload ?? ''), attempt: 1, lastAttempt: true };
  await handler(job as unknown as Job, new AbortController().signal);
}

function stageOf(fingerprint: Fingerprint | undefined, isFinal: boolean): DiagnosisStage {
  const verdict = fingerprint === undefined ? 'Nothing wrong found' : `${fingerprint.kind} in ${fingerprint.service}`;
  const analysed = {
    traceId: '',
    slack: { text: verdict, blocks: [], thread: [] },
    report: { subject: { service: '' }, diagnosis: { verdict }, ...(fingerprint && { fingerprint }) },
  };
  return { stage: isFinal ? 'final' : 'trace', analysed } as unknown as DiagnosisStage;
}

async function idOf(service: string): Promise<string> {
  return (await store.db.selectFrom('alerts').select('id').where('key', '=', service).executeTakeFirstOrThrow()).id;
}

/** By alert: what stands in its own message, and under it. */
async function said(service: string): Promise<Readonly<{ own: string | undefined; list: string | undefined }>> {
  const id = await idOf(service);
  const rows = await store.db.selectFrom('outbox').select(['message_id', 'payload']).execute();
  const text = (of: string) =>
    rows.filter(({ message_id }) => message_id === of).map(({ payload }) => JSON.parse(payload).text)[0];
  return { own: text(id), list: text(`${id}/occurrences`) };
}

const folds = () => store.db.selectFrom('folds').select(['alert_id', 'reason', 'told_by']).execute();

export function testFolding(adapter: string, newPlace: () => Place): void {
  describe(`${adapter}: alerts of one cause`, () => {
    beforeEach(async () => {
      store = await opened(newPlace(), steppedClock());
      const receive = receiver();
      deliver = async (service, key = service) => {
        const payload = { id: key, subject: { ...alertOf(service), key }, members: [], truncated: 0 };
        await receive({ id: key, payload } as unknown as Job, new AbortController().signal);
      };
    });

    test('an alert with the verdict of an earlier one says so, and the thread of the first lists it', async () => {
      for (const service of ['web', 'app']) await deliver(service);
      await examine('web', SLOW);
      await examine('app', { ...SLOW, path: ['app', 'orders', 'store'] });

      expect((await said('web')).own).toBe('slow-query in store');
      expect((await said('app')).own).toBe(
        'Same cause as an earlier alert: web is slow. slow-query in store. Its thread has the answer.',
      );
      expect((await said('web')).list).toBe('Occurrence 2 of 2: app is slow. 1 further alert shares this answer.');
      expect(await folds()).toEqual([{ alert_id: await idOf('app'), reason: 'verdict', told_by: await idOf('app') }]);
    });

    test('an alert keeps its first line while the rest of the evidence may still show another cause', async () => {
      for (const service of ['web', 'app']) await deliver(service);
      await examine('web', SLOW);
      await examine('app', SLOW, { ...SLOW, kind: 'pool-exhaustion', service: 'app', operation: '', path: ['app'] });

      expect((await said('app')).own).toBe('pool-exhaustion in app');
      expect(await folds()).toEqual([]);
    });

    test('two alerts that are examined at once share the answer that ends first, and what one has folded goes along', async () => {
      for (const service of ['web', 'app']) await deliver(service);
      await store.db.updateTable('alerts').set({ title: 'web is slow' }).where('key', '=', 'web').execute();
      const second = { ...alertOf('app'), key: 'app-2' };
      const receive = receiver();
      const payload = { id: 'app-2', subject: second, members: [], truncated: 0 };
      await receive({ id: 'app-2', payload } as unknown as Job, new AbortController().signal);
      expect((await said('app')).list).toContain('Occurrence 2 of 2');

      await examine('web', SLOW);
      await examine('app', SLOW);
      expect((await said('web')).list).toContain('Occurrence 3 of 3');
      expect((await said('app')).list).toBe('The alerts that shared this answer are listed under web is slow.');
      const toldBy = (await folds()).map(({ told_by }) => told_by).toSorted();
      expect(toldBy).toEqual([await idOf('app'), `${await idOf('web')}/occurrences`].toSorted());
    });

    test('an alert without a fault shares its answer with none', async () => {
      for (const service of ['web', 'app']) await deliver(service);
      await examine('web', undefined);
      await examine('app', undefined);
      expect((await said('app')).own).toBe('Nothing wrong found');
      expect(await folds()).toEqual([]);
    });

    test('two alerts of one cause that are examined at the same time do not both become its story', async () => {
      for (const service of ['web', 'app', 'gateway']) await deliver(service);
      await Promise.all(['web', 'app', 'gateway'].map((service) => examine(service, SLOW)));
      const stories = await store.db
        .selectFrom('stories')
        .select('investigation_id')
        .where('ended_us', 'is', null)
        .execute();
      expect(stories).toHaveLength(1);
      const [story] = stories;
      const shared = await store.db.selectFrom('folds').select('investigation_id').execute();
      expect(shared).toEqual([story, story]);
    });

    test('alerts of one rule and service that arrive at once have one answer, and each is counted', async () => {
      await Promise.all(['web', 'web-2', 'web-3', 'web-4'].map((key) => deliver('web', key)));
      const answered = await store.db.selectFrom('alerts').select('investigation_id').distinct().execute();
      expect(answered).toHaveLength(1);
      expect((await folds()).map(({ reason }) => reason)).toEqual(['rule', 'rule', 'rule']);
      const [first] = answered;
      const list = await store.db
        .selectFrom('outbox')
        .select('payload')
        .where('message_id', '=', `${first?.investigation_id}/occurrences`)
        .execute();
      expect(list.map(({ payload }) => JSON.parse(payload).text)).toEqual([
        expect.stringContaining('Occurrence 4 of 4'),
      ]);
    });
  });
}
