/**
 * Records what real Jaeger and Loki answer about the drawn outage, for the tests that replay it:
 * `node test/backends/record-outage.ts`. The outage is moved to the hour before, for Loki takes no lines of last year.
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OUTAGE, outageAround } from '#test/outage.ts';
import { readable, send } from './feed.ts';
import { startJaeger, startLoki, stopAll } from './servers.ts';

const FOLDER = fileURLToPath(new URL('../fixtures/outage/', import.meta.url));
const MINUTE_US = 60_000_000;

/** On the full minute, so that what is computed from it is read easily. */
const alertUs = Math.floor((Date.now() * 1000) / MINUTE_US - 45) * MINUTE_US;

const folder = await mkdtemp(join(tmpdir(), 'record-outage-'));
try {
  const [jaeger, loki] = await Promise.all([startJaeger(folder), startLoki(folder)]);
  for (const request of outageAround(alertUs)) {
    await send(request, { jaeger, loki });
    await readable(request, { jaeger, loki });
  }
  const window = { start: alertUs - 15 * MINUTE_US, end: alertUs + 5 * MINUTE_US };
  await keep('services', `${jaeger.url}/api/services`);
  await keep(
    'traces',
    `${jaeger.url}/api/traces?service=${OUTAGE.service}&start=${window.start}&end=${window.end}&limit=100`,
  );
  const query = new URLSearchParams({
    query: '{service_name=~".+"}',
    start: `${window.start}000`,
    end: `${window.end}000`,
    limit: '5000',
  });
  await keep('lines', `${loki.url}/loki/api/v1/query_range?${query}`);
  await writeFile(join(FOLDER, 'alert.json'), `${JSON.stringify({ alertUs }, null, 1)}\n`);
} finally {
  await stopAll();
}

async function keep(name: string, url: string): Promise<void> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  await writeFile(join(FOLDER, `${name}.json`), await answer.text());
}
