/** Lines of several instances of a service, where the trace does not record which of them served the request. */
import { describe, expect, test } from 'vitest';
import { happening, otlpOf } from '#test/otlp.ts';
import { reportOf } from '#test/report-of.ts';
import { call, DRAWN_AT_US, query, server } from '#test/trace.ts';

const COLLECTION = 'GC(88) Pause Full (G1 Compaction Pause) 2011M->1980M(2048M) 2310.118ms';
const FULL = 'HikariPool-1 - Pool stats (total=10, active=10, idle=0, waiting=9)';

type Line = Readonly<{ pod?: string; at: number; text: string }>;

async function verdict(lines: readonly Line[], resource: Readonly<Record<string, string>> = {}) {
  const root = server('web', 'GET /rates', { ms: 2480 }, [
    call('web', 'rates', 'GET /rates', { at: 4, ms: 2470 }, [
      server('rates', 'GET /rates', { at: 6, ms: 2464, resource }, [
        query('rates', 'SELECT amount FROM rate WHERE id = $1', { at: 12, ms: 6, resource }),
      ]),
    ]),
  ]);
  const happened = happening({ name: 'instances', title: '', what: '', roots: [root], logs: [], expected: undefined });
  const logs = lines.map(({ pod, at, text }) =>
    JSON.stringify({
      ts: `${DRAWN_AT_US + at * 1000}000`,
      labels: { service_name: 'rates', ...(pod && { pod }) },
      line: text,
    }),
  );
  return (await reportOf(JSON.stringify(otlpOf(happened)), { logs: logs.join('\n') })).diagnosis;
}

describe('a collection of one instance', () => {
  test('is likely where it is the only one that logged', async () => {
    expect(await verdict([{ pod: 'rates-a', at: 2440, text: COLLECTION }])).toMatchObject({
      kind: 'gc-pause',
      status: 'likely',
    });
  });

  test('stays open where another instance logged that its pool was full', async () => {
    const diagnosis = await verdict([
      { pod: 'rates-a', at: 2440, text: COLLECTION },
      { pod: 'rates-b', at: 1200, text: FULL },
    ]);
    expect(diagnosis).toMatchObject({
      status: 'inconclusive',
      statusReason: expect.stringMatching(/^another instance of rates logged something else/),
    });
    expect(diagnosis?.couldBe?.map(({ what }) => what).join()).toContain('Pool stats');
  });

  test('is likely where the trace records its instance', async () => {
    const diagnosis = await verdict(
      [
        { pod: 'rates-a', at: 2440, text: COLLECTION },
        { pod: 'rates-b', at: 1200, text: FULL },
      ],
      { 'k8s.pod.name': 'rates-a' },
    );
    expect(diagnosis).toMatchObject({ kind: 'gc-pause', status: 'likely' });
  });

  test('is likely where one instance logged both', async () => {
    const diagnosis = await verdict([
      { pod: 'rates-a', at: 2440, text: COLLECTION },
      { pod: 'rates-a', at: 2300, text: 'GC(87) Pause Young (Normal) 3.1ms' },
    ]);
    expect(diagnosis).toMatchObject({ kind: 'gc-pause', status: 'likely' });
  });
});
