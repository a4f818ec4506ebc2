import { expect, test } from 'vitest';
import { suspectChange } from '#detect/changes/suspect-change.ts';
import { runDetector } from '#detect/run.ts';
import { isFullDisk } from '#detect/signs/suspicion/slow-growth.ts';
import type { Complaint } from '#model/logs/complaint.ts';
import { changed, usAt } from '#test/changes.ts';

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

test.each([
  ['calling checkout failed: connection reset', 1],
  ['calling checkout failed: no space left on device', 0],
])('the time of a release of the service that fails says nothing of a full disk: %s', (text, named) => {
  const complaint: Complaint = {
    firstUs: usAt(0),
    services: new Set(),
    words: new Map(),
    quoted: new Set(),
    numbers: new Set(),
    files: new Set(),
    text,
    kinds: new Set(),
    record: '',
    outsider: '',
    isOfNode: false,
    lines: 20,
    examples: [],
  };
  const symptoms = {
    service: 'web',
    onsetUs: usAt(0),
    complaint,
    suffering: new Set<string>(),
    metricWords: new Set<string>(),
    kinds: new Set<never>(),
    isLoad: false,
  };
  const window = { service: 'web', fromUs: usAt(-300), toUs: usAt(600) };
  const outcome = runDetector(suspectChange, { window, changes: [changed(-60, { text: 'checkout 4.2' })], symptoms });
  expect(outcome.kind === 'found' ? outcome.findings.length : 0).toBe(named);
});
