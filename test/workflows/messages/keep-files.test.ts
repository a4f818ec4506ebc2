/** Copies of the files of marked messages: kept, shown, past their time, forgotten, held. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AnalysisEndedError } from '#core/errors.ts';
import { sha256 } from '#core/sha256.ts';
import { newPrivateKey, signerOf } from '#core/signature.ts';
import type { SaidFile } from '#model/incident/entry-file.ts';
import { needToKnowValue } from '#model/incident/need-to-know.ts';
import { redact } from '#model/redaction/redaction.ts';
import { filesOf, folderOfFiles } from '#record/entry-files.ts';
import { declareIncident } from '#record/incidents.ts';
import type { Job } from '#record/jobs.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { editEntry, timelineOf } from '#record/timeline.ts';
import { disk, keptIn, newFolder } from '#test/cases.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { exportCases } from '#workflows/cases/export-case.ts';
import { verifyCase } from '#workflows/cases/verify-case.ts';
import { forget } from '#workflows/evidence/forget.ts';
import { deleteExpired } from '#workflows/evidence/retention.ts';
import { changeHold } from '#workflows/incidents/hold-incident.ts';
import { copyBytes } from '#workflows/messages/copies.ts';
import { KEEP_FILES, type KeepFilesOptions, keepFiles } from '#workflows/messages/keep-files.ts';
import { followMessage, type NoticeRequest, type Seen } from '#workflows/timeline/follow-message.ts';

const DAY_MS = 24 * 3_600_000;
const AUTHOR = 'U0AUTHOR77';
const GRAPH: SaidFile = { id: 'F0GRAPH', name: 'graph.png', type: 'image/png', bytes: 4, isDeleted: false };
const LOG: SaidFile = { id: 'F0LOG', name: 'app.log', type: 'text/plain', bytes: 60, isDeleted: false };
const PNG = Buffer.from([137, 80, 78, 71]);
const LINES = 'GET /login 500\npassword=hunter2secretvalue took 6 s\n';

type Fetch = KeepFilesOptions['fetchFile'];

async function opening(fetch: Fetch = sent) {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const dataFolder = newFolder();
  const cases = keptIn(dataFolder);
  const signer = signerOf(newPrivateKey());
  const incident = await store.transaction((tx) => declareIncident(tx, LOGINS_TIME_OUT));
  let seen: Seen = { kind: 'gone' };
  let events = 0;
  const kick = () => undefined;
  const parts = { store, jobs: tableJobs, kick };
  const follow = followMessage({ ...parts, look: async () => seen, mayRead: async () => true });
  const runJobs = async (lastAttempt: boolean, using: Partial<KeepFilesOptions>) => {
    const keep = keepFiles({ ...parts, cases, fetchFile: fetch, redact: async (text) => redact(text), ...using });
    const rows = await store.db.selectFrom('jobs').selectAll().where('kind', '=', KEEP_FILES).execute();
    for (const row of rows) {
      const job = { ...row, payload: JSON.parse(row.payload ?? '{}'), attempt: 1, lastAttempt } as unknown as Job;
      await keep(job, new AbortController().signal);
    }
  };
  return {
    store,
    clock,
    cases,
    signer,
    dataFolder,
    incident,
    /** Slack's event about the message, and the message as it is now. */
    async happens(what: NoticeRequest['what'], now: Partial<Extract<Seen, { kind: 'seen' }>> | 'gone') {
      const { workspaceId, channelId } = incident;
      const as = { text: '', files: [], userId: AUTHOR, threadTs: undefined, link: '', marked: true, pinned: false };
      seen = now === 'gone' ? { kind: 'gone' } : { kind: 'seen', ...as, ...now };
      events += 1;
      const payload = { inboxId: `e${events}`, workspaceId, channelId, ts: '5.000005', what, userId: 'U3' };
      const key = `message:${channelId}:5.000005/${what}/U3/${payload.inboxId}`;
      await follow({ payload, key } as unknown as Job, new AbortController().signal);
    },
    fetchAll: (lastAttempt = false, using: Partial<KeepFilesOptions> = {}) => runJobs(lastAttempt, using),
    texts: async () =>
      (await timelineOf(store, incident.id))
        .filter(({ kind }) => kind === 'image' || kind === 'message')
        .map((one) => one.text),
    onDisk: () => {
      const folder = join(dataFolder, folderOfFiles(incident.id));
      return existsSync(folder) ? readdirSync(folder) : [];
    },
    retention: (files: number, isTrial = false) =>
      deleteExpired({ store, cases, days: { traces: 0, logs: 0, metrics: 0, files }, signer: () => signer }, isTrial),
    forget: (named: string) => forget({ store, cases, signer: () => signer }, { named, actor: 'test', isTrial: false }),
    audited: async () =>
      (await store.db.selectFrom('audit').select('action').where('action', 'like', 'file.%').execute()).map(
        (one) => one.action,
      ),
  };
}

