/** Changes right before a problem that cannot be behind it, and their twins that can. */
import { describe, expect, test } from 'vitest';
import type { Change } from '#model/changes/change.ts';
import { effectsOf } from '#model/changes/change-effects.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { type FoundCause, namedBehind, suspectedBehind, symptomsOf } from '#test/change-stories.ts';
import { changed, usAt } from '#test/changes.ts';

const failed = (said: string, cause = 'error-origin'): FoundCause => {
  return { cause, title: 'checkout POST /pay: 40 of 100 requests fail here', said, symptom: 'failed' };
};
const DENIED = failed('401 Unauthorized: the key of the provider is not valid');
const TIMED_OUT = failed('read timed out after 3000 ms', 'timeout-cascade');
const POOL = failed('could not obtain a connection from the pool within 5 s', 'pool-exhaustion');
const UNKNOWN_HOST = failed('getaddrinfo ENOTFOUND mail-b.acme.example');
const FULL = failed('write refused: no space left on device', 'timeout-cascade');

const config = (diff: string, more: Partial<Change> = {}) =>
  changed(-60, { kind: 'config', id: 'made', text: 'Set a variable', diff, ...more });
const flag = (diff: string, more: Partial<Change> = {}) =>
  changed(-60, { kind: 'flag', id: 'made', text: 'Flag', diff, ...more });

const CONTACTS = [
  '-CARE_EMAIL=help@acme.example\n+CARE_EMAIL=support@acme.example',
  '-CARE_EMAIL=[redacted:email:1]\n+CARE_EMAIL=[redacted:email:2]',
  '-  reply-to: "[redacted:email]"\n+  reply-to: "care@acme.example"',
];

describe.each(CONTACTS)('%j: another address of people', (diff) => {
  test.each([DENIED, TIMED_OUT, POOL, UNKNOWN_HOST])('is not behind a failure, also alone', (cause) => {
    expect(namedBehind(symptomsOf(cause), [config(diff)])).toBeUndefined();
  });
});

test('another host of the mail is behind a name that nobody finds', () => {
  const host = '-MAIL_HOST=mail-a.acme.example\n+MAIL_HOST=mail-b.acme.example';
  expect(namedBehind(symptomsOf(UNKNOWN_HOST), [config(host)])).toBe('made');
});

test('who logs in at a host is part of its address', () => {
  const broker = '-BROKER=amqp://app@mq-a.acme.example\n+BROKER=amqp://app@mq-b.acme.example';
  const refused = failed('connect ECONNREFUSED mq-b.acme.example:5672');
  expect(namedBehind(symptomsOf(refused), [config(broker)])).toBe('made');
});

describe('a share of users', () => {
  const more = '-rollout: 10\n+rollout: 25';

  test('is no limit that something reaches', () => {
    const looks = flag(more, { id: 'big-fonts', text: 'Flag big-fonts: 10 % -> 25 % of users' });
    for (const cause of [TIMED_OUT, POOL]) expect(namedBehind(symptomsOf(cause), [looks])).toBeUndefined();
  });

  test('is code that more of them run, where the code fails', () => {
    const own = failed("TypeError: Cannot read properties of undefined (reading 'total')");
    expect(namedBehind(symptomsOf(own), [flag('-rollout: 10\n+rollout: 100', { text: 'Flag new-cart' })])).toBe('made');
  });

  test('leaves the limits that a flag does set', () => {
    const limit = flag('-max_connections: 40\n+max_connections: 4', { text: 'Flag pool-size' });
    expect(namedBehind(symptomsOf(POOL), [limit])).toBe('made');
  });
});

describe('a flag of the service that asks', () => {
  const caller = flag('-50 % off\n+50 % on', { service: 'web', text: 'Flag sticky-player: 50 % of readers' });
  const behind = (cause: FoundCause, kinds: readonly 'many-calls'[] = []) => {
    const symptoms = symptomsOf(cause);
    return { ...symptoms, near: new Set(['web']), kinds: new Set([...symptoms.kinds, ...kinds]), isSure: true };
  };

  test.each([TIMED_OUT, FULL, POOL])('fills no store and makes none slow', (cause) => {
    expect(namedBehind(behind(cause), [caller])).toBeUndefined();
  });

  test('may ask for more than before', () => {
    expect(namedBehind(behind(TIMED_OUT, ['many-calls']), [caller])).toBe('made');
  });

  test('counts where it is its own', () => {
    expect(namedBehind(behind(TIMED_OUT), [{ ...caller, service: 'checkout' }])).toBe('made');
  });
});

test('a registry that does not answer is no reason for the release whose image it holds', () => {
  const made = changed(-20, { service: 'checkout', id: 'checkout-1.10.0', text: 'checkout 1.10.0' });
  const said = 'Failed to pull image "reg.example/checkout:1.10.0": unexpected status code 503 Service Unavailable';
  const pull = symptomsOf({ cause: 'image-pull', title: 'Pods of checkout cannot start', said });
  expect(namedBehind(pull, [made])).toBe('checkout-1.10.0');
  expect(namedBehind({ ...pull, isOutside: true }, [made])).toBeUndefined();
});

