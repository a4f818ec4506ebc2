/** What a change does where a failure says just what follows from it, and the twin that is about something else. */
import { describe, expect, test } from 'vitest';
import { saidEffects } from '#model/changes/said/effects.ts';
import { changed } from '#test/changes.ts';

type Case = readonly [what: string, diff: string, failure: string];

const kinds = (diff: string, failure: string, text = '') =>
  saidEffects(changed(-60, { diff, text }), failure.toLowerCase()).map(({ kind }) => kind);

describe('copies that know nothing of each other', () => {
  const KEY = 'The key {0d2f} was not found in the key ring.';

  test.each<Case>([
    ['a second replica', '-  replicas: 1\n+  replicas: 2', KEY],
    ['workers of one machine', '-workers = 1\n+workers = 4', 'CSRF session token is missing'],
    [
      'no affinity',
      '-  sessionAffinity: ClientIP\n+  sessionAffinity: None',
      '{"code":1,"message":"Session ID unknown"}',
    ],
    ['no sticky cookie', '-    ip_hash;', 'No Connection with that ID'],
  ])('%s', (_, diff, failure) => {
    expect(kinds(diff, failure)).toContain('apart-keys');
  });

  test.each<Case>([
    ['where several ran before', '-  replicas: 2\n+  replicas: 3', KEY],
    ['where several ran before, on a line that stays', 'replicas: 2\n+replicas: 3', KEY],
    ['where all stood still', '-  replicas: 0\n+  replicas: 3', KEY],
    ['where fewer run', '-  replicas: 2\n+  replicas: 1', KEY],
    ['where the failure is another', '-  replicas: 1\n+  replicas: 2', 'the field email is missing'],
  ])('not %s', (_, diff, failure) => {
    expect(kinds(diff, failure)).not.toContain('apart-keys');
  });
});

describe('a session of a database that requests share', () => {
  const BROKEN = "PendingRollbackError: Can't reconnect until invalid transaction is rolled back.";

  test.each<Case>([
    ['one for the module', '+db_session = Session(engine)', BROKEN],
    ['nothing ends it', '-@app.teardown_request\n-def end(_): db_session.remove()', BROKEN],
    [
      'one for the process',
      '-services.AddScoped<LedgerContext>();\n+services.AddSingleton<LedgerContext>();',
      'InvalidOperationException: A second operation was started on this context instance',
    ],
  ])('%s', (_, diff, failure) => {
    expect(kinds(diff, failure)).toEqual(['other-settings']);
  });

  test('the title says so', () => {
    const aborted = 'current transaction is aborted, commands ignored';
    expect(kinds('+import ledger', aborted, 'connection is opened once')).toEqual(['other-settings']);
    expect(kinds('+import ledger', aborted, 'ledger in its own file')).toEqual([]);
  });

  test.each<Case>([
    ['where each request gets one again', '-db_session = Session(engine)\n+db_session = scoped_session(maker)', BROKEN],
    ['where a function opens one', '+def read():\n+    conn = engine.connect()', BROKEN],
    ['where the session is of HTTP', '+session = requests.Session()', BROKEN],
    ['where another object is single', '-services.AddScoped<Rules>();\n+services.AddSingleton<Rules>();', BROKEN],
    ['where the failure is another', '+db_session = Session(engine)', 'duplicate key value'],
  ])('not %s', (_, diff, failure) => {
    expect(kinds(diff, failure)).toEqual([]);
  });
});

describe('a certificate of another authority', () => {
  const CHAIN = "Certificate pinning failure!\n  sha256/x=: CN=R3,O=Globe's Trust,C=DE";

  test.each<Case>([
    ['an issuer', '-issuer: oldcert\n+issuer: globestrust', CHAIN],
    [
      'the reference to one',
      '-  certificate_authority = "oldcert"\n+  certificate_authority = "globes-trust-prod"',
      CHAIN,
    ],
  ])('%s', (_, diff, failure) => {
    expect(kinds(diff, failure)).toContain('other-trust');
  });

  test.each<Case>([
    ['where the chain has another one', '-issuer: oldcert\n+issuer: northsign', CHAIN],
    ['where it had this one before', '-issuer: globestrust\n+issuer: "globes-trust"', CHAIN],
    ['where the name says nothing', '-issuer: a\n+issuer: cert', CHAIN],
    ['where the failure is another', '-issuer: oldcert\n+issuer: globestrust', "connection reset, O=Globe's Trust"],
  ])('not %s', (_, diff, failure) => {
    expect(kinds(diff, failure)).not.toContain('other-trust');
  });
});