async function sent(fileId: string): ReturnType<Fetch> {
  const bytes = fileId === 'F0GRAPH' ? PNG : Buffer.from(LINES);
  return { kind: 'fetched', name: fileId === 'F0GRAPH' ? 'graph.png' : 'app.log', type: '', bytes };
}

test('an entry names each file with type, size and SHA-256, and the bytes are kept', async () => {
  const one = await opening();
  await one.happens('marked', { text: 'the pool', files: [GRAPH] });
  expect(await one.texts()).toEqual(['the pool [graph.png, image/png, 4 bytes, not kept yet]']);
  await one.fetchAll();
  expect(await one.texts()).toEqual([`the pool [graph.png, image/png, 4 bytes, SHA-256 ${sha256(PNG)}]`]);
  const [file] = await filesOf(one.store, one.incident.id);
  expect(file && (await copyBytes(one.cases, file))).toEqual(PNG);
  expect(await one.audited()).toEqual(['file.kept']);
});

test('a text is kept without the credentials in it, and both sums are named', async () => {
  const one = await opening();
  await one.happens('pinned', { files: [LOG], marked: false, pinned: true });
  await one.fetchAll();
  const [file] = await filesOf(one.store, one.incident.id);
  const kept = file && Buffer.from((await copyBytes(one.cases, file)) ?? '').toString();
  expect(kept).toContain('GET /login 500\npassword=[redacted');
  expect(await one.texts()).toEqual([
    `[app.log, text/plain, 52 bytes, SHA-256 ${sha256(LINES)}, kept without credentials: SHA-256 ${sha256(kept ?? '')}]`,
  ]);
});

test('a text is searched where it is told, never in this thread', async () => {
  const one = await opening();
  await one.happens('marked', { text: 'a', files: [LOG] });
  const given: string[] = [];
  const elsewhere = async (text: string) => `${given.push(text)} text was here`;
  await one.fetchAll(false, { redact: elsewhere });
  const [file] = await filesOf(one.store, one.incident.id);
  expect(given).toEqual([LINES]);
  // A second search here would have changed nothing of it, and a search here before it would have changed what it got.
  expect(file && Buffer.from((await copyBytes(one.cases, file)) ?? '').toString()).toBe('1 text was here');
});

test('a text whose search does not end is tried again, and then left with the reason', async () => {
  const one = await opening();
  await one.happens('marked', { text: 'a', files: [LOG] });
  const endless = async () => {
    throw new AnalysisEndedError('interrupted', 'its thread was ended');
  };
  await expect(one.fetchAll(false, { redact: endless })).rejects.toThrow('its thread was ended');
  await one.fetchAll(true, { redact: endless });
  expect(await one.texts()).toEqual([expect.stringContaining('the search for credentials in it did not end')]);
  expect(one.onDisk()).toEqual([]);
});

