/**
 * Lines that real servers wrote while nothing was wrong: nobody is to be woken. Recorded by test/backends/ordinary-logs.ts;
 * Postgres under pgbench with every statement logged, and Redis under redis-benchmark, those of Debian 12.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { windowReport } from '#test/window.ts';

/** HotROD's Redis times out on purpose, and Jaeger cannot reach where it sends its own traces: errors they are. */
const ERRORS = ['error-burst', 'new-error'];

describe.each(['hotrod', 'jaeger', 'loki', 'postgres', 'prometheus', 'redis'])('lines of %s', (server) => {
  const lines = gunzipSync(readFileSync(`test/fixtures/logs/${server}.log.gz`))
    .toString()
    .split('\n')
    .filter((line) => line !== '');

  test('compared with what is usual raise no alarm', async () => {
    const half = Math.ceil(lines.length / 2);
    const { findings, checked } = await windowReport(lines.slice(half).join('\n'), {
      healthy: lines.slice(0, half).join('\n'),
    });
    expect(checked.broken).toEqual([]);
    expect(findings.map(({ title }) => title)).toEqual([]);
  });

  test('with nothing to compare with hold errors at most, and no attack, leak, limit or damage', async () => {
    const { findings } = await windowReport(lines.join('\n'));
    expect(findings.map(({ detector }) => detector).filter((id) => !ERRORS.includes(id))).toEqual([]);
  });
});
