/** Changes that lead to one request's trouble, each beside a twin of the same service that does nothing of the kind. */
import { describe, expect, test } from 'vitest';
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { type FoundCause, fittingBehind, namedBehind, suspectedBehind, symptomsOf } from '#test/change-stories.ts';
import { changed } from '#test/changes.ts';

/** One request does not show since when. */
function ofRequest(cause: FoundCause, more: Partial<ChangeSymptoms> = {}): ChangeSymptoms {
  const shown = symptomsOf(cause);
  return { ...shown, isDated: false, isSure: true, ...more, kinds: new Set([...shown.kinds, ...(more.kinds ?? [])]) };
}

const failed = (said: string, cause = 'error-origin'): FoundCause => {
  return { cause, title: 'POST /pay of checkout failed', said, symptom: 'failed' };
};
const QUERIES: FoundCause = { cause: 'n-plus-one-queries', title: 'checkout loads 40 seats one by one' };
const CALLS: FoundCause = { cause: 'n-plus-one-calls', title: 'checkout loads 30 seats from halls one by one' };
const POOL: FoundCause = { cause: 'pool-exhaustion', title: 'checkout waits 9 s for a connection' };
const QUERY: FoundCause = { cause: 'slow-query', title: 'GET /find waits 4 s for one query of checkout' };
const TOO_LONG = failed("400: this model's maximum context length is 32768 tokens");
const REFUSED = failed('429: free plan: 60 calls per minute');
const DENIED = failed('403 Forbidden: RBAC: access denied');
const DEADLOCK = failed('ERROR: deadlock detected');
const LOCKED: FoundCause = { cause: 'lock-contention', title: 'checkout waits for a lock' };
const ISOLATED: FoundCause = {
  ...LOCKED,
  title: 'checkout waits for a lock: 31 sessions of db-0 wait (waiting to execute in isolation)',
  said: 'update bills set paid = 1',
};
const NO_IMAGE = failed('manifest for registry.example/checkout:2.4.1 not found', 'image-pull');
const AGAIN = failed('delivery attempt 5: order already processed', 'poison-message');
const CONFLICT = failed('422 Client Error: seat is taken', 'poison-message');

type Told = Partial<Change>;
const config = (text: string): Told => ({ kind: 'config', text });