test('a release whose image is not there is named, whatever its lines do, and no other one is', () => {
  const diff = '@@ .gitlab-ci.yml @@\n-  - make push\n+  - make build';
  const made = changed(-400, { id: 'checkout-3.8.0', text: 'ci: build twice', files: ['.gitlab-ci.yml'], diff });
  const said = 'Failed to pull image "quay.example/checkout:3.8.0": manifest unknown';
  const pull = symptomsOf({ cause: 'image-pull', title: 'Pods of checkout cannot start', said });
  const [first] = suspectedBehind(pull, [made]);
  expect(first?.facts).toMatchObject({ id: 'checkout-3.8.0', isNear: false });
  expect(first?.title).toContain('the image that cannot be pulled has its version 3.8.0');
  expect(namedBehind(pull, [{ ...made, id: 'checkout-3.7.9' }])).toBeUndefined();
});

describe('a release that only its time makes suspect', () => {
  const behind = (service: string, said = '', where: Pick<ChangeSymptoms, 'isOutside' | 'isWaiting'> = {}) => {
    const made = changed(-20, { service, id: 'made', text: `${service} 9.1.0` });
    const { complaint } = symptomsOf(failed(said));
    const [first] = suspectedBehind(
      {
        service: 'checkout',
        onsetUs: usAt(0),
        complaint,
        suffering: new Set([service]),
        metricWords: new Set(),
        kinds: new Set(['slow']),
        near: new Set([service]),
        isLoad: false,
        isSure: true,
        ...where,
      },
      [made],
    );
    return first?.facts.id;
  };

  test('is named where it is one of the service at fault', () => {
    expect(behind('checkout')).toBe('made');
  });

  test('is not named where it is one of a caller or a neighbour', () => {
    expect(behind('web')).toBeUndefined();
  });

  test('is named where the service at fault cannot use its answers', () => {
    expect(behind('cards', 'cards answered 400')).toBe('made');
  });

  test('is not named where a store or a provider fails', () => {
    const said = "READONLY You can't write against a read only replica.";
    expect(behind('checkout', said, { isOutside: true })).toBeUndefined();
  });

  test('is not named where the service only waits for what it calls', () => {
    expect(behind('checkout', '', { isWaiting: true })).toBeUndefined();
  });
});

describe('the time alone', () => {
  const bare = (minutes: number) => changed(-60 * minutes, { id: 'made', text: 'checkout 4.2.0' });

  test('leads to a deploy of the last ten minutes', () => {
    expect(namedBehind(symptomsOf(TIMED_OUT), [bare(1)])).toBe('made');
  });

  test('leads to no earlier one', () => {
    expect(namedBehind(symptomsOf(TIMED_OUT), [bare(11)])).toBeUndefined();
  });
});

describe('a disk that is full', () => {
  const disk = (said: string) => ({
    ...symptomsOf({
      cause: 'resource-exhausted',
      title: 'checkout: its disk takes nothing more',
      said,
      symptom: 'failed',
    }),
    isSure: true,
  });
  const saying = ['write /var/lib/ledger/7: No space left on device', 'java.io.IOException: Disk quota exceeded'];

  test.each(saying)('filled up for days, so the time of a deploy says nothing: %s', (said) => {
    expect(namedBehind(disk(said), [changed(-60, { id: 'made', text: 'checkout 4.2.0' })])).toBeUndefined();
  });

  test.each(saying)('may come from a deploy that writes more: %s', (said) => {
    const louder = changed(-60, { id: 'made', text: 'checkout 4.2.0', diff: '-  level: info\n+  level: debug' });
    expect(namedBehind(disk(said), [louder])).toBe('made');
  });
});

describe('what the service never called before', () => {
  const slow: FoundCause = { cause: 'latency', title: 'checkout: p95 is 2 s', symptom: 'slow' };
  const calling = (...newlyCalled: string[]) => ({ ...symptomsOf(slow), newlyCalled });
  const flag = (text: string) => changed(-60, { kind: 'flag', id: 'ff-8', service: '', text });
  const commit = changed(-30, { kind: 'commit', id: '71f0c2d', text: 'Shorter names of fields' });

  test('names the flag that says it, and not a commit that came later', () => {
    const named = flag('checkout scores carts at scores.fraud.example: 5 % -> 50 %');
    expect(namedBehind(calling('scores.fraud.example'), [commit, named])).toBe('ff-8');
  });

  test('does not name a flag that says a part of another name', () => {
    const other = flag('mapscores.fraud.example for checkout-maps: 5 % -> 50 %');
    const [first] = suspectedBehind(calling('scores.fraud.example'), [other]);
    expect(first?.title ?? '').not.toContain('never called before');
  });
});

