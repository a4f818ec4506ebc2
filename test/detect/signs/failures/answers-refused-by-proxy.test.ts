/** A proxy without spans could not take a good answer: its client got 502, and the verdict stays unsure. */
import { expect, test } from 'vitest';
import { runDetector } from '#detect/run.ts';
import { errorOrigin } from '#detect/trace/error-origin.ts';
import { logLine } from '#test/log-line.ts';
import { server, traceOf } from '#test/trace.ts';

const lineOf = (what: string, request = 'POST /login HTTP/1.1') =>
  `[error] 29#29: *4821 ${what}, client: 203.0.113.5, server: shop.example, request: "${request}", upstream: "fastcgi://unix:/run/php.sock:", host: "shop.example"`;
const TOO_BIG = 'upstream sent too big header while reading response header from upstream';

function foundWith(line: string, { at = 142 } = {}) {
  const attributes = { 'http.response.status_code': 302, 'http.request.method': 'POST', 'http.route': '/login' };
  const trace = traceOf(server('counter', 'POST app_login', { ms: 140, attributes }));
  return runDetector(errorOrigin, { trace, logs: [{ ...logLine('nginx', at, line), rung: 'time' as const }] });
}

test.each([TOO_BIG, 'upstream prematurely closed connection while reading response header from upstream'])(
  'the request failed: %s',
  (what) => {
    expect(foundWith(lineOf(what))).toMatchObject({
      findings: [{ service: 'counter', inferred: true, facts: { reachedRoot: true } }],
    });
  },
);

test.each([
  ['a line about another path', lineOf(TOO_BIG, 'POST /logout HTTP/1.1'), {}],
  ['a line about another method', lineOf(TOO_BIG, 'GET /login HTTP/1.1'), {}],
  ['a line of another time', lineOf(TOO_BIG), { at: 900 }],
  ['a line about a large answer', lineOf('an upstream response is buffered to a temporary file'), {}],
])('nothing is found with %s', (_, line, options) => {
  expect(foundWith(line, options)).toMatchObject({ kind: 'clear' });
});