/** What was found, the change behind it, and its twin. */
const STORIES: Readonly<Record<string, readonly [FoundCause, Told, Told]>> = {
  'a graph of entities is gone': [
    QUERIES,
    { text: 'SeatRepository: remove JOIN FETCH of rows' },
    { text: 'Remove the preload of web fonts' },
  ],
  'lazy loading is on': [QUERIES, { text: 'Lazy loading of seat rows' }, { text: 'Lazy loading of thumbnails' }],
  'lazy loading is on, by its lines': [
    QUERIES,
    { diff: '-  @ManyToOne(fetch = FetchType.EAGER)\n+  @ManyToOne(fetch = FetchType.LAZY)' },
    { diff: '-  log.debug("rows")\n+  log.info("rows")' },
  ],
  'proxies load when they are read': [
    QUERIES,
    { text: 'UseLazyLoadingProxies() for seats' },
    { text: 'partner logos: lazy loading' },
  ],
  'an eager load comes later': [QUERIES, { text: 'rows live in their own table; includes( to follow' }, { text: 'v9' }],
  'goroutines are gone': [
    CALLS,
    { text: 'Simplify HallLoader: no longer parallel' },
    { text: 'Serial numbers in mails' },
  ],
  'a session is held': [
    POOL,
    { text: 'Connection released only after the mail was sent' },
    { text: 'Log when connections are closed after a request' },
  ],
  'a transaction spans a call': [
    POOL,
    { text: 'Transaction stays open during the call of the bank' },
    { text: 'User sessions: icon' },
  ],
  'a function of users': [
    QUERY,
    { text: 'Ageing by dbo.fn_Rest (scalar UDF)' },
    { text: 'Replace the scalar UDF by a join' },
  ],
  'a hint is gone': [QUERY, { text: 'Remove the index hint of the search' }, { text: 'Remove hints of the form' }],
  'every term is read': [
    QUERY,
    { diff: '-  new MatchQuery("name", q)\n+  new WildcardQuery("name", "*" + q)' },
    { diff: '-  title("Search")\n+  title("Find")' },
  ],
  'more goes into a prompt': [TOO_LONG, config('rag.top_k: 8 -> 40'), config('rag.top_k: 40 -> 8')],
  'the key is no longer sent': [
    REFUSED,
    { diff: '-  headers: { "X-Api-Key": env.KEY_OF_MAPS },\n+  headers: {},' },
    { diff: '-  title: "Maps",\n+  title: "Our maps",' },
  ],
  'another principal': [
    DENIED,
    { kind: 'config', diff: '-  principals: ["ns/a/sa/web"]\n+  principals: ["ns/a/sa/web-next"]' },
    { kind: 'config', diff: '-  owner: a\n+  owner: b' },
  ],
  'it runs as another account': [
    DENIED,
    { kind: 'config', diff: '-  serviceAccountName: run-default@acme.iam\n+  serviceAccountName: rigs@acme.iam' },
    { kind: 'config', diff: '-  serviceName: web-a\n+  serviceName: web-b' },
  ],
  'pages by an offset': [
    QUERY,
    { diff: '-  WHERE owner = $1 AND at < $2 LIMIT 20\n+  WHERE owner = $1 OFFSET $2 LIMIT 20' },
    { diff: '-  const offset = 4;\n+  const offset = 8;', files: ['web/menu.ts'] },
  ],
  'rows are no longer sorted': [
    DEADLOCK,
    { diff: '-  for (const id of ids.sort()) await hold(id)\n+  for (const id of ids) await hold(id)' },
    { diff: '-  color: red;\n+  color: blue;', files: ['a.css'] },
  ],
  'messages come again': [AGAIN, config('ack_deadline: 120 s -> 10 s'), config('Log level of the worker: INFO')],
  'a call moves into a transaction': [
    LOCKED,
    {
      diff: '-    with db.begin():\n-        reserve(seat)\n-    settle(bill)\n+    with db.begin():\n+        reserve(seat)\n+        settle(bill)',
    },
    {
      diff: '-    with db.begin():\n-        reserve(seat)\n-        settle(bill)\n+    with db.begin():\n+        reserve(seat)\n+    settle(bill)',
    },
  ],
  'a table of a cluster is changed in isolation': [
    ISOLATED,
    { kind: 'migration', diff: '+ALTER TABLE berths ADD COLUMN wish JSON' },
    { kind: 'migration', diff: '+CREATE TABLE wishes (id int PRIMARY KEY)' },
  ],
  'a number is counted in one row': [
    LOCKED,
    { diff: '-  const id = randomUUID()\n+  const id = await sql`UPDATE numbers SET next = next + 1 RETURNING next`' },
    { diff: '-  const id = randomUUID()\n+  const id = ulid()' },
  ],
  'a pipeline tags its image otherwise': [
    NO_IMAGE,
    {
      diff: '-  tags: registry.example/checkout:$REF_NAME\n+  tags: registry.example/checkout:$COMMIT',
      files: ['.github/workflows/checkout.yaml'],
    },
    { diff: '-  node: 22\n+  node: 24', files: ['.github/workflows/lint.yaml'] },
  ],
  'a pipeline builds for another processor': [
    failed('exec /usr/local/bin/checkout: exec format error', 'crash-loop'),
    { diff: '-  runs-on: ubuntu-24.04\n+  runs-on: ubuntu-24.04-arm', files: ['.github/workflows/checkout.yaml'] },
    { diff: '-  runs-on: ubuntu-22.04\n+  runs-on: ubuntu-24.04', files: ['.github/workflows/checkout.yaml'] },
  ],
  'a record is no longer read by its key': [
    QUERY,
    { diff: '-  return store.Get(nil, key)\n+  return first(store.Query(nil, stmt), isIt)' },
    { diff: '-  return store.Get(nil, key)\n+  return store.Get(policy, key)' },
  ],
  'two patterns are joined by nothing': [
    QUERY,
    {
      diff: '-  MATCH (a:Dyke {id: $id})<-[:HOLDS]-(s:Sluice) RETURN s\n+  MATCH (a:Dyke {id: $id}), (s:Sluice) WHERE s.dyke = a.id RETURN s',
    },
    { diff: '-  MATCH (a:Dyke {id: $id}) RETURN a\n+  MATCH (a:Dyke {id: $id}) RETURN a.name' },
  ],
  'a selector asks for one more label': [
    { cause: 'service-without-endpoints', title: 'Calls to checkout fail: its selector matches no pod' },
    { kind: 'config', diff: ' spec:\n   selector:\n     app: checkout\n+    lane: blue' },
    { kind: 'config', diff: ' spec:\n   metadata:\n     app: checkout\n+    lane: blue' },
  ],
  'a status is no longer handled': [
    CONFLICT,
    { diff: '-    if answer.status_code == 422: return TAKEN\n     answer.raise_for_status()' },
    { diff: '-    if answer.status_code == 404: return GONE\n     answer.raise_for_status()' },
  ],
};

