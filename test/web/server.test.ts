import { expect, test } from 'vitest';
import { ConfigError } from '#core/errors.ts';
import { listen, webApp } from '#web/server.ts';

test('says that it lives although it is not ready, and why it is not', async () => {
  const reasons = new Set(['starting']);
  const server = await listen(
    webApp(async () => [...reasons]),
    0,
    '127.0.0.1',
  );
  const at = `http://127.0.0.1:${server.port}`;
  expect((await fetch(`${at}/healthz`)).status).toBe(200);
  const starting = await fetch(`${at}/readyz`);
  expect([starting.status, await starting.text()]).toEqual([503, 'not ready: starting\n']);
  reasons.clear();
  expect((await fetch(`${at}/readyz`)).status).toBe(200);
  await server.stop();
});

test('names the setting to change when the port is taken', async () => {
  const first = await listen(
    webApp(async () => []),
    0,
    '127.0.0.1',
  );
  const second = listen(
    webApp(async () => []),
    first.port,
    '127.0.0.1',
  );
  await expect(second).rejects.toThrow(ConfigError);
  await expect(second).rejects.toThrow(/in use: set PORT/);
  await first.stop();
});
