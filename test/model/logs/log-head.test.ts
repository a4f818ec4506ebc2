import { expect, test } from 'vitest';
import { levelIn } from '#model/logs/log-fields.ts';
import { logText } from '#model/logs/log-text.ts';

const SAID = 'GET /shelves failed feign.FeignException: [parcels] status 500';
const TIME = '2026-11-13T08:21:38.289Z';

test.each([
  ['Spring Boot', `${TIME} ERROR 1 --- [nio-8080-exec-2] c.acme.depot.Api : ${SAID}`],
  ['Spring Boot, application name', `${TIME} ERROR 1 --- [depot] [nio-8080-exec-2] c.acme.depot.Api   : ${SAID}`],
  [
    'Spring Boot, ids',
    `${TIME} ERROR 1 --- [nio-8080-exec-2] [4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7] c.acme.depot.Api : ${SAID}`,
  ],
  [
    'Spring Boot, ids after the level',
    `${TIME} ERROR [depot,4bf92f3577b34da6a3ce929d0e0e4736,00f067aa0ba902b7] 1 --- [nio-8080-exec-2] c.acme.depot.Api : ${SAID}`,
  ],
  [
    'pod and version before',
    `depot-8xkj8p5m7b-87xzt depot@7.3.2 ${TIME} ERROR 1 --- [nio-8080-exec-2] [4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7] c.acme.depot.Api : ${SAID}`,
  ],
  ['pod before', `depot-8xkj8p5m7b-87xzt ${TIME} ERROR 1 --- [main] c.acme.depot.Api : ${SAID}`],
  ['Logback', `08:21:38.289 [http-nio-8080-exec-2] ERROR c.acme.depot.Api - ${SAID}`],
  ['Log4j', `2026-11-13 08:21:38,289 [main] ERROR c.acme.depot.Api:42 - ${SAID}`],
  ['Python', `2026-11-13 08:21:38,289 - depot.api - ERROR - ${SAID}`],
  ['Python, basic', `ERROR:depot.api:${SAID}`],
  ['Rails', `E, [2026-11-13T08:21:38.289123 #17] ERROR -- : ${SAID}`],
  ['Rails, program and request', `E, [2026-11-13T08:21:38.289123 #17] ERROR -- depot: ${SAID}`],
  ['Elixir', `08:21:38.289 request_id=F7a trace_id=4bf92f3577b34da6a3ce929d0e0e4736 [error] ${SAID}`],
  ['Go', `2026/11/13 08:21:38 api.go:42: ${SAID}`],
])('the message begins behind the head: %s', (_, line) => {
  expect(logText(line).message).toBe(SAID);
});

test.each([
  ['Laravel', `[2026-11-13 08:21:38] production.ERROR: ${SAID}`, 'error'],
  ['Symfony', `[2026-11-13T08:21:38.289123+00:00] doctrine.CRITICAL: ${SAID}`, 'fatal'],
  ['a notice of Symfony', `[2026-11-13T08:21:38.289123+00:00] app.NOTICE: ${SAID}`, 'info'],
  ['Monolog, JSON', `{"message":"${SAID}","level":400,"level_name":"ERROR","channel":"app"}`, 'error'],
  ['PHP', `[13-Nov-2026 08:21:38 UTC] PHP Fatal error:  ${SAID}`, 'error'],
  ['PHP on the terminal', `PHP Warning:  ${SAID}`, 'warn'],
  ['PHP, deprecated', `[13-Nov-2026 08:21:38 UTC] PHP Deprecated:  ${SAID}`, 'info'],
  ['Sidekiq', `${TIME} pid=7 tid=k2x class=PackJob jid=9f2 elapsed=0.2 WARN: ${SAID}`, 'warn'],
  ['Celery', `[2026-11-13 08:21:38,289: ERROR/ForkPoolWorker-2] ${SAID}`, 'error'],
  ['env_logger', `[2026-11-13T08:21:38Z WARN  depot::shelves] ${SAID}`, 'warn'],
  ['Serilog', `[08:21:38 ERR] ${SAID}`, 'error'],
  ['Apache', `[Fri Nov 13 08:21:38.289123 2026] [proxy_http:error] [pid 7:tid 140] ${SAID}`, 'error'],
  ['NATS', `[7] 2026/11/13 08:21:38.289123 [ERR] ${SAID}`, 'error'],
  ['CockroachDB', `W261113 08:21:38.289123 77 kv/kvserver/store.go:12 ⋮ [n1,s1] 204  ${SAID}`, 'warn'],
  ['ClickHouse', `2026.11.13 08:21:38.289123 [ 77 ] {4bf9-2f35} <Error> ${SAID}`, 'error'],
  ['zerolog for people', `8:21AM ERR ${SAID}`, 'error'],
  [
    'Open Liberty',
    `[11/13/26, 08:21:38:289 UTC] 0000006a c.depot.Shelves                                W ${SAID}`,
    'warn',
  ],
  [
    'Erlang’s logger',
    `${TIME} warning: [depot] trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 ${SAID}`,
    'warn',
  ],
  ['MongoDB', `{"t":{"$date":"${TIME}"},"s":"E","c":"NETWORK","id":22943,"ctx":"listener","msg":"${SAID}"}`, 'error'],
  ['tracing', `{"timestamp":"${TIME}","level":"ERROR","fields":{"message":"${SAID}"},"target":"depot"}`, 'error'],
  ['Cloud Logging', `{"severity":"ERROR","textPayload":"${SAID}"}`, 'error'],
])('the level stands in a form of its own, and the message behind it: %s', (_, line, level) => {
  const text = logText(line);
  expect([levelIn(text), text.message]).toEqual([level, SAID]);
});

test.each([
  ['a calendar version', `2026.11.13 is out: ${SAID}`],
  ['a name in lower case', `[2026-11-13 08:21:38] depot.error: ${SAID}`],
])('what only looks like such a mark stays in the message: %s', (_, line) => {
  expect(logText(line).message).toContain(line.slice(line.indexOf('] ') + 1).trim());
});

test('words before a time that are no pod stay', () => {
  const said = `backup depot ${TIME} ERROR ${SAID}`;
  expect(logText(said).message).toBe(said);
});
