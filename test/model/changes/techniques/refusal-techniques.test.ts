/** What a change touches and who refuses speaks of, and the failure that speaks of something else. */
import { describe, expect, test } from 'vitest';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';
import { refusalsOf } from '#model/changes/techniques/refusal-techniques.ts';

const found = (diff: string, failure: string) => {
  const lines = diffLines(diff);
  return refusalsOf({ added: textOfMark(lines, '+'), removed: textOfMark(lines, '-') }, failure.toLowerCase()).map(
    ({ said }) => said,
  );
};

const PAIRS: readonly (readonly [string, string, string])[] = [
  ['fields that nobody knows', '+decoder.DisallowUnknownFields()', 'json: unknown field "deck"'],
  ['who may ask', '+[Authorize(Roles = "Harbour")]', 'User does not have the required role'],
  [
    'what a role may do',
    '+REVOKE UPDATE ON berths FROM pier;',
    "UPDATE command denied to user 'pier'@'10.0.0.4' for table 'berths'",
  ],
  [
    'cookies',
    '-SESSION_COOKIE_SAMESITE = "Lax"\n+SESSION_COOKIE_SAMESITE = "Strict"',
    "ActionController::InvalidAuthenticityToken: Can't verify CSRF token authenticity.",
  ],
  [
    'repeated requests',
    '-"Idempotency-Key" => SecureRandom.uuid\n+"Idempotency-Key" => boat.id',
    'idempotency_error: the key was reused with other parameters',
  ],
  ['the account', '-TENANT_ID=aa-11\n+TENANT_ID=bb-22', "AADSTS90002: Tenant 'bb-22' not found."],
  ['the proxy', '+HTTP_PROXY=http://out:3128', 'ProxyError: Cannot connect to proxy'],
  [
    'the version of an interface',
    '-Square-Version: "2023-01-19"\n+Square-Version: "2030-01-01"',
    'unsupported version: API version 2030-01-01 is not valid',
  ],
  ['rounding', '-amount = round(price * 100)\n+amount = price * 100', 'amount must be an integer'],
  ['dates', '-when.strftime("%d.%m.%Y")\n+when.isoformat()', "time data '2031-02-03' does not match format '%d.%m.%Y'"],
  [
    'schemas',
    '-{"name": "deck", "type": "string", "default": ""}\n+{"name": "deck", "type": "string"}',
    'Schema being registered is incompatible with an earlier schema',
  ],
  [
    'files of releases',
    '-keep_releases: 5\n+keep_releases: 1',
    'error loading dynamically imported module: /assets/Deck.js',
  ],
  [
    'rights on queues',
    '-setmqaut -n PIER.OUT -p ferry +put\n+setmqaut -n PIER.OUT -g office +put',
    "JMSCMQ0001: IBM MQ call failed with reason '2035' ('MQRC_NOT_AUTHORIZED')",
  ],
  ['algorithms', '-jwt.algorithm = HS256\n+jwt.algorithm = RS512', 'PyJWT: The specified alg value is not allowed'],
  [
    'keys of records',
    '-PARTITION KEY (boat)\n+PRIMARY KEY ((boat, year))',
    'Missing mandatory PRIMARY KEY part year: missing partition key',
  ],
  [
    'forms of cached values',
    '-cache.set(k, Marshal.dump(v))\n+cache.set(k, v.to_msgpack)',
    'incompatible marshal file format (can not be read)',
  ],
  ['how mail is handed over', '-mail.smtp.starttls.enable=true', '530 5.7.0 Must issue a STARTTLS command first'],
  [
    'how requests are signed',
    '-signature_version = v2\n+signature_version = s3v4',
    'AuthorizationHeaderMalformed: the region is wrong',
  ],
  [
    'whose tokens are accepted',
    '-quarkus.oidc.auth-server-url=https://id.pier.example/crew\n+quarkus.oidc.auth-server-url=https://id.pier.example/guests',
    'UnresolvableKeyException: Unable to find a suitable verification key for JWS w/ header {"kid":"k-7"}',
  ],
  [
    'keys of hosts',
    '-StrictHostKeyChecking no\n+StrictHostKeyChecking yes',
    'com.jcraft.jsch.JSchException: UnknownHostKey: sftp.tide.test',
  ],
  ['schemas of tables', '-?schema=harbour\n+?schema=public', "Invalid object name 'berths'."],
  [
    'rights of objects',
    '+  public_access_prevention = "enforced"',
    'The member bindings allUsers are not allowed since public access prevention is enforced.',
  ],
  [
    'tools of a model',
    '-  "properties": {"port": {}}\n+  "properties": []',
    "Invalid schema for function 'find_port': [] is not of type 'object'",
  ],
];

describe('a change and a refusal of one technique', () => {
  test.each(PAIRS)('%s', (_, diff, failure) => {
    expect(found(diff, failure)).toHaveLength(1);
  });

  test.each(PAIRS)('%s are not behind another failure', (_, diff) => {
    for (const [, other, failure] of PAIRS) if (other !== diff) expect(found(diff, failure)).toEqual([]);
    expect(found(diff, 'connection reset by peer')).toEqual([]);
  });

  test('rights on topics are those of queues', () => {
    const diff =
      '-kafka-acls --add --allow-principal User:ferry --topic berths\n+kafka-acls --add --allow-principal User:pier';
    const refused = 'TopicAuthorizationException: Not authorized to access topics: [berths]';
    expect(found(diff, refused)).toEqual(['it changes who may use a queue or a topic']);
    expect(found(diff, 'TimeoutException: Topic berths not present in metadata')).toEqual([]);
    expect(found('-topic: berths\n+topic: piers', refused)).toEqual([]);
  });

  test('the key of actions is behind actions that open pages no longer find', () => {
    const diff = '-NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: a7';
    expect(found(diff, 'Failed to find Server Action "4f".')).toEqual([
      'it changes the key by which open pages name their actions',
    ]);
    expect(found('-NEXT_PUBLIC_COLOR: red', 'Failed to find Server Action "4f".')).toEqual([]);
  });

  test('rights of a cloud are none of the service', () => {
    const own = '+[Authorize(Roles = "Harbour")]';
    expect(
      found(own, 'AccessDenied: User: arn:aws:iam::1:role/pier is not authorized to perform: s3:GetObject'),
    ).toEqual([]);
  });
});
