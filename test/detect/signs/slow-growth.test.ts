import { expect, test } from 'vitest';
import { isFullDisk } from '#detect/signs/suspicion/slow-growth.ts';

test.each([
  'write /var/data: no space left on device',
  'ORA-01653: unable to extend table PAWN.PLEDGES by 8192 in tablespace PAWN_DATA',
  'ORA-00257: archiver error. Connect AS SYSDBA only until resolved.',
  "ERROR 1114 (HY000): The table 'orders' is full",
  'SQL0289N  Unable to allocate new pages in table space "USERSPACE1"',
  'etcdserver: mvcc: database space exceeded',
])('the store has filled up: %s', (said) => {
  expect(isFullDisk({ said, complaint: undefined })).toBe(true);
});

test.each(['the queue orders is full', 'ORA-00060: deadlock detected', 'pool is full'])('not: %s', (said) => {
  expect(isFullDisk({ said, complaint: undefined })).toBe(false);
});
