/** What people and systems say is stored without what must not be shown. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { addActionItem } from '#record/action-items.ts';
import { noteAlert } from '#record/alerts.ts';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import { attach, post, respond, update } from '#record/outbox.ts';
import { addEntry, editEntry, timelineOf } from '#record/timeline.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';

const SECRET = 'hunter22';
const said = (about: string) => `${about} of jo@example.org with password=${SECRET}`;

test('nothing of it is in the file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redacted-record-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const store = await opened(() => sqlite(join(folder, 'spanhound.db')), steppedClock());
  const entries = await store.transaction(async (tx) => {
    await noteAlert(tx, {
      workspaceId: 'T1',
      alert: {
        source: 'pagerduty',
        key: 'k1',
        title: said('Alert'),
        service: 'login',
        severity: 'P1',
        state: 'triggered',
        atUs: 0,
        saidUs: 0,
        url: `https://acme.example/i?token=${SECRET}`,
        traceId: '',
        labels: { summary: said('Label'), api_key: SECRET },
      },
    });
    await declareIncident(tx, {
      id: 'i1',
      workspaceId: 'T1',
      title: said('Login'),
      severity: 'P1',
      channelId: 'C1',
      declaredBy: 'U1',
      detectedBy: 'employee',
      detection: said('Call'),
    });
    const entry = {
      incidentId: 'i1',
      key: 'n1',
      atUs: 0,
      kind: 'note',
      source: 'U1',
      link: '',
      text: said('Note'),
    } as const;
    await addEntry(tx, entry);
    await editEntry(tx, { incidentId: 'i1', key: 'n1', text: said('Corrected note'), by: 'U1' });
    await changeIncident(tx, { incidentId: 'i1', key: 'c1', by: 'U1', title: said('New title') });
    await addActionItem(tx, {
      id: 'a1',
      incidentId: 'i1',
      text: said('Item'),
      owner: 'jo@example.org',
      due: '2026-01-13',
      createdBy: 'U1',
    });
    return await timelineOf(tx, 'i1');
  });

  const texts = entries.map(({ text }) => text);
  expect(texts).toContain('Corrected note of [redacted:email] with password=[redacted:secret]');
  const stored = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file)).toString('latin1'))
    .join('');
  expect(stored).toContain('New title of [redacted:email]');
  expect(stored).not.toContain(SECRET);
  expect(stored).not.toContain('jo@example.org');
});

test('no message to Slack carries it, whatever built it; what Slack sends back to us stays', async () => {
  const store = await opened(sqlitePlace(), steppedClock());
  const button = {
    type: 'button',
    text: { type: 'plain_text', text: said('Button') },
    value: 'key=value:1',
    action_id: 'a',
  };
  const message = {
    text: said('Text'),
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: said('Block') }, accessory: button }],
    picture: { png: new Uint8Array([1]), at: 0, alt: said('Alt'), title: said('Title') },
  };
  const to = { workspaceId: 'T1', channelId: 'C1' };
  await store.transaction(async (tx) => {
    await post(tx, { ...to, messageId: 'm1', message });
    await update(tx, { messageId: 'm1', message });
    await respond(tx, { workspaceId: 'T1', responseUrl: 'https://slack.example/r', message });
    const file = { name: said('Name'), title: said('Title'), content: new Uint8Array([1]) };
    await attach(tx, { ...to, ...file, attachmentId: 'f1', threadOf: 'm1' });
  });
  const rows = await store.db.selectFrom('outbox').select('payload').execute();
  expect(rows.length).toBe(3);
  for (const { payload } of rows) {
    expect(payload).toContain('[redacted:');
    expect(payload).not.toMatch(/jo@example|hunter22/);
  }
  expect(rows.filter(({ payload }) => payload.includes('"value":"key=value:1"')).length).toBe(2);
});
