/**
 * Texts as logs have them, with a secret or with something that only looks like one. All values are made up here, put
 * together from parts by a generator with a fixed start, so that no scanner takes this file for a leak.
 */
import { INNOCENT_BESIDE_NAMES, SECRETS_BESIDE_NAMES } from '#test/secrets-beside-names.ts';
import { INNOCENT_BY_NEIGHBOURS, SECRETS_BY_NEIGHBOURS } from '#test/secrets-by-neighbours.ts';
import { INNOCENT_IN_LANGUAGES, SECRETS_IN_LANGUAGES } from '#test/secrets-in-languages.ts';
import { INNOCENT_IN_PLACES, SECRETS_IN_PLACES } from '#test/secrets-in-places.ts';
import { INNOCENT_IN_SETTINGS, SECRETS_IN_SETTINGS } from '#test/secrets-in-settings.ts';
import { INNOCENT_OF_OPERATORS, SECRETS_OF_OPERATORS } from '#test/secrets-of-operators.ts';

/** `secret` is empty in a near miss; `all` are those of its text. `isFound`: something but its meaning tells it. */
export type CorpusText = Readonly<{
  what: string;
  text: string;
  secret: string;
  all: readonly string[];
  isFound: boolean;
}>;

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const HEX = '0123456789abcdef';
const BASE62 = UPPER + LOWER + DIGITS;

type Draw = (alphabet: string, length: number) => string;

/** Park and Miller's generator: the same texts on every machine. */
function drawing(start: number): Draw {
  let state = start;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
  return (alphabet, length) => Array.from({ length }, () => alphabet[next() % alphabet.length]).join('');
}

