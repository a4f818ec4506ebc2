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
      'the value of a parameter whose type says so, before and behind it',
      '[{"Name":"/crm/smtp","Value":"plain","Type":"SecureString"},{"Type":"SecureString","Value":"plain"}]',
      '[{"Name":"/crm/smtp","Value":"[redacted:secret]","Type":"SecureString"},{"Type":"SecureString","Value":"[redacted:secret]"}]',
    ],
    [
      'the value of a secret of Key Vault',
      '[{"value":"plain","id":"https://crm.vault.azure.net/secrets/smtp/0a1b"},{"id":"https://crm.vault.azure.net/secrets/smtp/0a1b","value":"plain"}]',
      '[{"value":"[redacted:secret]","id":"https://crm.vault.azure.net/secrets/smtp/0a1b"},{"id":"https://crm.vault.azure.net/secrets/smtp/0a1b","value":"[redacted:secret]"}]',
    ],
    [
      'the payload of a version of a secret, without its checksum',
      '{"name":"projects/12/secrets/smtp/versions/1","payload":{"data":"c3VtcGZkb3R0ZXI=","dataCrc32c":"3120441887"}}',
      '{"name":"projects/12/secrets/smtp/versions/1","payload":{"data":"[redacted:secret]","dataCrc32c":"3120441887"}}',
    ],
    [
      'the data of a secret of Vault',
      '{"data":{"data":{"smtp":"plain"},"metadata":{"created_time":"2026-01-01","version":1}}}',
      '{"data":{"data":{"smtp":"[redacted:secret]"},"metadata":{"created_time":"2026-01-01","version":1}}}',
    ],
    [
      'the variable of a query that names it, before and behind it',
      '[{"query":"mutation($a:String!){login(password: $a)}","variables":{"a":"plain","b":"x"}},{"variables":{"a":"plain"},"query":"mutation($a:String!){login(password:$a)}"}]',
      '[{"query":"mutation($a:String!){login(password: $a)}","variables":{"a":"[redacted:secret]","b":"x"}},{"variables":{"a":"[redacted:secret]"},"query":"mutation($a:String!){login(password:$a)}"}]',
    ],
    [
      'an identifier whose system numbers persons, before and behind it',
      '[{"value":"9434765919","system":"https://fhir.nhs.uk/Id/nhs-number"},{"system":"urn:oid:2.16.840.1.113883.4.1","value":"444222223"}]',
      '[{"value":"[redacted:national-id]","system":"https://fhir.nhs.uk/Id/nhs-number"},{"system":"urn:oid:2.16.840.1.113883.4.1","value":"[redacted:national-id]"}]',
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
      'what lies in a map under the name of a secret, but for what its own name says otherwise',
      '{"key":"credentials","value":{"kvlistValue":{"values":[{"key":"user","value":{"stringValue":"jo"}},{"key":"shop","value":{"stringValue":"x1"}}]}}}',
      '{"key":"credentials","value":{"kvlistValue":{"values":[{"key":"user","value":{"stringValue":"jo"}},{"key":"shop","value":{"stringValue":"[redacted:secret]"}}]}}}',
    ],
    [
      'a number in a tag',
      '{"key":"password","type":"int64","value":48121}',
      '{"key":"password","type":"int64","value":"[redacted:secret]"}',
    ],
    [
      'a number in the JSON of a tag, which stays JSON',
      '{"key":"body","value":{"stringValue":"{\\"password\\":48121,\\"n\\":1}"}}',
      '{"key":"body","value":{"stringValue":"{\\"password\\":\\"[redacted:secret]\\",\\"n\\":1}"}}',
    ],
    [
      'the items of a list under such a name',
      '{"passwords":["x1",48121,{"jo":"y2"}],"n":1}',
      '{"passwords":["[redacted:secret]","[redacted:secret]",{"jo":"[redacted:secret]"}],"n":1}',
    ],
    ['a value whose name is escaped', '{"p\\u0061ssword":"x1"}', '{"p\\u0061ssword":"[redacted:secret]"}'],
    [
      'a variable of Kubernetes',
      '{"env":[{"name":"DB_PASSWORD","value":"x1"},{"name":"REGION","value":"eu"}]}',
      '{"env":[{"name":"DB_PASSWORD","value":"[redacted:secret]"},{"name":"REGION","value":"eu"}]}',
    ],
    [
      'a credential in each line of JSON lines, whatever the line before it ends with',
      '{"line":"-----BEGIN RSA PRIVATE KEY-----MII"}\n{"line":"password=x1"}\n',
      '{"line":"[redacted:private-key]"}\n{"line":"password=[redacted:secret]"}\n',
    ],
    ['a credential in a text that is cut off', `{"a":"${AWS}`, '{"a":"[redacted:aws-key]"'],
    ['the credentials of a name', `{"${AWS}":1}`, '{"[redacted:aws-key]":1}'],
    [
      'the content of a Kubernetes Secret, whose kind may come last',
      '[{"data":{"login":"am8=","n":"cEdrP+9/x="},"kind":"Secret"},{"kind":"ConfigMap","data":{"level":"debug"}}]',
      '[{"data":{"login":"[redacted:secret]","n":"[redacted:secret]"},"kind":"Secret"},{"kind":"ConfigMap","data":{"level":"debug"}}]',
    ],
    [
      'what Terraform generated, below its resource',
      '{"type":"random_password","name":"db","instances":[{"attributes":{"length":24,"result":"x1"}}]}',
      '{"type":"random_password","name":"db","instances":[{"attributes":{"length":24,"result":"[redacted:secret]"}}]}',
    ],
    [
      'the private members of a JSON Web Key, before its type and behind it',
      '{"d":"Hc3Yp6Js0Gf2","e":"AQAB","kty":"RSA","n":"t7Lm2Vx9","q":"Bz8Kd1Wn5"}',
      '{"d":"[redacted:secret]","e":"AQAB","kty":"RSA","n":"t7Lm2Vx9","q":"[redacted:secret]"}',
    ],
  ])('%s', (_, json, clean) => {
    expect(redacted(json)).toBe(clean);
    expect(redacted(clean)).toBe(clean);
  });
});

