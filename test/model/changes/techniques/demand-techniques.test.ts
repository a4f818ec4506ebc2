import { describe, expect, test } from 'vitest';
import { sharesTechnique } from '#model/changes/techniques/shared-techniques.ts';
import { sharedTechniques } from '#model/changes/techniques/techniques.ts';
import { changed } from '#test/changes.ts';

/** What is changed, what fails then, and what fails for another reason. */
const PAIRS: readonly (readonly [string, string, string])[] = [
  [
    '-require_partition_filter: false\n+require_partition_filter: true',
    "cannot query over table 'farm.eggs' without a filter over column(s) 'laid' that can be used for partition elimination",
    'not found: table farm.eggs was not found in location eu',
  ],
  [
    '+hive.strict.checks.no.partition.filter=true',
    'semanticexception queries against partitioned tables without a partition filter are disabled for safety reasons',
    'semanticexception table not found eggs',
  ],
  [
    '+hive.query-partition-filter-required=true',
    'filter required on farm.eggs for at least one of the partition columns: laid',
    'query exceeded the maximum time limit of 5m',
  ],
  [
    '+<force_primary_key>1</force_primary_key>',
    "code: 277. primary key (laid) is not used and setting 'force_primary_key' is set",
    'code: 241. memory limit exceeded',
  ],
  [
    "-DEFINE QLOCAL('EGGS') MAXDEPTH(20000)\n+DEFINE QLOCAL('EGGS') MAXDEPTH(200)",
    "jmscmq0001: ibm mq call failed with compcode '2' ('mqcc_failed') reason '2053' ('mqrc_q_full')",
    "jmscmq0001: ibm mq call failed with compcode '2' ('mqcc_failed') reason '2035' ('mqrc_not_authorized')",
  ],
  ['-max_msgs: 90000\n+max_msgs: 900', 'nats: maximum messages exceeded', 'nats: no responders available'],
  [
    '-max-size-messages: 9000\n+max-size-messages: 90',
    'amq229102: address "eggs.in" is full. message encode size = 812b',
    'amq229031: unable to validate user',
  ],
  [
    '-maxSizeInMegabytes: 5120\n+maxSizeInMegabytes: 1024',
    'the maximum entity size has been reached or exceeded for queue: eggs',
    'the messaging entity eggs could not be found',
  ],
];

describe('a store demands more, or takes less', () => {
  test.each(PAIRS)('%s: %s', (diff, failure) => {
    expect(sharedTechniques(diff, failure)).not.toEqual([]);
  });

  test.each(PAIRS)('%s is not behind another failure', (diff, _, other) => {
    expect(sharedTechniques(diff, other)).toEqual([]);
  });

  test.each(PAIRS.map(([, failure]) => failure))('another change is not behind “%s”', (failure) => {
    expect(sharedTechniques('button.color = "green"', failure)).toEqual([]);
  });

  test('a queue that holds more than before is not full because of that', () => {
    const full = "reason '2053' ('mqrc_q_full')";
    expect(sharesTechnique(changed(-60, { diff: '-MAXDEPTH(20000)\n+MAXDEPTH(200)' }), full)).toBe(true);
    expect(sharesTechnique(changed(-60, { diff: '-MAXDEPTH(200)\n+MAXDEPTH(20000)' }), full)).toBe(false);
  });
});
