/** Files in messages that people mark: from Slack to the timeline, its page, and the person who may read it. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { listenToMeasures } from '#core/measures.ts';
import { sha256 } from '#core/sha256.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents } from '#test/incidents-in-slack.ts';
import { sendToBot } from '#test/slack-side.ts';

const PAGES = 'https://spanhound.shop.test/bot/';
const GRAPH = {
  id: 'F0GRAPH',
  name: 'errors "1" <b>.png',
  type: 'image/png',
  bytes: Buffer.from([137, 80, 78, 71, 0, 1]),
};

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
beforeEach(async () => {
  side = await openIncidents(backends, { SPANHOUND_PAGES_URL: PAGES }, { threads: true });
});
afterEach(() => side.close());

async function happens(event: Readonly<Record<string, unknown>>): Promise<void> {
  expect((await sendToBot(side.url(), side.slack.event(event))).status).toBe(200);
}

/** Somebody marks a new message with this file. */
async function marked(file = GRAPH): Promise<string> {
  const { channel, person } = side.slack;
  const { ts } = await side.slack.post('the errors');
  side.slack.proxy.sharedFiles.share(ts, file);
  await side.slack.call('reactions.add', { channel, timestamp: ts, name: 'pushpin' });
  await happens({ type: 'reaction_added', user: person, reaction: 'pushpin', item: { type: 'message', channel, ts } });
  return ts;
}

const entry = (says: RegExp) => side.soon(async () => (await side.timeline()).find((line) => says.test(line)));

test('a marked file is kept with its hash, and whoever may see the incident downloads it from the page', async () => {
  await side.type('declare P1 Checkout is slow');
  await marked();
  expect(await entry(/SHA-256/)).toContain(
    `image the errors [errors "1" <b>.png, image/png, 6 bytes, SHA-256 ${sha256(GRAPH.bytes)}]`,
  );

  const link = /spanhound\.shop\.test\/bot(\/timeline\/[^"]+)"/.exec(await side.type('timeline'))?.[1] ?? '';
  const page = new URL(link, side.url());
  const html = await (await fetch(page)).text();
  expect(html).toContain('copy of errors &quot;1&quot; &lt;b&gt;.png');
  const copy = /href="(\?file=[^"]+)"/.exec(html)?.[1] ?? '';
  const got = await fetch(page.href + copy);
  expect(Buffer.from(await got.arrayBuffer())).toEqual(GRAPH.bytes);
  expect(Object.fromEntries(got.headers)).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': expect.stringMatching(/^attachment; filename=/),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  const reads = await side.store().db.selectFrom('audit').selectAll().where('action', '=', 'file.read').execute();
  expect(reads).toEqual([expect.objectContaining({ actor: side.slack.person, subject: 'INC-1' })]);
  expect((await fetch(`${page.href}?file=other`)).status).toBe(404);

  side.slack.proxy.person(side.slack.person, { deleted: true });
  await side.pass(1); // Slack is asked again
  const refused = await fetch(page.href + copy);
  expect([refused.status, await refused.text()]).toEqual([404, expect.stringContaining('may not see this incident')]);
});

test('a text loses its credentials in a worker, and a picture needs none', async () => {
  const inWorker: string[] = [];
  const end = listenToMeasures((measure) => {
    if (measure.kind === 'analysis') inWorker.push(measure.name);
  });
  onTestFinished(end);
  await side.type('declare P1 Checkout is slow');
  await marked();
  await entry(/errors "1" .*SHA-256/);
  expect(inWorker).not.toContain('redact');
  const bytes = Buffer.from('GET /login 500\npassword=hunter2secretvalue took 6 s\n');
  await marked({ id: 'F0LOG', name: 'app.log', type: 'text/plain', bytes });
  expect(await entry(/app\.log.*SHA-256/)).toContain('kept without credentials');
  expect(inWorker.filter((verb) => verb === 'redact')).toHaveLength(1);
});

test('a file that is deleted in Slack is named as deleted, and stays', async () => {
  await side.type('declare P1 Checkout is slow');
  const ts = await marked();
  await entry(/SHA-256/);
  side.slack.proxy.sharedFiles.delete(GRAPH.id);
  const { channel } = side.slack;
  const message = { ts, text: 'the errors', files: [{ id: GRAPH.id, mode: 'tombstone' }] };
  await happens({ type: 'message', subtype: 'message_changed', channel, message });
  expect(await entry(/deleted in Slack/)).toContain('SHA-256');
});

test('without the scope, the entry names the file and says why there is no copy', async () => {
  side.slack.proxy.missScope('files.info', 'files:read');
  await side.type('declare P1 Checkout is slow');
  await marked();
  expect(await entry(/not kept:/)).toContain('not kept: the scope files:read is missing');
});