describe('redacting JSON leaves as it is', () => {
  test.each([
    ['white space, escapes and the order of members', ' { "b" :\t"\\u00fc\\n" , "a":[1e9,-2.50,true ,null]}\r\n'],
    [
      'values of objects that no store of secrets answers',
      '[{"Type":"String","Value":"plain"},{"id":"https://shop.example/secrets/1","value":"plain"}]',
    ],
    ['the payload of a message', '{"name":"projects/12/topics/x","payload":{"text":"hello","user":"jo"}}'],
    ['data beside other metadata', '{"data":{"data":{"smtp":"plain"},"metadata":{"page":"1"}}}'],
    ['variables of a query without a secret', '{"query":"query($id:ID!){order(id:$id)}","variables":{"id":"A-1"}}'],
    ['placeholders under the name of a secret', '{"password":"?","token":"","secret":null}'],
    ['names that only sound like one', '{"tokens_used":"12","secretary":"Jo","key":"token_count"}'],
    [
      'ids of every form',
      '{"traceID":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","refs":[{"span_id":"x"}]}',
    ],
    [
      'names of Kubernetes Secrets',
      '{"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"name":"db-credentials","key":"password"}},"imagePullSecrets":[{"name":"regcred"}],"secrets":[{"name":"default-token-x7k2p"}],"secretName":"payments-tls"}',
    ],
    [
      'members that are secret only in other objects',
      '{"status":"success","data":{"kind":"Secrets","resultType":"streams"},"result":"ok","d":"2026","k":"orders","type":"random_pet"}',
    ],
    [
      'a reference of an ExternalSecret',
      '{"kind":"ExternalSecret","spec":{"data":[{"secretKey":"smtp-password","remoteRef":{"key":"prod/mailer","property":"password"}}]}}',
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

test('counts redactions by kind, without earlier ones', () => {
  const { redactions } = redactJson(Buffer.from(`["${AWS}","[redacted:jwt]","password=a token=b ${AWS}"]`));
  expect(redactions).toEqual([
    { kind: 'aws-key', count: 2 },
    { kind: 'secret', count: 2 },
  ]);
});

test('JSON stays JSON, and a second redaction changes nothing', () => {
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
