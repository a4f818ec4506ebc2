import { describe, expect, test } from 'vitest';
import type { Series } from '#model/metrics/series.ts';
import { changed, type DrawnTrouble, ERRORS, failing, metric, suspected } from '#test/changes.ts';

const LOWERED = `--- a/src/stock.ts
+++ b/src/stock.ts
@@ -3,5 +3,5 @@ export async function stockOf(sku: string) {
-  return await get(url(sku), { timeout: 4000 });
+  return await get(url(sku), { timeout: 250 });
`;
const TIMED_OUT = failing('GET /stock timed out: no answer within 250 ms, gave up after $n ms');
const STYLES = { files: ['web/button.css'], diff: '-.pay { color: red }\n+.pay { color: green }\n' };
const OF_LINE_33 = `--- a/bank/Amount.java
+++ b/bank/Amount.java
@@ -32,2 +32,2 @@ class Amount {
   BigDecimal cents() {
-    return value.setScale(2, HALF_UP);
+    return value.setScale(2, UNNECESSARY);
`;
const MOVED = `@@ src/limits.ts @@ export function check(order) {
-  if (order.items > 500) throw new TooMany("items");
-  if (order.weight > 30000) throw new TooMany("weight");
-  return order;
+  atMost(order.items, 500, "items");
+  atMost(order.weight, 30000, "weight");
+  return order;
`;
const LOOPED = `@@ src/reserve.ts @@ async function reserve(items) {
-  const stock = await store.rowsOf(items);
+  for (const item of items) {
+    stock.set(item, await store.getRow(item));
+  }
`;

/** As Prometheus labels what it scrapes. */
function ofJob(job: string, at: (seconds: number) => number): Series {
  const series = metric('service:latency', at);
  return { ...series, labels: { job: `shop/${job}`, metric: 'http_server_request_duration_seconds' } };
}

/** As of an instance that began in the middle of the time. */
function bornLate(series: Series): Series {
  const from = series.atUs.length >> 1;
  return { ...series, atUs: series.atUs.subarray(from), values: series.values.subarray(from) };
}