describe.each(Object.entries(STORIES))('%s', (_, [cause, culprit, twin]) => {
  const made = changed(-600, { id: 'culprit', ...culprit });

  test('it is named', () => {
    expect(namedBehind(ofRequest(cause), [made])).toBe('culprit');
  });

  test('its twin does not fit', () => {
    expect(fittingBehind(ofRequest(cause), [changed(-600, { id: 'twin', ...twin })])).toEqual([]);
  });

  test('its twin beside it takes nothing from it', () => {
    expect(namedBehind(ofRequest(cause), [changed(-300, { id: 'twin', ...twin }), made])).toBe('culprit');
  });
});

describe('new code that fails by its own mistake', () => {
  const NULL = failed('Cannot invoke "Zone.id()" because "zone" is null');
  const own = ofRequest(NULL, { kinds: new Set(['own-failure']), failedWork: 'FareRules.price' });
  const ofFile = changed(-3_000, { id: 'rules', text: '4.1', files: ['src/main/FareRules.java'] });
  const flag = changed(-900, { id: 'ff-1', kind: 'flag', text: 'family-fares 100 %' });

  test('a changed file has the name of what failed', () => {
    expect(namedBehind(own, [ofFile])).toBe('rules');
  });

  test('a file with another name is not named after so long', () => {
    const other = changed(-5_400, { id: 'mails', text: '4.1', files: ['src/main/Mails.java'] });
    expect(suspectedBehind(own, [other])).toEqual([]);
  });

  test('the only flag of that service is named', () => {
    expect(namedBehind(own, [flag])).toBe('ff-1');
  });

  test.each([
    ['a flag of looks', { text: 'dark mode 100 %' }],
    ['a flag of another service', { service: 'mail' }],
    ['a log level', { kind: 'config', text: 'Log level DEBUG -> INFO (log lines)' }],
    ['documents', { kind: 'deploy', text: 'README', files: ['README.md'] }],
    ['a version of a library', { kind: 'deploy', text: 'bump left-pad', files: ['package-lock.json'] }],
  ] as const)('%s is not named', (_, more) => {
    expect(suspectedBehind(own, [{ ...flag, ...more, files: 'files' in more ? more.files : [] }])).toEqual([]);
  });

  test('one of two is not named', () => {
    const other = changed(-1_000, { id: 'ff-2', kind: 'flag', text: 'group-fares 100 %' });
    expect(suspectedBehind(own, [flag, other])).toEqual([]);
  });

  test('what it asked failed, and not its own code', () => {
    expect(suspectedBehind(ofRequest(NULL), [flag])).toEqual([]);
  });
});

/** Texts of the vendors' documentation: Elasticsearch's circuit breaker, Kafka's producer, PostgreSQL's temporary files. */
describe('a limit whose number the failure says', () => {
  const near = { near: new Set(['search', 'broker', 'db']) };
  const set = (service: string, text: string) => [changed(-300, { kind: 'config', service, id: 'limit', text })];

  test.each([
    [
      'search',
      'indices.breaker.request: memory of a query 1200mb -> 400mb',
      '[request] Data too large, data for a query would be [424673280/405mb], which is larger than the limit of [419430400/400mb], memory',
    ],
    [
      'broker',
      'max.request.size of messages 4194304 -> 262144',
      'The message is 300112 bytes when serialized which is larger than 262144, which is the value of the max.request.size configuration.',
    ],
    ['db', 'temp_file_limit 8GB -> 512MB', 'ERROR: temporary file size exceeds "temp_file_limit" (524288kB)'],
  ])('of %s: %s', (service, text, said) => {
    const symptoms = ofRequest(failed(said), near);
    expect(suspectedBehind(symptoms, set(service, text))[0]?.facts.reasons).toContain('it lowers a limit to the ');
    // It raised the limit, or set another one.
    const [, before = '', after = ''] = /(\d\w+) -> (\d\w+)/.exec(text) ?? [];
    const reasonsOf = (other: string) =>
      suspectedBehind(symptoms, set(service, other)).map(({ facts }) => String(facts.reasons));
    for (const other of [text.replace(`${before} ->`, '1 ->'), text.replace(`-> ${after}`, '-> 77777')])
      expect(reasonsOf(other).join()).not.toContain('it lowers a limit to the ');
  });
});

