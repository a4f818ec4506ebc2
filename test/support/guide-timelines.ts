/** What the guides show of requests without a trace, drawn as the lines of their services, with the guides' times. */
import type { LogLine } from '#model/logs/log-line.ts';
import { logLine } from '#test/log-line.ts';

export const REQUEST_ID = 'req-8c41d7';

type Said = readonly [at: number, service: string, level: string, text: string];

function told(lines: readonly Said[]): LogLine[] {
  return lines.map(([at, service, level, text]) => logLine(service, at, `request_id=${REQUEST_ID} ${text}`, { level }));
}

/** “+50 ms, +69 ms waiting, +630 ms query time, +350 ms serialization: the database query is the primary bottleneck.” */
export const latencyFromLogs = told([
  [0, 'api-gateway', 'info', 'msg="request received" path=/users/12'],
  [50, 'auth-service', 'info', 'msg="token accepted"'],
  [51, 'user-service', 'info', 'msg="handling request"'],
  [120, 'user-service', 'debug', 'msg="query begins"'],
  [750, 'user-service', 'debug', 'msg="query ended" rows=1'],
  [1100, 'api-gateway', 'info', 'msg="response sent" status=200'],
]);

/** “Order Service enqueues, calls the User Service ✗, retries ✗, the breaker opens, the API Gateway receives a timeout.” */
export const cascadeFromLogs = told([
  [0, 'order-service', 'info', 'msg="order queued"'],
  [50, 'order-worker', 'info', 'msg="message taken from the queue"'],
  [100, 'order-worker', 'info', 'msg="GET http://product-service/stock answered 200"'],
  [150, 'order-worker', 'warn', 'msg="first attempt: call to user-service failed with 503"'],
  [200, 'order-worker', 'warn', 'msg="retry: call to user-service failed with 503"'],
  [300, 'order-worker', 'error', 'msg="circuit breaker for user-service opened: too many failures"'],
  [350, 'order-worker', 'error', 'msg="call to user-service rejected at once, the circuit is open"'],
  [400, 'order-service', 'error', 'msg="queue is full, producer blocked: order-worker takes nothing, request failed"'],
  [500, 'api-gateway', 'error', 'msg="timeout: no answer from order-service" status=504'],
]);

/** The same, with what the User Service itself wrote, as far as its clock can be trusted. */
export const cascadeWithItsCause: readonly LogLine[] = [
  ...cascadeFromLogs,
  ...told([
    [142, 'user-service', 'info', 'msg="GET /users/12"'],
    [
      155,
      'user-service',
      'error',
      'msg="cannot get a connection: 100 of 100 connections to the database are in use" status=503',
    ],
  ]),
];
