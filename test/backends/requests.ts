/** Requests of which there is no trace, put together from what the real Loki has of them. */
import assert from 'node:assert/strict';
import type { Report } from '#present/json/report.ts';
import { reportOf, spanhound } from './command-line.ts';
import type { Context } from './context.ts';
import { drawnHex } from './drawn-ids.ts';
import { sendLine, until } from './feed.ts';

/** One service has the id as a field, the other in its text; the one that failed wrote nothing. */
const SAID = [
  { at: 0, service: 'lane-gateway', text: 'POST /orders received', by: 'field' },
  { at: 40, service: 'lane-orders', text: 'order accepted', by: 'text' },
  { at: 90, service: 'lane-orders', text: 'call to lane-stock failed with 503, giving up', by: 'text' },
  { at: 120, service: 'lane-gateway', text: 'answered 502: lane-orders failed', by: 'field' },
] as const;

export async function checkRequests({ folder, loki, check }: Context): Promise<void> {
  const only = { LOKI_URL: loki.url };
  const requestId = `req-${drawnHex(6)}1`;
  const startUs = (Date.now() - 60_000) * 1_000;
  for (const { at, service, text, by } of SAID) {
    const level = text.includes('failed') ? 'error' : 'info';
    const line = JSON.stringify({ msg: text, ...(by === 'text' && { requestId }) });
    const fields: Readonly<Record<string, string>> =
      by === 'field' ? { http_request_header_x_request_id: requestId } : {};
    await sendLine(loki, { service, level, line, atUs: startUs + at * 1_000, fields });
  }
  const ask = async (args: readonly string[]): Promise<Report> => reportOf(await spanhound(folder, args, only));
  await until('the lines of the request in Loki', async () => {
    const { stdout } = await spanhound(folder, ['trace', requestId, '--json'], only);
    return stdout !== '' && (JSON.parse(stdout) as Report).timeline?.length === SAID.length;
  });

  await check('request: its way is put together from its lines, by text and by field', async () => {
    const { subject, timeline = [], diagnosis } = await ask(['trace', requestId, '--json']);
    assert.equal(subject.requestId, requestId);
    assert.deepEqual(
      timeline.map(({ service, deltaUs }) => [service, deltaUs / 1_000]),
      [
        ['lane-gateway', 0],
        ['lane-orders', 40],
        ['lane-orders', 50],
        ['lane-gateway', 30],
      ],
    );
    assert.equal(diagnosis?.service, 'lane-stock');
  });

  await check('request: a service that failed is followed into the others, by field and by text', async () => {
    const iso = (ms: number) => new Date(startUs / 1_000 + ms).toISOString();
    const window = ['--from', iso(-30_000), '--to', iso(30_000)];
    const { exemplars, timeline = [] } = await ask(['investigate', '--service', 'lane-orders', ...window, '--json']);
    assert.deepEqual(
      exemplars.map((exemplar) => exemplar.requestId),
      [requestId],
    );
    assert.deepEqual(
      timeline.map(({ service }) => service),
      ['lane-gateway', 'lane-orders', 'lane-orders', 'lane-gateway'],
    );
  });
}
