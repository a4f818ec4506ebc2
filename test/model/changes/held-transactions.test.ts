/** Calls inside of a transaction, by the forms of several languages. */
import { describe, expect, test } from 'vitest';
import { diffLines } from '#model/changes/diff-lines.ts';
import { heldCalls, movedIntoTransaction } from '#model/changes/held-transactions.ts';

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
