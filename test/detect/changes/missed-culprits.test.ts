/** Changes that lead to one request's trouble, each beside a twin of the same service that does nothing of the kind. */
import { describe, expect, test } from 'vitest';
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { type FoundCause, namedBehind, suspectedBehind, symptomsOf } from '#test/change-stories.ts';
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
  'rows are no longer sorted': [
    DEADLOCK,
    { diff: '-  for (const id of ids.sort()) await hold(id)\n+  for (const id of ids) await hold(id)' },
    { diff: '-  color: red;\n+  color: blue;', files: ['a.css'] },
  ],
  'messages come again': [AGAIN, config('ack_deadline: 120 s -> 10 s'), config('Log level of the worker: INFO')],
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

  test('its twin is not named', () => {
    expect(suspectedBehind(ofRequest(cause), [changed(-600, { id: 'twin', ...twin })])).toEqual([]);
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
    expect(suspectedBehind(own, [{ ...ofFile, files: ['src/main/Mails.java'] }])).toEqual([]);
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

  test.each([
    ["undefined method `net' for nil", '+  total = fare.net'],
    ["KeyError: 'zone_of_day'", '-    "zone_of_day": 3,\n+    "slot": 3,'],
    ["Cannot read properties of undefined (reading 'coupon')", '+  return cart.coupon.share'],
  ])('%s', (said, diff) => {
    expect(namedBehind(about(said), [lines(diff)])).toBe('lines');
    expect(suspectedBehind(about(said), [lines('+  return menu.items')])).toEqual([]);
  });

  test('a longer name is another one', () => {
    expect(suspectedBehind(about("undefined method `net' for nil"), [lines('+  start(network)')])).toEqual([]);
  });
});