test('what a failure names and a change took away stays away: it counts after 45 minutes, and its twin does not', () => {
  const symptoms = ofRequest(failed('java.security.NoSuchAlgorithmException: SHA1withRSA Signature not available'));
  const setting = (id: string, value: string) =>
    changed(-2_700, { id, kind: 'config', diff: `-jdk.legacy=\n+jdk.disabledAlgorithms=${value}` });
  expect(namedBehind(symptoms, [setting('culprit', 'SHA1withRSA, MD5withRSA')])).toBe('culprit');
  expect(suspectedBehind(symptoms, [setting('twin', 'MD5withRSA')])).toEqual([]);
});

/** PHP's manual (TypeError), OpenFeature's flags. */
describe('a flag of no service with the name of the code that fails', () => {
  const flag = (id: string, text = `${id}: off -> on`) => [changed(-20, { kind: 'flag', service: '', id, text })];
  const mistake = ofRequest(
    failed('Shop\\Voucher\\Book::take(): Argument #1 ($codes) must be of type array, null given'),
    {
      isDated: true,
    },
  );

  test('it is named', () => {
    expect(namedBehind(mistake, flag('voucher-book-v3'))).toBe('voucher-book-v3');
  });

  test.each([
    'voucher: panic: assignment to entry in nil map',
    'voucher: panic: send on closed channel, close of closed channel',
    'voucher: slice bounds out of range [:3] with capacity 2',
  ])('“%s” is a mistake of Go code', (said) => {
    const panics = ofRequest(failed(said), { isDated: true });
    expect(namedBehind(panics, flag('voucher-book-v3'))).toBe('voucher-book-v3');
    expect(suspectedBehind(panics, flag('dark-theme'))).toEqual([]);
  });

  test.each([
    ['a flag with another name', mistake, flag('newsletter-popup')],
    ['a flag that goes off', mistake, flag('voucher-book-v3', 'voucher-book-v3: on -> off')],
    [
      'where the code makes no mistake',
      ofRequest(failed('voucher store answered 503'), { isDated: true }),
      flag('voucher-v3'),
    ],
  ])('%s is not', (_, symptoms, flags) => {
    expect(
      suspectedBehind(symptoms, flags)
        .map(({ facts }) => String(facts.reasons))
        .join(),
    ).not.toContain('it is a flag of');
  });
});

/** How long a search may look: OR-Tools (time limit), pgvector and HNSW (ef_search), Gurobi. */
describe('a search that may look for longer', () => {
  const slow: FoundCause = { cause: 'latency', title: 'checkout: its own work takes longer' };

  test.each(['ROUTER_TIME_LIMIT_MS 60 -> 900', 'hnsw.ef_search 40 -> 400', 'solver budget 50 ms -> 2 s'])(
    '%s',
    (text) => {
      expect(namedBehind(ofRequest(slow), [changed(-300, { kind: 'config', id: 'search', text })])).toBe('search');
      const width = text.replace(/^.*?(?= \d)/, 'TILE_WIDTH');
      expect(suspectedBehind(ofRequest(slow), [changed(-300, { kind: 'config', id: 'width', text: width })])).toEqual(
        [],
      );
    },
  );
});

/** Redis advises such keys (“Keys and values”): `object-type:id`. */
test('a key of a cache that has one part more is another one, and a log line with colons is none', () => {
  const missing: FoundCause = { cause: 'cache-stampede', title: 'most lookups of checkout miss' };
  const key = (before: string, after: string) => [
    changed(-300, { id: 'key', files: ['src/a.ts'], diff: `-  ${before}\n+  ${after}` }),
  ];
  const reasonsOf = (changes: readonly Change[]) =>
    fittingBehind(ofRequest(missing), changes).map(({ facts }) => facts.reasons);
  expect(reasonsOf(key('f"seat:{hall}:{row}"', 'f"seat:{hall}:{row}:{now}"'))).toEqual([
    'it changes the keys of the cache',
  ]);
  expect(reasonsOf(key('f"seat: {hall} {row}"', 'f"seat: {hall} {row} {now}"'))).toEqual([]);
});

