import { expect, test } from 'vitest';
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
  ['Go', `2026/11/13 08:21:38 api.go:42: ${SAID}`],
])('the message begins behind the head: %s', (_, line) => {
  expect(logText(line).message).toBe(SAID);
});

test('words before a time that are no pod stay', () => {
  const said = `backup depot ${TIME} ERROR ${SAID}`;
  expect(logText(said).message).toBe(said);
});