describe('a change is suspected', () => {
  const found: Record<string, Readonly<{ drawn: DrawnTrouble; says: RegExp; id: string }>> = {
    'that changes the limit that the lines name': {
      drawn: {
        changes: [changed(-240, { id: 'a', diff: LOWERED }), changed(-60, { id: 'b', ...STYLES })],
        logs: TIMED_OUT,
      },
      says: /checkout: deploy a came 4 min before the problem began: .*it changes a limit from 4000 to 250/,
      id: 'a',
    },
    'that wrote the line in the stack trace, and not the later one': {
      drawn: {
        changes: [changed(-900, { id: 'a', diff: OF_LINE_33 }), changed(-60, { id: 'b', ...STYLES })],
        logs: failing(
          'Rounding necessary at java.math.BigDecimal.setScale(BigDecimal.java:2) at bank.Amount.cents(Amount.java:33)',
        ),
      },
      says: /checkout: deploy a .*the failure passes through amount\.java:33, a line that it writes/,
      id: 'a',
    },
    'of which nothing is known but that it came right before': {
      drawn: { changes: [changed(-20, { id: 'v4', text: 'version 4' })], logs: failing('seat $n is held twice') },
      says: /deploy v4 \(“version 4”\) came 20 s before the problem began/,
      id: 'v4',
    },
    'from metrics alone': {
      drawn: { changes: [changed(-20, { id: 'v4' })] },
      says: /deploy v4 came 20 s before/,
      id: 'v4',
    },
    'beside a request that failed before it, and open files that rose for minutes': {
      drawn: {
        changes: [changed(-20, { id: 'v4' })],
        metrics: [
          ERRORS,
          metric('checkout_errors_per_second', (at) => (at === -240 ? 0.016 : 0)),
          metric('process_open_fds', (at) => (at >= -240 && at < -60 ? 41 : 33)),
        ],
      },
      says: /deploy v4 came 20 s before/,
      id: 'v4',
    },
    'that was noted three seconds after, for an onset is no more exact': {
      drawn: { changes: [changed(3, { id: 'v4' })] },
      says: /deploy v4 came as the problem began/,
      id: 'v4',
    },
    'a flag whose name the lines say': {
      drawn: {
        changes: [
          changed(-200, { kind: 'flag', id: 'gift-cards', text: 'gift-cards: off -> on' }),
          changed(-100, STYLES),
        ],
        logs: failing('gift cards cannot be priced: table is empty'),
      },
      says: /flag gift-cards .*the failing lines name gift-cards/,
      id: 'gift-cards',
    },
    'a commit behind a deploy, known by its hash': {
      drawn: {
        changes: [
          changed(-900, { kind: 'commit', service: '', id: 'c0ffee1234567890', text: 'Faster stock', diff: LOWERED }),
          changed(-200, { id: 'release-9', text: 'release 9 of c0ffee1' }),
        ],
        logs: TIMED_OUT,
      },
      says: /deploy release-9 \(“Faster stock”\)/,
      id: 'release-9',
    },
    'hours before, where memory grows from it on': {
      drawn: {
        changes: [
          changed(-7200, {
            id: 'leak',
            diff: '@@ a.py @@\n+seen = {}\n+\n+def note(order):\n+    seen[order.id] = order\n',
          }),
          changed(-200, { id: 'late', diff: MOVED }),
        ],
        metrics: [
          ERRORS,
          metric('process_resident_memory_bytes', (at) => (at < -7200 ? 2e8 : 2e8 + 4e4 * (at + 7200))),
        ],
        logs: failing('worker was killed: out of memory'),
      },
      says: /deploy leak .*it fills seen and never empties it/,
      id: 'leak',
    },
    'of a service that suffers as well, as its own metrics show, and not of one that does not': {
      drawn: {
        changes: [
          changed(-60, { id: 'loop', service: 'stock', diff: LOOPED }),
          changed(-30, { id: 'other', service: 'cart', diff: LOOPED }),
        ],
        metrics: ['frontend', 'stock'].map((job) => ofJob(job, (at) => (at < 0 ? 0.1 : 0.4))),
        service: 'frontend',
      },
      says: /^stock: deploy loop .*for each item of a loop/,
      id: 'loop',
    },
    'right before the requests got worse, though some metric moved before that for reasons of its own': {
      drawn: {
        changes: [changed(-20, { id: 'v4' })],
        metrics: [metric('nodejs_heap_size_used_bytes', (at) => (at < -240 ? 2e7 : 4e7)), ERRORS],
        onset: 0,
      },
      says: /deploy v4 came 20 s before the problem began/,
      id: 'v4',
    },
    'after a heap had begun to grow that is swept every few minutes': {
      drawn: {
        changes: [changed(-20, { id: 'v4' })],
        metrics: [metric('nodejs_heap_size_used_bytes', (at) => (at < -240 ? 2e7 : 2e7 + 1e5 * (at + 240))), ERRORS],
        onset: 0,
      },
      says: /deploy v4 came 20 s before the problem began/,
      id: 'v4',
    },
    'a scaling, where too few are left': {
      drawn: {
        changes: [changed(-100, { kind: 'scale', id: 'checkout', text: 'replicas 9 -> 2' })],
        logs: failing('queue is full, $n requests wait', 'checkout', 'warn'),
      },
      says: /scaling checkout .*it scales from 9 down to 2/,
      id: 'checkout',
    },
  };

  test.each(Object.entries(found))('%s', (_, { drawn, says, id }) => {
    const findings = suspected(drawn);
    expect(findings.map(({ title }) => title)).toEqual([expect.stringMatching(says)]);
    expect(findings[0]?.facts).toMatchObject({ id });
    expect(findings[0]?.evidence?.[0]).toMatchObject({ kind: 'change', ref: id });
    expect(Number(findings[0]?.facts.confidence)).toBeGreaterThanOrEqual(0.5);
  });
});