describe('a flag with the name of what is asked one by one', () => {
  const asking = ofRequest(CALLS, { suffering: new Set(['checkout', 'halls', 'prices']), said: CALLS.title });
  const flag = changed(-300, { id: 'live-halls', kind: 'flag', text: 'live-halls on for 100 %' });
  const reasonsOf = (one: Change) => suspectedBehind(asking, [one]).map(({ facts }) => facts.reasons);

  test('is named for it', () => {
    expect(namedBehind(asking, [flag])).toBe('live-halls');
    expect(reasonsOf(flag)).toEqual([expect.stringContaining('it is a flag of checkout with the name of halls')]);
  });

  test('the name of another callee is no reason', () => {
    const other = { ...flag, id: 'live-prices', text: 'live-prices on for 100 %' };
    expect(reasonsOf(other)).not.toEqual([expect.stringContaining('with the name of')]);
  });

  test('a flag of another service is not named', () => {
    expect(suspectedBehind(asking, [{ ...flag, service: 'mail' }])).toEqual([]);
  });
});

describe('a change of another service that the failure tells of', () => {
  const encode = (before: string, after: string) =>
    changed(-300, {
      service: 'gate',
      id: 'sender',
      files: ['src/encode.rs'],
      diff: `-    #[serde(rename = "${before}")]\n+    #[serde(rename = "${after}")]`,
    });

  test('the sender renames the field that its reader misses', () => {
    expect(namedBehind(ofRequest(failed("KeyError: 'seat_no'")), [encode('seat_no', 'seatNo')])).toBe('sender');
  });

  test('it renames another field', () => {
    expect(suspectedBehind(ofRequest(failed("KeyError: 'seat_no'")), [encode('row_no', 'rowNo')])).toEqual([]);
  });

  const waits = (ms: number) =>
    changed(-300, { service: 'gate', id: 'caller', diff: `-  .timeout(ofMillis(4000))\n+  .timeout(ofMillis(${ms}))` });

  test('the caller gives up after the time that it sets', () => {
    expect(namedBehind(ofRequest(failed('request timed out after 120 ms')), [waits(120)])).toBe('caller');
  });

  test('it sets another time', () => {
    expect(suspectedBehind(ofRequest(failed('request timed out after 120 ms')), [waits(900)])).toEqual([]);
  });

  const slow: FoundCause = { cause: 'bottleneck', title: 'GET /seats waits 2 s for maps.example' };
  const flag = (text: string) => changed(-60, { service: 'gate', id: 'remote', kind: 'flag', text });
  const suffering = new Set(['gate']);

  test('a remote service takes the place of a file', () => {
    const named = namedBehind(ofRequest(slow, { suffering }), [
      flag('remote-maps: off -> on (local file no longer used)'),
    ]);
    expect(named).toBe('remote');
  });

  test('the file is back', () => {
    const back = flag('remote-maps: on -> off (local file instead of the API)');
    expect(suspectedBehind(ofRequest(slow, { suffering }), [back])).toEqual([]);
  });
});

describe('the name that a mistake of its own is about', () => {
  const about = (said: string) => ofRequest(failed(said), { kinds: new Set(['own-failure']) });
  const lines = (diff: string) => changed(-900, { id: 'lines', diff, files: ['app/fare.rb'] });
  /** One other release is suspect by its time alone. */
  const reasons = (said: string, diff: string) =>
    suspectedBehind(about(said), [lines(diff)]).map(({ facts }) => facts.reasons);

  test.each([
    ["undefined method `net' for nil", '+  total = fare.net'],
    ["KeyError: 'zone_of_day'", '-    "zone_of_day": 3,\n+    "slot": 3,'],
    ["Cannot read properties of undefined (reading 'coupon')", '+  return cart.coupon.share'],
  ])('%s', (said, diff) => {
    expect(namedBehind(about(said), [lines(diff)])).toBe('lines');
    expect(reasons(said, '+  return menu.items')).toEqual(['']);
  });

  test('a longer name is another one', () => {
    expect(reasons("undefined method `net' for nil", '+  start(network)')).toEqual(['']);
  });
});