describe('calls that run together', () => {
  test.each<Case>([
    [
      'Rust',
      '-get(page)\n+join_all(parts.map(get_part))',
      'Error { code: "SlowDown", message: "Please reduce your request rate." }',
    ],
    ['JavaScript', '-for (const one of all) await put(one)\n+await Promise.all(all.map(put))', '429 Too Many Requests'],
    ['Go', '+ go func() { fetch(one) }()', 'ThrottlingException: Rate exceeded'],
  ])('%s', (_, diff, failure) => {
    expect(kinds(diff, failure)).toContain('calls-in-loop');
  });

  test.each<Case>([
    ['where they did before', '-await Promise.all(some)\n+await Promise.all(all)', '429 Too Many Requests'],
    [
      'where they run one by one now',
      '-await Promise.all(all)\n+for (const one of all) await put(one)',
      '429 Too Many Requests',
    ],
    ['where the failure is another', '+await Promise.all(all.map(put))', 'connection refused'],
  ])('not %s', (_, diff, failure) => {
    expect(kinds(diff, failure)).not.toContain('calls-in-loop');
  });
});

describe('an index that sorted for a statement', () => {
  const SORT =
    'Sort exceeded memory limit of 33554432 bytes\n{ find : loans, filter : { branch : ? }, sort : { dueAt : ? } }';
  const SQL = 'ERROR 1038: Out of sort memory\nSELECT * FROM loans WHERE branch = ? ORDER BY due_at';

  test.each<Case>([
    ['by its name', '+db.loans.dropIndex("branch_1_dueAt_1")', SORT],
    ['by its columns', '-  loans.createIndex({ branch: 1, dueAt: 1, shelf: 1 })', SORT],
    ['SQL', '+DROP INDEX idx_loans_branch_due_at ON loans', SQL],
    ['Rails', '+remove_index :loans, :due_at', SQL],
  ])('%s', (_, diff, failure) => {
    expect(kinds(diff, failure)).toContain('index-gone');
  });

  test.each<Case>([
    ['of other columns', '+db.loans.dropIndex("reader_1_title_1")', SORT],
    ['of another table', '+db.returns.dropIndex("branch_1_dueAt_1")', SORT],
    [
      'that is made anew',
      '-db.loans.createIndex({ branch: 1, dueAt: 1 })\n+db.loans.createIndex({ branch: 1, dueAt: 1 })',
      SORT,
    ],
    [
      'of a statement that fails otherwise',
      '+db.loans.dropIndex("branch_1_dueAt_1")',
      'not primary: loans branch dueAt',
    ],
  ])('not one %s', (_, diff, failure) => {
    expect(kinds(diff, failure)).not.toContain('index-gone');
  });
});

describe('rows that are loaded together', () => {
  const FULL = 'PHP Fatal error: Allowed memory size of 134217728 bytes exhausted (tried to allocate 8192 bytes)';

  test.each<Case>([
    ['PHP', '-foreach ($books->streamAll() as $b) {\n+foreach ($books->findAll() as $b) {', FULL],
    [
      'Ruby',
      '-Loan.find_each(batch_size: 500) do |l|\n+Loan.all.to_a.each do |l|',
      'NoMemoryError: failed to allocate',
    ],
  ])('%s', (_, diff, failure) => {
    expect(kinds(diff, failure)).toContain('unlimited-statement');
  });

  test.each<Case>([
    ['where they were before', '-$books->findAll();\n+$books->findAll();\n+$books->count();', FULL],
    ['where they are read one by one now', '-$books->findAll();\n+$books->streamAll();', FULL],
    ['where the failure is another', '-$books->streamAll();\n+$books->findAll();', 'connection refused'],
  ])('not %s', (_, diff, failure) => {
    expect(kinds(diff, failure)).not.toContain('unlimited-statement');
  });
});
