/** Jobs that run only since their change, and the stores that their names say. */
import { expect, test } from 'vitest';
import { jobsByName } from '#analyse/store-jobs.ts';
import type { Change } from '#model/changes/change.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { changed, usAt } from '#test/changes.ts';

const store = (host: string) => ({ service: 'tickets', database: '', host });
const lineAt = (seconds: number, service = 'ticket-cleanup'): LogLine => ({
  service,
  level: 'info',
  line: 'scanned 900 of 40000',
  timeNs: `${usAt(seconds)}000`,
  traceId: '',
  spanId: '',
  labels: {},
});
const job: Change = changed(-60, { kind: 'config', service: 'ticket-cleanup', id: 'often' });
const found = (host: string, logs: readonly LogLine[], baselineLogs: readonly LogLine[] = []) =>
  jobsByName([job], [store(host)], { logs, baselineLogs }).map((use) => use.host);

test('a job that runs since its change uses the store of its name', () => {
  expect(found('ticket-db', [lineAt(-40), lineAt(-20)])).toEqual(['ticket-db']);
  expect(found('ticket-mysql-primary', [lineAt(-40)])).toEqual(['ticket-mysql-primary']);
});

test.each([
  ['it ran before its change', 'ticket-db', [lineAt(-90), lineAt(-20)], []],
  ['it ran in the baseline', 'ticket-db', [lineAt(-20)], [lineAt(-4_000)]],
  ['nothing shows that it runs', 'ticket-db', [lineAt(-20, 'web')], []],
  ['the store has another name', 'stock-db', [lineAt(-20)], []],
  ['the name only begins alike', 'tick-db', [lineAt(-20)], []],
  ['the host may be any', 'ticket', [lineAt(-20)], []],
])('not: %s', (_, host, logs, baselineLogs) => {
  expect(found(host, logs, baselineLogs)).toEqual([]);
});
