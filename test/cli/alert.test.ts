import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { run } from '#cli/main.ts';
import { samplePlace } from '#test/alert-samples.ts';
import { printed } from '#test/printed.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanhound-alert-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

async function called(...args: string[]) {
  let code = 0;
  const text = await printed(async () => {
    code = await run(['alert', 'try', ...args], {});
  });
  return { code, text };
}

describe('alert try', () => {
  test('ends with 0 for an alert, with 5 where none could be read', async () => {
    const alert = await called(samplePlace('sentry/event_alert_composed_with_trace_context'));
    expect(alert).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^An alert \(sentry\)\.[\s\S]*service +api-gateway/),
    });
    const none = await called(file('own.json', '{"colour":"red","weight":7}'));
    expect(none).toMatchObject({ code: 5, text: expect.stringContaining('senders:\n  mappings:') });
    expect(await called(samplePlace('kapacitor/alert_oncall'))).toMatchObject({
      code: 5,
      text: expect.stringContaining('at level'),
    });
  });

  test('uses the mappings of the configuration', async () => {
    const config = file(
      'spanhound.yaml',
      'senders:\n  mappings:\n    acme:\n      title: $.check\n      state: { path: $.status, triggered: [red] }\n',
    );
    const { code, text } = await called(
      file('acme.json', '{"check":"cart is slow","status":"red"}'),
      '--config',
      config,
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({ sender: 'acme', result: 'alert' });
  });

  test('ends with 2 for a file that is not there or no JSON, and for a wrong mapping', async () => {
    expect((await called(join(folder, 'none.json'))).code).toBe(2);
    expect((await called(file('alert.txt', 'cart is slow'))).code).toBe(2);
    const config = file('wrong.yaml', 'senders:\n  mappings:\n    acme:\n      title: { pattern: "(a+)+b" }\n');
    expect((await called(file('a.json', '{}'), '--config', config)).code).toBe(2);
  });
});

test('shows no time where the body has none, and reads one since the epoch', async () => {
  const said = async (body: object) => {
    const path = join(mkdtempSync(join(tmpdir(), 'alert-')), 'a.json');
    writeFileSync(path, JSON.stringify(body));
    return await printed(() => run(['alert', 'try', path], {}));
  };
  expect(await said({ title: 'x', service: 'a', status: 'firing' })).toContain('its arrival  (the body names no time)');
  expect(await said({ title: 'x', service: 'a', ts: 1_780_000_000 })).toContain('2026-05-28 20:26:40 UTC  ($.ts)');
});
