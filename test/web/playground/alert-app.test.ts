/** PagerDuty's part in the playground, read by the reader that reads the real one. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readPagerDutyMessage } from '#adapters/pagerduty/message.ts';
import { uuidV7 } from '#core/ids.ts';
import type { AlertMessage } from '#model/incident/alert.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { type AlertApp, postAlert, pressAlert } from '#web/playground/alert-app.ts';
import { INCIDENTS } from '#web/playground/channels.ts';
import { openWorkspace, type Workspace } from '#web/playground/workspace.ts';

let clock: SteppedClock;
let workspace: Workspace;
let folder: string;
let delivered: Record<string, unknown>[];
let app: AlertApp;

beforeEach(() => {
  clock = steppedClock();
  const newId = uuidV7(clock);
  workspace = openWorkspace({ clock, newId, triggerLifeMs: 3_000 });
  folder = mkdtempSync(join(tmpdir(), 'spanhound-alert-app-'));
  delivered = [];
  app = {
    workspace,
    deliver: async (event) => {
      delivered.push(event);
    },
    recorded: new URL('../../../samples/login-outage/', import.meta.url),
    evidenceFolder: folder,
    clock,
    newId,
  };
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('the alert', () => {
  test('is a message of PagerDuty’s own app that the bot hears of as an alert of this moment', async () => {
    const message = await postAlert(app, INCIDENTS);
    expect(message).toMatchObject({ userId: 'U0PAGERDUTY', channelId: INCIDENTS });
    expect(delivered).toMatchObject([
      { type: 'message', channel_type: 'channel', bot_id: 'B0PAGERDUTY', bot_profile: { app_id: 'A1FKYAUUX' } },
    ]);
    expect(delivered[0]).not.toHaveProperty('subtype');
    expect(alertIn(delivered[0])).toMatchObject({
      title: 'Error rate above 5 % on user-service',
      service: 'user-service',
      state: 'triggered',
      atUs: clock.nowUs(),
    });
  });

  test('comes with its evidence moved to the minutes before it', async () => {
    await postAlert(app, INCIDENTS);
    const seconds = spanTimes().map((ns) => Number((ns - BigInt(clock.nowUs()) * 1000n) / 1_000_000_000n));
    expect(Math.min(...seconds)).toBe(-720);
    expect(Math.max(...seconds)).toBe(-4);
    const lines = read('logs.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { ts: string; labels: { trace_id: string } });
    expect(lines.length).toBeGreaterThan(10);
    const traces = read('traces.json');
    for (const { ts, labels } of lines) {
      expect(BigInt(ts) <= BigInt(clock.nowUs()) * 1000n).toBe(true);
      expect(traces).toContain(labels.trace_id);
    }
  });

  test('is another incident with other traces each time', async () => {
    await postAlert(app, INCIDENTS);
    await postAlert(app, INCIDENTS);
    const [first, second] = delivered.map(alertIn);
    expect(first?.key).toMatch(/^Q[0-9A-Z]{13}$/);
    expect(second?.key).not.toBe(first?.key);
    expect([first?.labels.incident_number, second?.labels.incident_number]).toEqual(['4711', '4712']);
    const [ids, others] = readdirSync(folder).map(traceIds);
    expect(ids?.size).toBe(12);
    expect(ids?.isDisjointFrom(others ?? new Set())).toBe(true);
  });
});

describe('a button of its message', () => {
  test('resolves it by an edit that the bot hears of, and is gone', async () => {
    const message = await postAlert(app, INCIDENTS);
    await clock.tick(60_000);
    const resolved = await pressAlert(app, message, 'pagerduty_resolve');
    expect(resolved.text).toMatch(/^:large_green_circle: .* resolved$/);
    expect(resolved.blocks.map(({ type }) => type)).toEqual(['section', 'section']);
    expect(delivered[1]).toMatchObject({ subtype: 'message_changed', previous_message: { text: message.text } });
    expect(readPagerDutyMessage(delivered[1])).toMatchObject({ ts: message.ts, edited: true });
    expect(alertIn(delivered[1])).toMatchObject({ key: alertIn(delivered[0])?.key, state: 'resolved' });
  });

  test('acknowledges it, after which it can still be resolved', async () => {
    const message = await postAlert(app, INCIDENTS);
    const acknowledged = await pressAlert(app, message, 'pagerduty_acknowledge');
    expect(alertIn(delivered[1])).toMatchObject({ state: 'acknowledged' });
    await pressAlert(app, acknowledged, 'pagerduty_resolve');
    expect(alertIn(delivered[2])).toMatchObject({ state: 'resolved' });
  });

  test('that it does not have is refused', async () => {
    const message = await postAlert(app, INCIDENTS);
    await expect(pressAlert(app, message, 'incident_declare')).rejects.toThrow('action_not_found');
  });
});

function alertIn(event: unknown) {
  const message: AlertMessage | undefined = readPagerDutyMessage(event);
  return message !== undefined && 'alert' in message ? message.alert : undefined;
}

function read(name: string, of = readdirSync(folder)[0] ?? ''): string {
  return readFileSync(join(folder, of, name), 'utf8');
}

function spanTimes(): bigint[] {
  return [...read('traces.json').matchAll(/"(?:start|end)TimeUnixNano":"(\d+)"/g)].map(([, ns = '0']) => BigInt(ns));
}

function traceIds(of: string): Set<string> {
  return new Set([...read('traces.json', of).matchAll(/"traceId":"(\w+)"/g)].map(([, id = '']) => id));
}
