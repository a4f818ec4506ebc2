import { expect, test } from 'vitest';
import { tellsOfFailure, wordedAsFailure } from '#model/logs/log-failure.ts';
import { logLine } from '#test/log-line.ts';

test.each(["thread 'main' panicked at src/tides.rs:12:5: index out of bounds", 'handler panics: nil map'])(
  'a failure: %s',
  (line) => {
    expect(wordedAsFailure(line)).toBe(true);
  },
);

test('a longer word is none', () => {
  expect(wordedAsFailure('panickier than usual')).toBe(false);
});

test.each([
  [
    "Access to fetch at 'https://api.pier.test/b' from origin 'https://pier.test' has been blocked by CORS policy: no header",
    true,
  ],
  ['Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource', true],
  ['Origin https://pier.test is not allowed by Access-Control-Allow-Origin. Status code: 204', true],
  ["Mixed Content: The page at 'https://pier.test' requested 'http://b'. This request has been blocked", true],
  ['the user blocked a guest', false],
  ['CORS policy loaded with 2 origins', false],
])('what a browser does not let the page read is a failure: %s', (line, fails) => {
  expect(tellsOfFailure(logLine('page', 0, line, { level: '' }))).toBe(fails);
});

test.each([
  ['ActionController::RoutingError (No route matches [GET] "/wp-login.php"):', false],
  ['Not Found: /.env', false],
  ['NotFoundHttpException: No route found for "GET /vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php"', false],
  ['open() "/usr/share/nginx/html/xmlrpc.php" failed (2: No such file or directory)', false],
  // Its own page is gone.
  ['ActionController::RoutingError (No route matches [GET] "/seats/7"):', true],
  // A scanner that makes it fail has found something.
  ['GET /wp-login.php: NullPointerException', true],
])('what a scanner asks for and does not find is no failure: %s', (line, fails) => {
  expect(tellsOfFailure(logLine('web', 0, line, { level: 'error' }))).toBe(fails);
});
