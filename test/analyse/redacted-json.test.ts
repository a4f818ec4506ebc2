import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactJson } from '#analyse/redacted-json.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const AWS = `AKIA${'IOSFODNN7EXAMPLE'}`;

function redacted(json: string): string {
  return Buffer.from(redactJson(Buffer.from(json)).bytes).toString();
}

describe('redacting JSON takes out', () => {
  test.each([
    ['a text of a known form', `{"a": "key ${AWS} used"}`, '{"a": "key [redacted:aws-key] used"}'],
    [
      'the value of a member whose name says so',
      '{"db_password" : "hun\\"ter2"}',
      '{"db_password" : "[redacted:secret]"}',
    ],
    ['a number under such a name', '{"pwd": 48121, "n": 48121}', '{"pwd": "[redacted:secret]", "n": 48121}'],
    [
      'the value of a Jaeger tag',
      '{"key":"http.request.header.authorization","type":"string","value":"Bearer abc"}',
      '{"key":"http.request.header.authorization","type":"string","value":"[redacted:authorization]"}',
    ],
    [
      'the value of a tag whose name comes after it',
      '{"value":"x1","key":"token"}',
      '{"value":"[redacted:secret]","key":"token"}',
    ],
    [
      'the value of an OTLP attribute',
      '{"key":"api_key","value":{"stringValue":"x1"}}',
      '{"key":"api_key","value":{"stringValue":"[redacted:secret]"}}',
    ],
    [
      'the values of a list in an OTLP attribute',
      '{"key":"cookie","value":{"arrayValue":{"values":[{"stringValue":"a=b"}]}}}',
      '{"key":"cookie","value":{"arrayValue":{"values":[{"stringValue":"[redacted:cookie]"}]}}}',
    ],
    [
      'only the secret of a map in an OTLP attribute',
      '{"key":"login","value":{"kvlistValue":{"values":[{"key":"user","value":{"stringValue":"jo"}},{"key":"password","value":{"stringValue":"x1"}}]}}}',
      '{"key":"login","value":{"kvlistValue":{"values":[{"key":"user","value":{"stringValue":"jo"}},{"key":"password","value":{"stringValue":"[redacted:secret]"}}]}}}',
    ],
    [
      'a credential in each line of JSON lines, whatever the line before it ends with',
      '{"line":"-----BEGIN RSA PRIVATE KEY-----MII"}\n{"line":"password=x1"}\n',
      '{"line":"[redacted:private-key]"}\n{"line":"password=[redacted:secret]"}\n',
    ],
    ['a credential in a text that is cut off', `{"a":"${AWS}`, '{"a":"[redacted:aws-key]"'],
    ['the credentials of a name', `{"${AWS}":1}`, '{"[redacted:aws-key]":1}'],
  ])('%s', (_, json, clean) => {
    expect(redacted(json)).toBe(clean);
    expect(redacted(clean)).toBe(clean);
  });
});

describe('redacting JSON leaves as it is', () => {
  test.each([
    ['white space, escapes and the order of members', ' { "b" :\t"\\u00fc\\n" , "a":[1e9,-2.50,true ,null]}\r\n'],
    ['placeholders under the name of a secret', '{"password":"?","token":"","secret":null}'],
    ['names that only sound like one', '{"tokens_used":"12","secretary":"Jo","key":"token_count"}'],
    [
      'ids of every form',
      '{"traceID":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","refs":[{"span_id":"x"}]}',
    ],
    ['a value beside a tag whose name says that its own is secret', '{"key":"token","type":"string 1","n":1}'],
  ])('%s', (_, json) => {
    expect(redacted(json)).toBe(json);
    expect(redactJson(Buffer.from(json)).redactions).toEqual([]);
  });

  test('a recorded trace, byte for byte', () => {
    const bytes = readFileSync('test/fixtures/wire/jaeger/hotrod/mutex12-05.json');
    expect(Buffer.from(redactJson(bytes).bytes).equals(bytes)).toBe(true);
  });

  test('bytes that are no text', () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expect(Buffer.from(redactJson(bytes).bytes).equals(bytes)).toBe(true);
  });
});

test('counts what was taken out by kind, and not what had been taken out before', () => {
  const { redactions } = redactJson(Buffer.from(`["${AWS}","[redacted:jwt]","password=a token=b ${AWS}"]`));
  expect(redactions).toEqual([
    { kind: 'aws-key', count: 2 },
    { kind: 'secret', count: 2 },
  ]);
});

test('what was JSON is JSON afterwards, and the second time changes nothing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const once = redacted(JSON.stringify({ password: value, key: 'token', value }));
      expect(() => JSON.parse(once)).not.toThrow();
      expect(redacted(once)).toBe(once);
    }),
  );
});

test('reads a body that is nothing but brackets in one pass', () => {
  const deep = `${'{"value":['.repeat(50_000)}"password=x1"`;
  expect(redacted(deep).endsWith('"password=[redacted:secret]"')).toBe(true);
});