test('an edit keeps the copy, a repetition changes nothing, and a file that returns is the same', async () => {
  const one = await opening();
  for (const text of ['a', 'b', 'b']) await one.happens(text === 'a' ? 'marked' : 'changed', { text, files: [GRAPH] });
  await one.fetchAll();
  await one.fetchAll();
  expect(await one.texts()).toEqual([expect.stringMatching(/^b \[graph\.png.*SHA-256/)]);
  expect(one.onDisk()).toHaveLength(1);
  await one.happens('unmarked', { marked: false });
  expect(await one.texts()).toEqual([]);
  await one.happens('marked', { text: 'b', files: [GRAPH] });
  expect(await one.texts()).toEqual([expect.stringContaining('SHA-256')]);
});

describe('deleted in Slack', () => {
  test('the file: the entry says so, and keeps the copy', async () => {
    const one = await opening();
    await one.happens('marked', { text: 'a', files: [GRAPH] });
    await one.fetchAll();
    await one.happens('changed', { text: 'a', files: [{ ...GRAPH, isDeleted: true }] });
    expect(await one.texts()).toEqual([expect.stringMatching(/SHA-256 [0-9a-f]{64}, deleted in Slack\]$/)]);
    expect(one.onDisk()).toHaveLength(1);
  });

  test('the message: the entry stays where there is a copy, and goes otherwise', async () => {
    const one = await opening();
    await one.happens('marked', { text: 'a', files: [GRAPH] });
    await one.fetchAll();
    await one.happens('deleted', 'gone');
    expect(await one.texts()).toEqual([expect.stringMatching(/^a .*deleted in Slack\]$/)]);
    const other = await opening(async () => ({ kind: 'left', reason: 'too large', isDeleted: false }));
    await other.happens('marked', { text: 'a', files: [GRAPH] });
    await other.fetchAll();
    expect(await other.texts()).toEqual(['a [graph.png, image/png, 4 bytes, not kept: too large]']);
    await other.happens('deleted', 'gone');
    expect(await other.texts()).toEqual([]);
  });
});

describe('a file that does not come', () => {
  const away: Fetch = async (id) => (id === 'F0GRAPH' ? await sent(id) : Promise.reject(new Error('away')));

  test('is tried again, without the others, until the last attempt says so', async () => {
    const one = await opening(away);
    await one.happens('marked', { files: [LOG, GRAPH] });
    await expect(one.fetchAll()).rejects.toThrow('away');
    expect(await one.texts()).toEqual([expect.stringMatching(/app\.log.*not kept yet; graph\.png.*SHA-256/)]);
    await one.fetchAll(true);
    expect(await one.texts()).toEqual([expect.stringContaining('not kept: Slack did not send it')]);
  });

  test('because the bot keeps no evidence, or it is too long a text', async () => {
    const one = await opening(async () => ({
      kind: 'fetched',
      name: '',
      type: '',
      bytes: Buffer.alloc(2_000_001, 'a'),
    }));
    await one.happens('marked', { files: [GRAPH] });
    await one.fetchAll(false, { cases: undefined });
    expect(await one.texts()).toEqual([expect.stringContaining('not kept: this bot keeps no evidence')]);
    await one.happens('changed', { files: [GRAPH, LOG] });
    await one.fetchAll();
    expect(await one.texts()).toEqual([expect.stringContaining('not kept: a text larger than 2 MB')]);
    expect(one.onDisk()).toEqual([]);
  });
});

test('a hostile name and type are cut, redacted and left out', async () => {
  const one = await opening();
  const name = `password=hunter2secretvalue ${'x'.repeat(500)}`;
  await one.happens('marked', { files: [{ ...GRAPH, name, type: 'image/png"><script>' }] });
  const [text = ''] = await one.texts();
  expect(text).not.toMatch(/hunter2|script/);
  expect(text.length).toBeLessThan(300);
});