describe('no change is suspected', () => {
  const clear: Record<string, DrawnTrouble> = {
    'where nothing is wrong': { changes: [changed(-20)], metrics: [metric('http_5xx_ratio', () => 0.002)] },
    'where a processor alone does more, and the requests are as before': {
      changes: [changed(-20, { text: 'brotli for large answers' })],
      metrics: [
        metric('process_cpu_seconds_total', (at) => (at < 0 ? 0.1 * at : 0.6 * at)),
        metric('http_server_requests_seconds_count', (at) => 10 * at),
      ],
    },
    'where the counter of a new instance begins at 0': {
      changes: [changed(-320)],
      metrics: [bornLate(metric('http_server_request_duration_seconds_count', (at) => 5 * (at + 600)))],
    },
    'where a replica took over by itself': {
      changes: [changed(-400, { text: 'version 4' })],
      logs: failing("READONLY You can't write against a read only replica, seat $n"),
    },
    'where nobody changed anything': { changes: [], logs: TIMED_OUT },
    'that touches nothing but styles, documents or tests': {
      changes: [
        changed(-20, STYLES),
        changed(-30, { files: ['docs/stock.md'], diff: '+Stock timed out after 250 ms.\n' }),
        changed(-40, { files: ['src/stock.test.ts'], diff: '+expect(timeout).toBe(250);\n' }),
      ],
      logs: TIMED_OUT,
    },
    'that moves the same limits elsewhere': {
      changes: [changed(-30, { diff: MOVED })],
      logs: failing('order $n was refused: too many items, 500 are allowed'),
    },
    'that was noted ten seconds after it began, and nothing else speaks for it': { changes: [changed(10)] },
    'that came after it began': { changes: [changed(90, { diff: LOWERED })], logs: TIMED_OUT },
    'of another service, of which no line speaks': {
      changes: [changed(-30, { service: 'newsletter' })],
      logs: TIMED_OUT,
    },
    'hours before, where nothing grew': { changes: [changed(-7200, { diff: LOWERED })], logs: TIMED_OUT },
    'where one record fails again and again': {
      changes: [changed(-30)],
      logs: failing('cannot read record: negative weight; record_id=rec-88a1 is tried again'),
    },
    'where an outside host fails': {
      changes: [changed(-30)],
      logs: failing('POST https://api.bank.example.com/v2/pay answered 503'),
    },
    'that only warns of what will end one day': {
      changes: [changed(-30, { diff: '@@ x.go @@\n+log.Warn("price_cents is deprecated")\n' })],
      logs: failing('DEPRECATED: price_cents will be removed in version $n', 'checkout', 'warn'),
      metrics: [],
    },
    'where a certificate has expired': {
      changes: [changed(-30)],
      logs: failing('handshake failed: certificate has expired'),
    },
    'where a certificate has expired, as .NET says it': {
      changes: [changed(-30)],
      logs: failing('The remote certificate is invalid because of errors in the certificate chain: NotTimeValid'),
    },
    'where three times as many requests come': {
      changes: [changed(-30)],
      metrics: [ERRORS, metric('requests_per_second', (at) => (at < 0 ? 100 : 300))],
    },
    'where the node is in trouble': {
      changes: [changed(-30, { diff: '@@ x.go @@\n+counter.Inc()\n' })],
      logs: failing('Node worker-3 has condition DiskPressure', 'kubelet', 'warn'),
    },
    'whose lines say nothing of it': {
      changes: [changed(-60, { diff: '@@ src/export.ts @@\n+export const rows = () => table.rows();\n' })],
      logs: failing('seat $n is held twice'),
    },
  };

  test.each(Object.entries(clear))('%s', (_, drawn) => {
    expect(suspected(drawn).map(({ title }) => title)).toEqual([]);
  });
});

describe('just beside the thresholds', () => {
  const drawn = { changes: [changed(-240, { id: 'a', diff: LOWERED })], logs: TIMED_OUT };

  test('a change is less suspect the longer before it came', () => {
    const confidence = (halfMinutes: number) =>
      suspected({ ...drawn, thresholds: { halfMinutes } })[0]?.facts.confidence;
    expect(Number(confidence(10))).toBeGreaterThan(Number(confidence(3)));
  });

  test('beyond the time in which deploys are felt it has to be dated by a growth', () => {
    expect(suspected({ ...drawn, thresholds: { farMinutes: 5 } })).toHaveLength(1);
    expect(suspected({ ...drawn, thresholds: { farMinutes: 3 } })).toEqual([]);
  });

  test('what is not sure enough is not told', () => {
    const [{ facts } = { facts: { confidence: 0 } }] = suspected(drawn);
    expect(suspected({ ...drawn, thresholds: { minConfidence: Number(facts.confidence) } })).toHaveLength(1);
    expect(suspected({ ...drawn, thresholds: { minConfidence: Number(facts.confidence) + 0.001 } })).toEqual([]);
  });
});

test('the order in which changes are listed says nothing', () => {
  const changes = [
    changed(-240, { id: 'a', diff: LOWERED }),
    changed(-60, { id: 'b', ...STYLES }),
    changed(-90, { id: 'c', diff: MOVED }),
  ];
  expect(suspected({ changes: changes.toReversed(), logs: TIMED_OUT })).toEqual(
    suspected({ changes, logs: TIMED_OUT }),
  );
});

test('a stack trace through another line of the same file does not say that the change wrote it', () => {
  const changes = [changed(-900, { id: 'a', diff: OF_LINE_33 })];
  const at = (line: number) =>
    suspected({ changes, logs: failing(`Rounding necessary at bank.Amount.cents(Amount.java:${line})`) });
  expect(JSON.stringify(at(33))).toContain('a line that it writes');
  expect(JSON.stringify(at(90))).not.toContain('a line that it writes');
});
