/** How stores and loaders say that most was lost, and the twins that lost nothing of weight. */
import { describe, expect, test } from 'vitest';
import { lostPart, lostPartIn } from '#model/instruments/partial-words.ts';

describe('what a line tells', () => {
  test.each([
    ['{"took":9,"timed_out":false,"_shards":{"total":4,"successful":3,"skipped":0,"failed":1}}', 1, 3],
    ['Courier fetch: 2 of 6 shards failed.', 2, 4],
    ['bulk: 900 of 1000 documents were rejected', 900, 100],
    ['load done: 12 rows, 700 bad records skipped', 700, 12],
    ['loaded=12 rejected=700', 700, 12],
    ['status PARTIALLY_LOADED, rows_parsed: 712, rows_loaded: 12, error_limit: 712, errors_seen: 700', 700, 12],
    ['12 Rows successfully loaded. 700 Rows not loaded due to data errors.', 700, 12],
    ['12 record(s) loaded successfully. Load into table e completed, 700 record(s) could not be loaded.', 700, 12],
    ['NOTICE: 700 rows were skipped due to data type incompatibility; COPY 12', 700, 12],
    ['{"rowsRead":712,"rowsCopied":12,"rowsSkipped":700}', 700, 12],
    ['{"name":"valid_day","passed_records":12,"failed_records":700}', 700, 12],
  ])('%s', (line, lost, kept) => {
    expect(lostPart(line)).toMatchObject({ lost, kept });
  });

  test.each([
    ['no shard failed', '{"took":9,"_shards":{"total":4,"successful":4,"skipped":1,"failed":0}}'],
    ['a few rows are bad', 'load done: 9000 rows, 3 bad records skipped'],
    ['the others are there already', 'load done: 12 rows, 700 rejected as duplicates'],
    ['it is a rehearsal', 'dry run: 12 rows, 700 bad records'],
    ['the bad ones are kept aside', '12 rows, 700 invalid records moved to quarantine'],
    ['only the version is old', 'Records: 712  Deleted: 0  Skipped: 700  Warnings: 700'],
    ['a number is of something else', '12 rows in 700 ms'],
  ])('nothing is lost where %s', (_, line) => {
    expect(lostPart(line)).toBeUndefined();
  });
});

describe('what two counts of one span tell', () => {
  test.each([
    ['bad and output', { 'warehouse.bad_records': 700, 'warehouse.output_rows': 12 }, 700],
    ['rejected and loaded', { rejectedRows: '700', loadedRows: '12' }, 700],
  ])('%s', (_, attributes, lost) => {
    expect(lostPartIn(attributes)).toMatchObject({ lost, kept: 12 });
  });

  test.each([
    ['fewer are bad', { 'warehouse.bad_records': 3, 'warehouse.output_rows': 9000 }],
    ['the counts are of two things', { 'mail.failed_messages': 700, 'warehouse.output_rows': 12 }],
    ['nothing counts what was taken', { 'warehouse.bad_records': 700 }],
    ['a limit has such a name', { 'warehouse.max_bad_records': 700, 'warehouse.output_rows': 12 }],
  ])('nothing is lost where %s', (_, attributes) => {
    expect(lostPartIn(attributes)).toBeUndefined();
  });
});