/** As their vendors document them: what, and how one is made. */
const TOKENS: readonly (readonly [what: string, make: (draw: Draw) => string])[] = [
  ['AWS access key', (d) => `AK${'IA'}${d(`${UPPER}234567`, 16)}`],
  ['AWS temporary key', (d) => `AS${'IA'}${d(`${UPPER}234567`, 16)}`],
  ['GitHub personal token', (d) => `gh${'p_'}${d(BASE62, 36)}`],
  ['GitHub server token', (d) => `gh${'s_'}${d(BASE62, 36)}`],
  ['GitHub fine-grained token', (d) => `github${'_pat_'}${d(BASE62, 22)}_${d(BASE62, 59)}`],
  ['GitLab token', (d) => `gl${'pat-'}${d(`${BASE62}_`, 20)}`],
  ['Slack bot token', (d) => `xo${'xb-'}${d(DIGITS, 12)}-${d(DIGITS, 13)}-${d(BASE62, 24)}`],
  ['Slack app token', (d) => `xa${'pp-'}1-A${d(UPPER, 10)}-${d(DIGITS, 13)}-${d(HEX, 64)}`],
  ['Google API key', (d) => `AI${'za'}${d(`${BASE62}_-`, 35)}`],
  ['Google OAuth token', (d) => `ya${'29.'}${d(`${BASE62}_-`, 120)}`],
  ['Stripe live key', (d) => `sk${'_live_'}${d(BASE62, 24)}`],
  ['Stripe restricted key', (d) => `rk${'_test_'}${d(BASE62, 99)}`],
  ['Stripe webhook secret', (d) => `wh${'sec_'}${d(BASE62, 32)}`],
  ['OpenAI key', (d) => `sk${'-proj-'}${d(`${BASE62}_-`, 48)}`],
  ['Anthropic key', (d) => `sk${'-ant-api03-'}${d(`${BASE62}_-`, 93)}AA`],
  ['Groq key', (d) => `gs${'k_'}${d(BASE62, 52)}`],
  ['Hugging Face token', (d) => `hf${'_'}${d(UPPER + LOWER, 34)}`],
  ['SendGrid key', (d) => `S${'G.'}${d(`${BASE62}_-`, 22)}.${d(`${BASE62}_-`, 43)}`],
  ['Twilio key', (d) => `S${'K'}${d(HEX, 32)}`],
  ['npm token', (d) => `np${'m_'}${d(BASE62, 36)}`],
  ['PyPI token', (d) => `py${'pi-'}AgEIcHlwaS5vcmc${d(`${BASE62}_-`, 70)}`],
  ['DigitalOcean token', (d) => `do${'p_v1_'}${d(HEX, 64)}`],
  ['Shopify token', (d) => `shp${'at_'}${d(HEX, 32)}`],
  ['Vault token', (d) => `hv${'s.'}${d(`${BASE62}_-`, 95)}`],
  ['Databricks token', (d) => `da${'pi'}${d(HEX, 32)}`],
  ['Docker token', (d) => `dck${'r_pat_'}${d(`${BASE62}_-`, 27)}`],
  ['Figma token', (d) => `fig${'d_'}${d(`${BASE62}_-`, 43)}`],
  ['Cloudflare token', (d) => `cf${'ut_'}${d(BASE62, 40)}${d(HEX, 8)}`],
  ['Grafana service token', (d) => `gl${'sa_'}${d(BASE62, 32)}_${d(HEX, 8)}`],
  ['Linear key', (d) => `lin${'_api_'}${d(BASE62, 40)}`],
  ['Notion token', (d) => `nt${'n_'}${d(DIGITS, 11)}${d(BASE62, 35)}`],
  ['New Relic key', (d) => `NR${'AK-'}${d(UPPER + DIGITS, 27)}`],
  ['Sentry token', (d) => `snt${'ryu_'}${d(HEX, 64)}`],
  ['Pulumi token', (d) => `pu${'l-'}${d(HEX, 40)}`],
  ['Postman key', (d) => `PM${'AK-'}${d(HEX, 24)}-${d(HEX, 34)}`],
  ['Tailscale key', (d) => `ts${'key-auth-'}${d(BASE62, 17)}-${d(BASE62, 33)}`],
  ['JSON web token', (d) => `ey${'J'}${d(BASE62, 33)}.ey${'J'}${d(BASE62, 80)}.${d(`${BASE62}_-`, 43)}`],
  ['random token', (d) => d(BASE62, 40)],
  ['long random token', (d) => d(`${BASE62}_-`, 86)],
  ['Shippo key', (d) => `shippo${'_live_'}${d(HEX, 40)}`],
  ['Flutterwave key', (d) => `FLW${'SECK-'}${d(HEX, 32)}-X`],
  ['WooCommerce key', (d) => `c${'k_'}${d(HEX, 40)}`],
  ['Plaid token', (d) => `access${'-sandbox-'}${d(HEX, 8)}-${d(HEX, 4)}-${d(HEX, 4)}-${d(HEX, 4)}-${d(HEX, 12)}`],
  ['MailerSend token', (d) => `mls${'n.'}${d(HEX, 64)}`],
  ['Klaviyo key', (d) => `p${'k_'}${d(HEX, 34)}`],
  ['ClickUp token', (d) => `p${'k_'}${d(DIGITS, 8)}_${d(UPPER + DIGITS, 32)}`],
  ['Asana token', (d) => `1${'/'}${d(DIGITS, 16)}:${d(HEX, 32)}`],
  ['Google refresh token', (d) => `1${'//0'}${d(`${BASE62}_-`, 90)}`],
  ['Cloudflare origin key', (d) => `v1${'.0-'}${d(HEX, 24)}-${d(HEX, 146)}`],
  ['Aiven password', (d) => `AV${'NS_'}${d(`${BASE62}_-`, 19)}`],
  ['Harness token', (d) => `pa${'t.'}${d(`${BASE62}_-`, 22)}.${d(HEX, 24)}.${d(BASE62, 20)}`],
  ['Rootly key', (d) => `roo${'tly_'}${d(HEX, 64)}`],
  ['Unleash token', (d) => `default:${'production.'}${d(HEX, 56)}`],
  ['OpenRouter key', (d) => `sk${'-or-v1-'}${d(HEX, 64)}`],
  ['Langfuse key', (d) => `sk${'-lf-'}${d(HEX, 8)}-${d(HEX, 4)}-${d(HEX, 4)}-${d(HEX, 4)}-${d(HEX, 12)}`],
  ['ElevenLabs key', (d) => `sk${'_'}${d(HEX, 48)}`],
];

/** How a token comes into a log. */
const CARRIERS: readonly ((token: string) => string)[] = [
  (token) => `2026-01-06T14:30:45.123Z INFO client configured with ${token} for region eu-west-1`,
  (token) => `level=debug msg="outgoing call" token=${token} status=200 dur=12ms`,
  (token) => `{"level":"error","msg":"refused","credential":"${token}","attempt":3}`,
  (token) => `GET /v1/items?access_token=${token}&page=2 HTTP/1.1`,
  (token) => `curl -H "Authorization: Bearer ${token}" https://api.example.com/v1`,
  (token) => `request body: {\\"auth\\":{\\"api_key\\":\\"${token}\\"},\\"n\\":1}`,
  (token) => `export SERVICE_TOKEN='${token}' # set by init`,
];

