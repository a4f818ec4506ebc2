/** Calls inside of a transaction, by the forms of several languages. */
import { describe, expect, test } from 'vitest';
import { diffLines } from '#model/changes/diff-lines.ts';
import { heldCalls, movedIntoTransaction, ofTransactions } from '#model/changes/held-transactions.ts';

const moved = (diff: string) => movedIntoTransaction(diffLines(diff));

describe('a call moves into a transaction, whatever its name', () => {
  test.each([
    [
      'Python',
      '-    with db.begin():\n-        reserve(seat)\n-    settle(bill)\n+    with db.begin():\n+        reserve(seat)\n+        settle(bill)\n+        db.flush()',
    ],
    [
      'JavaScript',
      '   await db.transaction(async (tx) => {\n     await tx.insert(seat)\n+    await settle(bill)\n   })\n-  await settle(bill)',
    ],
    ['Go', ' tx := db.Begin()\n defer tx.Rollback()\n+settle(bill)\n tx.Commit()\n-settle(bill)'],
    ['Ruby', '   Seat.transaction do\n     seat.hold!\n+    settle(bill)\n   end\n-  settle(bill)'],
  ])('%s', (_, diff) => {
    expect(moved(diff)).toEqual(['settle']);
  });
});

test('a call that leaves the transaction, stays inside or is new there did not move in', () => {
  const opened = ' with db.begin():\n     reserve(seat)\n';
  expect(moved(`${opened}-    settle(bill)\n+settle(bill)`)).toEqual([]);
  expect(moved(`${opened}-    settle(bill)\n+    settle(bill, now)`)).toEqual([]);
  expect(moved(`${opened}+    settle(bill)`)).toEqual([]);
  expect(moved(`${opened}+    log.info(seat)\n-log.info(seat)`)).toEqual([]);
});

test('what follows the block of a transaction is outside of it', () => {
  const diff = ' with db.begin():\n     reserve(seat)\n+bank_client.charge(bill)';
  expect(heldCalls(diffLines(diff))).toEqual([]);
  expect(heldCalls(diffLines(diff.replace('+bank', '+    bank')))).toEqual(['bank_client.charge']);
});

describe('a transaction begins and never ends', () => {
  const kinds = (diff: string) => ofTransactions(diffLines(diff)).map(({ kind }) => kind);

  test.each([
    ['asyncpg', '+    tx = conn.transaction()\n+    await tx.start()\n+    return await conn.fetchrow(SEAT, id)'],
    ['database/sql', '+\ttx, err := s.db.BeginTx(ctx, nil)\n+\treturn tx.QueryRowContext(ctx, seat, id)'],
    ['node-postgres', "+  await client.query('BEGIN')\n+  return (await client.query(SEAT, [id])).rows[0]"],
    ['JDBC', '+    connection.setAutoCommit(false);\n+    return seats.find(connection, id);'],
    ['PDO', '+    $this->pdo->beginTransaction();\n+    return $this->seat($id);'],
    [
      'an end that is gone',
      '-  conn.begin()\n-  seat = find(id)\n-  conn.commit()\n+  conn.begin()\n+  seat = find(id)',
    ],
  ])('%s', (_, diff) => {
    expect(kinds(diff)).toEqual(['never-closed']);
  });

  test.each([
    ['Go ends it later', '+\ttx, err := s.db.BeginTx(ctx, nil)\n+\tdefer tx.Rollback()'],
    ['a block ends it', '+    async with conn.transaction():\n+        await conn.execute(SEAT)'],
    ['its end stands below', "+  await client.query('BEGIN')\n   await save(seat)\n   await client.query('COMMIT')"],
    ['it began before', '-  conn.begin()\n+  conn.begin()  # one for each seat'],
    ['Rust drops it', '+    let mut tx = pool.begin().await?;'],
    ['it is a setting', '+Session = sessionmaker(autocommit=False)'],
  ])('but not where %s', (_, diff) => {
    expect(kinds(diff)).toEqual([]);
  });
});