describe('the copies', () => {
  const keptOne = async () => {
    const one = await opening();
    await one.happens('marked', { text: 'a', files: [GRAPH, LOG] });
    await one.fetchAll();
    await one.clock.tick(31 * DAY_MS);
    return one;
  };

  test('go when they are past their time; the entry keeps the sums', async () => {
    const one = await keptOne();
    expect(await one.retention(40)).toMatchObject({ copies: 0 });
    expect(await one.retention(30, true)).toMatchObject({ copies: 2 });
    expect(one.onDisk()).toHaveLength(2);
    expect(await one.retention(30)).toMatchObject({ copies: 2, held: 0 });
    expect(one.onDisk()).toEqual([]);
    expect(await one.texts()).toEqual([expect.stringContaining(`${sha256(PNG)}, copy past its time`)]);
    expect((await one.audited()).filter((action) => action === 'file.deleted')).toHaveLength(2);
  });

  test('of a held incident stay, and nothing of it is forgotten', async () => {
    const one = await keptOne();
    await changeHold(one.store, { incident: 'INC-1', by: 'U1', reason: 'court', isRelease: false });
    expect(await one.retention(30)).toMatchObject({ copies: 0, held: 2 });
    await expect(one.forget(AUTHOR)).rejects.toThrow('on legal hold');
    expect(one.onDisk()).toHaveLength(2);
  });

  test('go with the person who wrote the message, with what they mention, and with the incident', async () => {
    const person = await keptOne();
    expect((await person.forget(AUTHOR)).rows).toMatchObject({ 'files of messages': 2 });
    expect([person.onDisk(), await person.texts()]).toEqual([[], [expect.not.stringContaining('graph')]]);

    const named = 'U0NAMED777';
    const mention = await opening(async () => ({
      kind: 'fetched',
      name: '',
      type: '',
      bytes: Buffer.from(`by ${named}`),
    }));
    await mention.happens('marked', { files: [LOG] });
    await mention.fetchAll();
    await mention.forget(named);
    expect(mention.onDisk()).toEqual([]);

    const whole = await keptOne();
    await whole.forget('INC-1');
    expect([whole.onDisk(), await filesOf(whole.store, whole.incident.id)]).toEqual([[], []]);
  });

  test('are exported with the cases, and a changed one is found', async () => {
    const one = await keptOne();
    const target = join(newFolder(), 'out');
    const parts = { store: one.store, cases: one.cases, disk, signer: one.signer };
    const exported = await exportCases(parts, { incident: 'INC-1', target, actor: 'U1' });
    expect(exported.problems).toEqual([]);
    expect(await verifyCase(disk, target)).toMatchObject({ files: 2, problems: [] });
    const [first = ''] = readdirSync(join(target, 'files'));
    expect(readFileSync(join(target, 'cases.json'), 'utf8')).toContain('graph.png');
    writeFileSync(join(target, 'files', first), 'other');
    expect((await verifyCase(disk, target)).problems).toHaveLength(1);
    expect((await one.audited()).filter((action) => action === 'file.read')).toHaveLength(2);
  });

  test('are not exported where only some people read their message', async () => {
    const one = await keptOne();
    const [{ entryKey: key } = { entryKey: '' }] = await filesOf(one.store, one.incident.id);
    const few = { incidentId: one.incident.id, key, circle: needToKnowValue({ people: ['U0KIM'] }), by: AUTHOR };
    expect(await one.store.transaction((tx) => editEntry(tx, few))).toBe(true);
    const target = join(newFolder(), 'out');
    const parts = { store: one.store, cases: one.cases, disk, signer: one.signer };
    await exportCases(parts, { incident: 'INC-1', target, actor: 'U1' });
    expect(readFileSync(join(target, 'cases.json'), 'utf8')).not.toMatch(/graph|app\.log|sha/);
    expect((await one.audited()).filter((action) => action === 'file.read')).toEqual([]);
    expect((await filesOf(one.store, one.incident.id)).map(({ state }) => state)).toContain('kept');
  });
});