/** Secrets by their name, place or sum: what stands before, the secret, what comes after. */
const PLACED: readonly (readonly [what: string, before: string, secret: string, after: string])[] = [
  ['password, logfmt', 'login failed user=jo password=', 'correct-horse', ' ip=10.0.0.7'],
  ['password, JSON', '{"user":"jo","password":"', 'p@ss, "word" 1'.replaceAll('"', '\\"'), '","ok":false}'],
  ['password, JSON in JSON in JSON', '{\\\\\\"passwd\\\\\\":\\\\\\"', 'hunter 2', '\\\\\\"}'],
  ['password, YAML', 'spring.datasource.password: ', 'Tr0ub4dor', ''],
  ['password, SQL', "ALTER ROLE app WITH PASSWORD '", 's3cret!', "' VALID UNTIL 'infinity'"],
  ['password, MySQL', "CREATE USER 'app'@'%' IDENTIFIED BY '", 'gr8pass', "';"],
  ['password, option', 'exec: mysqldump --user=app --password ', 'gr8pass', ' --host db'],
  ['password, form', 'POST /login user=jo&password=', 'hunter2', '&remember=1'],
  ['password, percent-encoded', 'redirect=%2Flogin%3Fpassword%3D', 'hunter2', '%26next%3D%2F'],
  ['password, cut off', '{"db_password":"', 'hunter two', ''],
  ['password, environment', 'env: PGPASSWORD=', 'pgpw1', ' PGHOST=db'],
  ['password, two words', 'Connecting with dbPassword = "', 'open sesame', '"'],
  ['secret key', 'AWS_SECRET_ACCESS_KEY=', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzMADEUPKE', ''],
  ['client secret', 'oauth: client_secret=', '7f83b1657ff1fc53b92dc18148a1d65d', '&grant_type=client_credentials'],
  ['API key header', 'X-Api-Key: ', '0a1b2c3d4e5f60718293a4b5c6d7e8f9', ''],
  ['Vault header', 'x-vault-token=', 'abcd-1234', ' method=GET'],
  [
    'connection string',
    'DefaultEndpointsProtocol=https;AccountKey=',
    'Zm9vYmFyYmF6cXV4Zm9vYmFy',
    ';EndpointSuffix=core',
  ],
  ['signature of an address', 'GET /b/o?X-Amz-Signature=', 'fe5f80f77d5fa3beca038a248ff027d0445342fe', '&x=1'],
  ['basic authorization', 'proxy-authorization: Basic ', 'dXNlcjpwYXNzd29yZA==', ''],
  ['digest of a bearer', 'sent header bearer ', 'abc123.def456-ghi', ' to upstream'],
  ['authorization, JSON', '"headers":{"authorization":"Bearer ', 'opaque-1234', '","accept":"*/*"}'],
  ['cookie', 'Cookie: ', 'sid=s%3Aabcdef; theme=dark', ''],
  ['set-cookie, JSON', '{"set-cookie":"', 'session=abc123', '; Path=/; HttpOnly"}'],
  ['user of an address', 'dial postgres://', 'app:s3cr:et', '@db.internal:5432/orders?sslmode=disable failed'],
  ['user of an address with @', 'amqp://', 'guest:p@ss', '@mq:5672/'],
  ['user of curl', 'RUN curl -fsS -u ', 'deploy:hunter2', ' https://repo.example.com/x.tgz'],
  [
    'private key',
    'wrote -----BEGIN RSA ',
    'PRIVATE KEY-----\nMIIEpAIBAAKCAQEA75\nq83vAAAA\n-----END RSA PRIVATE KEY',
    '-----\nok',
  ],
  ['private key, cut off', 'key="-----BEGIN OPENSSH ', 'PRIVATE KEY-----\\nb3BlbnNzaC1rZXktdjEAAAA', ''],
  ['token, cut off', 'using gh', `p_${'Ab3'.repeat(4)}`, ''],
  ['token in a sentence', 'upstream rejected api key ', '9Fk3mQz81LpXw27T', ' for tenant 12'],
  ['Slack webhook', 'POST https://hooks.slack.com/services/', 'T00000000/B00000000/abcdefghijklmnopqrstuvwx', ' 200'],
  ['Telegram bot', 'GET https://api.telegram.org/bot123456789:', `AA${'Hdqtcvch1'.repeat(4).slice(0, 33)}`, '/getMe'],
  ['email', 'sending receipt to ', 'jo.doe+shop@mail.example.org', ' via smtp'],
  ['email, JSON', '{"customer":{"email":"', 'Jo@Example.org', '"}}'],
  ['email, percent-encoded', 'GET /u?mail=', 'jo%40example.org', '&x=1'],
  ['email in brackets', 'From: Jo <', 'jo@example.co.uk', '> to queue'],
  ['Visa', 'charge card ', '4111 1111 1111 1111', ' amount 12.50'],
  ['Visa, digits alone', '{"pan":"', '4539578763621486', '"}'],
  ['Mastercard', 'card=', '5555-5555-5555-4444', ' exp=12/29'],
  ['Mastercard, new range', 'card ', '2223003122003222', ' ok'],
  ['American Express', 'paid with ', '3782 822463 10005', '.'],
  ['Discover', 'pan=', '6011111111111117', ' ok'],
  ['Diners', 'pan=', '30569309025904', ' ok'],
  ['JCB', 'pan: ', '3566002020360505', ' ok'],
  ['card check value', '{"card_cvv":', '672', ',"x":1}'],
  ['IBAN', 'refund to ', 'DE89370400440532013000', ' done'],
  ['IBAN in groups', 'iban=', 'GB29 NWBK 6016 1331 9268 19', ' ok'],
  ['IBAN with letters', 'payout ', 'FR1420041010050500013M02606', ';'],
  ['password in a sentence', 'the new password is ', 'hunter2', ' now'],
];

/** Nothing but their meaning tells these. They count. */
const UNTOLD: typeof PLACED = [
  ['hexadecimal key without a name', 'using ', '9f86d081884c7d659a2feaa0c55ad015', ' to sign'],
  ['password that is a word', 'the password is ', 'swordfish', ' until Monday'],
];

/** What is tied together by, measured, or only sounds like a secret. */
const NEAR_MISSES: readonly string[] = [
  'trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 trace_flags=01',
  'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  'b3: 80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90',
  'uber-trace-id=1b2c3d4e5f60718:9a8b7c6d5e4f3:0:1',
  'X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1',
  'dd.trace_id=4716837264918273645 dd.span_id=5105105105105100123',
  '{"traceId":"W4GqPmtFTTGZzVWJ5bIqrA==","spanId":"7uGbfsPBsXM="}',
  'grpc-trace-bin: AABsc2bS3nJkzUGSlOzGrJ6OAWh3VTt0EBtbAgE=',
  'request 6f9619ff-8b86-d011-b42d-00c04fc964ff took 12 ms',
  'X-Request-ID=01ARZ3NDEKTSV4RRFFQ69G5FAV session_id=sess-42',
  'ksuid 0ujtsYcgvSTl8PAuAdqWYSMnLOv created',
  'commit 3f786850e387550fdab836ed7e6dc881de23001b by ci',
  'image sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 pulled',
  'integrity="sha512-hfdYra+ZB6RmviEApxeL/YCx4ovBtpj0d9c+uhlCZaCikObjb8Sb8yqBN6g8/9tt7qD7LXGE3k9RtVvGK1fNVw=="',
  'integrity="sha512-WZTW4slm/pdkh92K6t/3aEN+44JD1PQ7squ7RCMLI1flHGl43DVOIGXvCjHiZgBMO1V4uYxoFNtqrIA4qGuIQ=="',
  'if (botToken === undefined) throw; const appToken = null',
  'ETag: W/"Zm9vYmFyYmF6MTIzNDU2Nzg5MEFCQ0RFRkdISUpLTE1OT1A"',
  'payload=SGVsbG8gV29ybGQsIHRoaXMgaXMgYSBiYXNlNjQgcGF5bG9hZA==',
  'pod checkout-7d9f8b6c5d-x2x4z on ip-10-0-12-34.eu-west-1.compute.internal',
  'at com.example.checkout.OrderServiceImpl$$EnhancerBySpringCGLIB$$1a2b3c4d.place(<generated>)',
  'java.lang.IllegalStateException: HttpClientConnectionManagerImplV2Factory4Http2 closed',
  '_ZN9grpc_core12_GLOBAL__N_111CallData19OnCompleteXyzE5Ab12Cd34Ef',
  'GET /static/js/main.8fGh3KdL9qWx2ZbN7vTr5YpM1cQs4EaU.js 200',
  'template <*> user=<*> took <*> ms',
  'order 4111111111111112 rejected: check digit',
  'ts=1767709845123456789 offset=4000123412341234 epoch_us=1767709845123456',
  'latency 4539578763621486.25 ns/op',
  'GET /orders/4111-2222 404, part 3782-822463 missing',
  'IBAN DE89370400440532013001 is wrong, XX89370400440532013000 unknown',
  'serial GB29ABCD12, code DE8937040044',
  'password: must be at least 12 characters',
  'Invalid token: expired at 14:30',
  'SyntaxError: Unexpected token: punc (;)',
  'token missing, secret not found, no credentials: retrying',
  'tokens=512 max_tokens=4096 token_count: 17 token: 42',
  'UPDATE users SET password = $1, token = ? WHERE id = :id',
  'SELECT password_hash, token FROM users WHERE secret IS NULL',
  'password=*** token=[REDACTED] api_key=xxxx secret=null credentials: include',
  'scope=token:read secrets:write cookie=true',
  'Basic authentication failed, Bearer token required',
  'PWD=/srv/app OLDPWD=/root',
  'routing_key=orders.created partition_key=42 cache_key=user:7 idempotency_key=abc-1',
  'secretName: regcred serviceAccountToken path=/var/run/secrets',
  'docker run -u 1000:1000 --user app:app image',
  'clone git@github.com:acme/shop.git and lodash@4.17.21',
  'icon@2x.png getty@tty1.service rabbit@rabbitmq-0.rabbitmq.default.svc.cluster.local',
  'com.example.Foo@1a2b3c4d root@localhost postgres@db.local',
  'GET http://inventory:8080/stock?at=12:30@noon',
  'peer 10.0.0.7:5432 and [2001:db8::1]:443 refused',
  '-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\n-----END CERTIFICATE-----',
  'arn:aws:iam::123456789012:role/checkout AROLE not assumed',
  'kafka cluster MkU3OEVBNTcwNTJENDM2Qk node 3xK9 leader epoch 12',
  'version 1.2.3-beta.4+build.20260106 released, EAN 4006381333931, phone +49 30 123456',
  'ES doc _id=AVp7ySx3Ab9d8Ze2Lq4T shard 3, scroll DXF1ZXJ5QW5k',
  'sk-learn 1.4 loaded, key-value store up, pat-downs none, SKIPPED 12, dp.example, pul-up',
];

const SEVERAL_OF_A_FORM = [
  ...Object.entries(SECRETS_IN_SETTINGS),
  ...Object.entries(SECRETS_IN_PLACES),
  ...Object.entries(SECRETS_IN_LANGUAGES),
  ...Object.entries(SECRETS_OF_OPERATORS),
  ...Object.entries(SECRETS_BY_NEIGHBOURS),
];

export function secretTexts(): CorpusText[] {
  const draw = drawing(20_260_106);
  const tokens = TOKENS.flatMap(([what, make]) =>
    CARRIERS.map((carry) => {
      const secret = make(draw);
      return { what, text: carry(secret), secret, all: [secret], isFound: true };
    }),
  );
  return [
    ...tokens,
    ...PLACED.map((one) => placed(one, true)),
    ...SECRETS_BESIDE_NAMES.flatMap(marked),
    ...SEVERAL_OF_A_FORM.flatMap(([what, texts]) => texts.flatMap((text) => marked([what, text]))),
    ...UNTOLD.map((one) => placed(one, false)),
  ];
}

function placed([what, before, secret, after]: (typeof PLACED)[number], isFound: boolean): CorpusText {
  return { what, text: before + secret + after, secret, all: [secret], isFound };
}

/** One text for each secret that is marked in it. */
function marked([what, text]: (typeof SECRETS_BESIDE_NAMES)[number]): CorpusText[] {
  const plain = text.replace(/[⟦⟧]/g, '');
  const all = Array.from(text.matchAll(/⟦([^⟧]*)⟧/g), ([, secret = '']) => secret);
  return all.map((secret) => ({ what, text: plain, secret, all, isFound: true }));
}

export function nearMisses(): CorpusText[] {
  return [
    ...NEAR_MISSES,
    ...INNOCENT_BESIDE_NAMES,
    ...INNOCENT_IN_SETTINGS,
    ...INNOCENT_IN_PLACES,
    ...INNOCENT_IN_LANGUAGES,
    ...INNOCENT_OF_OPERATORS,
    ...INNOCENT_BY_NEIGHBOURS,
  ].map((text) => ({
    what: 'near miss',
    text,
    secret: '',
    all: [],
    isFound: false,
  }));
}