describe('a feature flag that the slow spans record', () => {
  const slow: FoundCause = { cause: 'n-plus-one-calls', title: 'web calls hints 40 times', symptom: 'slow' };
  const reading = (...flags: string[]) => ({ ...symptomsOf(slow), flags: new Set(flags) });
  const turned = (text: string) => changed(-900, { kind: 'flag', id: 'ff-31', text, service: '' });

  test('is behind it, also after a quarter of an hour', () => {
    const [found] = suspectedBehind(reading('hotel-hints'), [turned('hotel-hints: on for 100 %')]);
    expect(found).toMatchObject({ facts: { id: 'ff-31' } });
    expect(found?.title).toContain('it changes the flag hotel-hints, which these spans read');
  });

  test.each(['hotel-hints-v2: on for 100 %', 'banner: on for 100 %'])('is another one than %j', (text) => {
    expect(namedBehind(reading('hotel-hints'), [turned(text)])).toBeUndefined();
  });
});

describe('a right to read, and a version that goes to production', () => {
  const LOCK: FoundCause = { cause: 'lock-contention', title: 'checkout waits for a lock', symptom: 'slow' };
  const SLOW: FoundCause = { cause: 'slow-query', title: 'checkout waits 2 s for one query', symptom: 'slow' };
  const migration = (text: string) => changed(-420, { kind: 'migration', id: 'made', text });

  test('a grant makes nobody wait for a lock', () => {
    expect(namedBehind(symptomsOf(LOCK), [migration('V141__grant_select_to_bi.sql')])).toBeUndefined();
  });

  test.each(['284_create_invoice_lines', 'V12__create_ledger_archive.sql', '20260301120000_create_flights_table'])(
    '%s: no statement of before asks a new table',
    (text) => {
      expect(namedBehind(symptomsOf(LOCK), [migration(text)])).toBeUndefined();
      expect(namedBehind(symptomsOf(SLOW), [migration(text)])).toBeUndefined();
    },
  );

  test.each([
    '284_create_unique_rule_on_orders',
    'V12__create_index_orders_day.sql',
    '12_create_lines_and_drop_orders',
  ])('%s: an old table changes as well', (text) => {
    expect(namedBehind(symptomsOf(LOCK), [migration(text)])).toBe('made');
  });

  test('neither does a comment', () => {
    expect(namedBehind(symptomsOf(LOCK), [migration('V143__comments_on_orders.sql')])).toBeUndefined();
  });

  test.each([
    ["could not allocate a new page for database 'work' because of insufficient disk space in filegroup", undefined],
    ['ERROR: could not extend file: no space left on device, INSERT INTO orders', undefined],
    ['FATAL: sorry, too many clients already', undefined],
    ['SQLSTATE[HY000] [1040] Too many connections', undefined],
    ['Mysql2::Error: WSREP has not yet prepared node for application use, UPDATE orders', undefined],
    ['com.datastax… Cannot achieve consistency level QUORUM, SELECT orders', undefined],
    ['FATAL: the database system is starting up, SELECT orders', undefined],
    ['ERROR: null value in column "till" of relation "orders"', 'made'],
  ])('%s: a server without room refuses everybody', (said, named) => {
    expect(namedBehind(symptomsOf(failed(said)), [migration('V144__orders_by_day.sql')])).toBe(named);
  });

  test.each([
    ['188: reporting view', 'ERROR: null value in column "till" of relation "visits"', undefined],
    ['188: visits by day', 'ERROR: null value in column "till" of relation "visits"', 'made'],
    ['188: new columns', 'ERROR: column "mail" does not exist', 'made'],
  ])('%s and %s: a migration counts where the failures touch what it names', (text, said, named) => {
    expect(namedBehind(symptomsOf(failed(said)), [migration(text)])).toBe(named);
  });

  test('a migration whose statements nobody recorded slows down no work of a program', () => {
    const work: FoundCause = { cause: 'unexplained-gap', title: 'checkout itself takes 2 s longer', symptom: 'slow' };
    expect(
      suspectedBehind(symptomsOf(work), [migration('188: reporting view')]).map(({ facts }) => facts.reasons),
    ).toEqual([]);
  });

  test('a migration of which nobody knows the statements may', () => {
    expect(namedBehind(symptomsOf(LOCK), [migration('V142__orders_by_day.sql')])).toBe('made');
  });

  test.each([
    ['Promote checkout 6.3.1 to production', false],
    ['promote the replica of orders-db', true],
    ['orders-db-2 promoted to primary', true],
  ])('%j moves a database to another server: %s', (text, moves) => {
    const effects = effectsOf(changed(-60, { kind: 'deploy', id: 'made', text }), undefined);
    expect(effects.some(({ kind }) => kind === 'other-primary')).toBe(moves);
  });
});

describe('a flag of nobody’s service before a wait for a lock', () => {
  const LOCK: FoundCause = { cause: 'lock-contention', title: 'checkout waits for a lock', symptom: 'slow' };
  const flag = changed(-10, { kind: 'flag', id: 'careful-carts', text: 'careful-carts: off -> on', service: '' });
  const shown = { ...symptomsOf(LOCK), isSure: true, isDated: true };

  test('counts where the statement is new, for only other code asks it', () => {
    const [found] = suspectedBehind({ ...shown, isNewStatement: true }, [flag]);
    expect(found).toMatchObject({ facts: { id: 'careful-carts', isNear: false } });
  });

  test('does not count as evidence where healthy requests have the statement', () => {
    expect(suspectedBehind(shown, [flag]).filter(({ facts }) => facts.isNear !== true)).toEqual([]);
  });
});
