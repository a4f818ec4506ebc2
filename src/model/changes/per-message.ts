/** Work that a change does for each message or row, and that was done for many at once, or later. */
import { type Effect, effect, moreIn, type Sides } from '#model/changes/effect.ts';
import { replacedNames } from '#model/changes/replaced-names.ts';

/** Clients of stores and of brokers, ORMs, and names that people give: `InsertMany`, `fetchBatch`, `bulk_create`. */
const IN_BATCHES =
  /\b\w{0,40}(?:batch|bulk|chunk)\w{0,20}\b|\b(?:insert|save|write|update|delete|send|put|add|create|publish|ack)_?(?:many|all|multi)\w{0,10}\b|\bexecute_?many\b|\beach_slice\b|\bpipelined?\b/gi;
/** It waits until the disk has it: POSIX, Go, Java, Rust, .NET, Node.js, Redis, MySQL. */
const SYNCED =
  /\bf(?:data)?sync\w{0,10}\(|\b(?:f|fd|file|wal|journal|segment|channel|writer|out|db)\w{0,20}\.(?:Sync|sync_all|sync_data|force|sync)\(|\bFlush\(\s?true\s?\)|\bFileOptions\.WriteThrough\b|\bO_D?SYNC\b|\bappendfsync["']?\s{0,2}[:= ]\s{0,2}["']?always|\b(?:sync_binlog|innodb_flush_log_at_trx_commit)\s{0,3}[:=]\s{0,3}["']?1\b|\bflush\.(?:messages|interval\.messages)["']?\s{0,3}[:=]\s{0,3}["']?1\b/gi;

/** `readings.groupBy: hour`, `batch_by=day`, `.GroupBy(one => one.Day)`: what goes together into one message. */
const GROUPS = /(?:group(?:ed|ing)?|batch(?:ed|ing)?|bundle|combine|aggregate|partition|pack)[._-]?(?:by|per|key)\b/i;

export function effectsPerMessage({ added, removed }: Sides): Effect[] {
  const grouped = replacedNames({ added, removed }).find(({ line }) => GROUPS.test(line));
  const together =
    grouped && `it groups by “${grouped.after}” instead of “${grouped.before}”, so a message may hold more`;
  // A name of one variable is no work: what is done with it stands in a call.
  const isSingle = moreIn(removed, added, IN_BATCHES).length > 0 && (added.match(IN_BATCHES) ?? []).length === 0;
  const isCalled = /\w\(/.test(added) && /\w\(/.test(removed);
  const isSynced = moreIn(added, removed, SYNCED).length > 0;
  return [
    ...effect('larger-payload', together ?? ''),
    ...effect('unbatched', isSingle && isCalled ? 'it handles one at a time what it handled in batches' : ''),
    ...effect('sync-writes', isSynced ? 'it waits for the disk after each write' : ''),
  ];
}
