/** Redaction on one core: log lines as text, and a trace as the bytes that are kept. */
import { redactJson } from '#analyse/redacted-json.ts';
import { redact } from '#model/redaction/redaction.ts';
import { generateTrace } from './generate.ts';
import { type Row, sampleOf } from './measure.ts';

const LINES_MB = 50;
const SPANS = 50_000;

export function redactionRows(rounds: number): Row[] {
  const lines = logLines(LINES_MB * 1e6);
  const trace = generateTrace(SPANS);
  const traceMb = trace.length / 1e6;
  const text = timed(rounds, () => {
    for (const line of lines) redact(line);
  });
  const json = timed(rounds, () => redactJson(trace));
  return [
    { what: `redaction, ${LINES_MB} MB of log lines`, sample: sampleOf(text), unit: 'ms', must: 1_000, aim: 500 },
    {
      what: `redaction, ${Math.round(traceMb)} MB of a trace`,
      sample: sampleOf(json),
      unit: 'ms',
      must: Math.round(traceMb * 20),
    },
  ];
}

/** The first round compiles. */
function timed(rounds: number, work: () => void): number[] {
  const times = Array.from({ length: rounds + 1 }, () => {
    const begun = performance.now();
    work();
    return performance.now() - begun;
  });
  return times.slice(1);
}

/** Of nine programs, each with ids of its own; one in fifty holds something that has to be taken out. */
const LINES: readonly ((id: (length: number) => string, n: number) => string)[] = [
  (id, n) =>
    `2026-01-06T14:30:${n % 60}.123Z INFO c.e.checkout.OrderService [http-nio-8080-exec-${n % 40}] trace_id=${id(32)} span_id=${id(16)} order ${n} placed in ${n % 900} ms`,
  (id, n) =>
    `{"level":"info","ts":17677098${n},"caller":"server/handler.go:88","msg":"request completed","method":"GET","path":"/api/v1/users/${n}/orders","status":200,"duration_ms":${n % 500},"trace_id":"${id(32)}"}`,
  (id, n) =>
    `10.0.${n % 250}.7 - - [06/Jan/2026:14:30:45 +0000] "GET /products/${n}?page=2&sort=price HTTP/1.1" 200 ${n} "https://shop.example.com/list" "Mozilla/5.0 (X11; Linux x86_64)" rid=${id(32)}`,
  (_, n) =>
    `2026-01-06 14:30:45.123 UTC [${n}] LOG:  duration: ${n % 90}.123 ms  execute <unnamed>: SELECT o.id, o.total FROM orders o JOIN users u ON u.id = o.user_id WHERE o.status = $1 AND u.region = $2 LIMIT 50`,
  (id, n) =>
    `I0106 14:30:45.123456       1 event.go:294] "Event occurred" object="default/checkout-${id(9)}-x2x4z" kind="Pod" reason="Pulled" message="Container image already present, attempt ${n}"`,
  (id, n) =>
    `ts=2026-01-06T14:30:45.123Z level=warn component=cache msg="miss" key=user:${n}:profile request_id=${id(8)}-${id(4)}-${id(4)}-${id(4)}-${id(12)} took=${n % 80}ms`,
  (id) =>
    `\tat com.example.shop.inventory.StockRepositoryImpl.findBySku(StockRepositoryImpl.java:112) ~[inventory-1.4.2.jar!/:${id(7)}]`,
  (_, n) =>
    `[2026-01-06 14:30:45,123] INFO [GroupCoordinator ${n % 5}]: Preparing to rebalance group orders-consumer in state PreparingRebalance with old generation ${n} (kafka.coordinator.group.GroupCoordinator)`,
  (id, n) => `user ${n} updated settings theme=dark locale=en_GB session=${id(24)} from web`,
];

const SENSITIVE: typeof LINES = [
  (id, n) => `login failed for jo${n}@example.org password=${id(9)} from 10.0.0.7`,
  (id, n) => `outgoing GET https://api.example.com/v1/items/${n} Authorization: Bearer ${id(40)} status=200`,
];

function logLines(bytes: number): string[] {
  const lines: string[] = [];
  let state = 20_260_106;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
  const id = (length: number) => {
    let hex = '';
    while (hex.length < length) hex += next().toString(16).padStart(8, '0');
    return hex.slice(0, length);
  };
  for (let filled = 0; filled < bytes; ) {
    const n = next() % 1_000_000;
    const forms = lines.length % 50 === 49 ? SENSITIVE : LINES;
    const line = forms[n % forms.length]?.(id, n) ?? '';
    lines.push(line);
    filled += line.length;
  }
  return lines;
}
