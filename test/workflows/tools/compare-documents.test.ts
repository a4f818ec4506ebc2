import { describe, expect, test } from 'vitest';
import { differencesText } from '#present/tools/difference-text.ts';
import { type CompareRequest, compareDocuments } from '#workflows/tools/compare-documents.ts';

const compare = (before: unknown, after: unknown, options: Partial<CompareRequest> = {}) => {
  const [left, right] = [before, after].map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return compareDocuments({ before: left ?? '', after: right ?? '', ...options });
};

const differences = (...asked: Parameters<typeof compare>) => {
  const compared = compare(...asked);
  if (compared.kind !== 'json') throw new Error('they were not taken for JSON');
  return compared.differences;
};

/** The guide's two requests, drawn again: one that worked, one whose token had expired. */
const request = (at: string, id: string, token: string, status: number, ms: number) => ({
  timestamp: at,
  trace_id: id,
  service: 'gateway',
  request_headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  response_status: status,
  duration_ms: ms,
});
const WORKED = request('2025-01-06T14:30:00Z', 'good_17', 'valid_sesame', 200, 250);
const FAILED = request('2025-01-06T14:30:45Z', 'bad_42', 'stale_sesame', 500, 5000);

describe('the request that worked and the one that failed', () => {
  test('differ in the token, the status and the time it took, which is 20 times as long', () => {
    expect(differences(WORKED, FAILED)).toEqual([
      {
        path: '$.request_headers.authorization',
        kind: 'changed',
        before: '"[redacted:authorization]"',
        after: '"[redacted:authorization]"',
        remark: 'another value',
        ordinary: false,
      },
      { path: '$.response_status', kind: 'changed', before: '200', after: '500', remark: '', ordinary: false },
      { path: '$.duration_ms', kind: 'changed', before: '250', after: '5000', remark: '20 × as much', ordinary: false },
      expect.objectContaining({ path: '$.timestamp', remark: '45 s later', ordinary: true }),
      expect.objectContaining({ path: '$.trace_id', ordinary: true }),
    ]);
    expect(differencesText(differences(WORKED, FAILED))).not.toContain('sesame');
  });

  test('say nothing of the token where it is the same', () => {
    const same = { ...FAILED, request_headers: WORKED.request_headers };
    expect(differences(WORKED, same).map(({ path }) => path)).not.toContain('$.request_headers.authorization');
  });

  test('show the tokens on request', () => {
    expect(differences(WORKED, FAILED, { raw: true })[0]).toMatchObject({ after: '"Bearer stale_sesame"', remark: '' });
  });
});

test('credentials inside added parts are redacted as well', () => {
  const secret = { password: 'hunter2', hosts: ['https://u:pw12345@h'], passwords: ['hunter2', 'hunter2'] };
  const said = JSON.stringify([
    ...differences({}, { db: secret }),
    ...differences({ passwords: ['swordfish'] }, { passwords: ['hunter2'] }),
  ]);
  expect(said).toContain('[redacted:');
  expect(said).not.toMatch(/hunter2|pw12345|swordfish/);
});

test('JSON lines are compared document by document', () => {
  expect(differences('{"id":1}\n{"id":2,"s":200}', '{"id":2,"s":500}\n{"id":1}').map(({ path }) => path)).toEqual([
    '$[?@.id == 2].s',
  ]);
});

describe('requests and answers over HTTP', () => {
  const paths = (...asked: Parameters<typeof compare>) =>
    differences(...asked).map(({ path, before = '', after = '' }) => [path, before, after].join(' '));

  test('as curl commands, part by part; the order and the case of headers do not matter', () => {
    const worked = `curl 'https://api.example.com/orders?page=1&size=5' -H 'Accept: */*' -H 'Authorization: Bearer valid_sesame' --json '{"a":1}'`;
    const failed = `curl --json '{"a":2}' -H 'authorization: Bearer stale_sesame' -H 'accept: */*' 'https://api.example.com/orders?page=2&size=5'`;
    expect(paths(worked, failed)).toEqual([
      '$.query.page "1" "2"',
      '$.headers.authorization "[redacted:authorization]" "[redacted:authorization]"',
      '$.body.a 1 2',
    ]);
  });

  test('as messages', () => {
    const answer = (status: string, more: string, body: string) =>
      `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n${more}\r\n${body}`;
    const worked = answer('200 OK', '', '{"items":[1]}');
    expect(paths(worked, answer('503 Service Unavailable', 'Retry-After: 30\r\n', '{"items":[]}'))).toEqual([
      '$.status 200 503',
      '$.headers.retry-after "30"'.replace('$.headers.retry-after', "$.headers['retry-after'] "),
      '$.body.items[0] 1 ',
    ]);
    expect(paths('GET /a?x=1 HTTP/1.1\nHost: h', 'POST /b HTTP/2\nHost: h')).toEqual([
      '$.method "GET" "POST"',
      '$.path "/a" "/b"',
      '$.query {"x":"1"} ',
    ]);
  });

  test('as headers alone; a sentence with a colon in it is text', () => {
    expect(paths('Accept: a\nX-Id: 1', 'accept: b\nx-id: 1')).toEqual(['$.headers.accept "a" "b"']);
    expect(compare('note: it works', 'note: it fails')).toMatchObject({ kind: 'text' });
    expect(compare('Accept: a\nX-Id: 1\nand so on', 'Accept: b\nX-Id: 1\nand so on')).toMatchObject({ kind: 'text' });
  });
});

describe('texts', () => {
  test('are compared by line, with their surroundings', () => {
    expect(compare('a\nb\nc\n', 'a\nB\nc\n')).toEqual({
      kind: 'text',
      patch: '@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n',
      cut: false,
    });
  });

  test('a line whose credential changed is still a line that changed', () => {
    const compared = compare('host: h\npassword: hunter2\n', 'host: h\npassword: hunter3\n');
    expect(compared).toMatchObject({
      patch: expect.stringMatching(/^-password: \[redacted:secret\] {3}\(redacted\)\n\+password/m),
    });
    expect(JSON.stringify(compared)).not.toContain('hunter');
  });

  test('line ends of two systems are the same', () => {
    expect(compare('a\r\nb\r\n', 'a\nb\n')).toMatchObject({ patch: '' });
  });

  test('JSON is compared as text where that is asked for', () => {
    expect(compare('{"a": 1}', '{"a":1}', { asText: true })).toMatchObject({
      kind: 'text',
      patch: expect.stringContaining('+{"a":1}'),
    });
    expect(differences('{"a": 1}', '{"a":1}')).toEqual([]);
  });

  test('without common parts are not searched for any', () => {
    const lines = (word: string) => Array.from({ length: 5_000 }, (_, i) => `${word}${i}`).join('\n');
    expect(compare(lines('a'), lines('b'))).toEqual({ kind: 'text', patch: '', cut: true });
  });
});
