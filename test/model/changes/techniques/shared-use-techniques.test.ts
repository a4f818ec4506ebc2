import { type TechniquePair, testTechniques } from '#test/technique-pairs.ts';

const PAIRS: readonly TechniquePair[] = [
  [
    'key = f"order-{order.id}"\nkey = str(uuid.uuid4())',
    'keys for idempotent requests can only be used with the same parameters they were first used with',
    'your card was declined',
  ],
  ['"pay-#{ride.id}"\nSecureRandom.uuid()', 'idempotency_key_reused', 'card declined'],
  ['clientToken: name\nclientToken: randomUUID()', 'idempotentparametermismatch: 400', 'accessdenied: 403'],
  ['headers["Idempotency-Key"] = phone', '17534: idempotency key payload mismatch', '21211: invalid number'],
  [
    'Time: 2 * time.Second, PermitWithoutStream: true',
    'received prior goaway: code: enhance_your_calm, debug data: "too_many_pings"',
    'error reading from server: eof',
  ],
  ["('grpc.keepalive_time_ms', 5000)", 'goaway with debug data equal to "too_many_pings"', 'name resolution failed'],
  ['.keepAliveTime(5, TimeUnit.SECONDS)', 'http/2 error code: enhance_your_calm', 'http/2 error code: refused_stream'],
  ['MinTime: 10 * time.Minute', 'client ondone: too many pings', 'client ondone: deadline exceeded'],
  ['b, _ := io.ReadAll(r)', 'memory limit of 512 mib exceeded with 541 mib used', 'disk quota exceeded'],
  ['data = resp.content', 'memoryerror', 'connectionerror'],
  ['byte[] all = in.readAllBytes();', 'java.lang.outofmemoryerror: java heap space', 'java.io.ioexception: closed'],
  ['rows = cursor.fetchall()', 'last state: oomkilled', 'too many connections'],
  ['fs.readFileSync(path)', 'reached heap limit: javascript heap out of memory', 'enoent: no such file'],
  ['max_active_tasks=6', '[delta_concurrent_append] files were added by a concurrent update', 'table not found'],
  ['threads: 8', '1023: serializable isolation violation on table - 1234', '1064: syntax error'],
  ['Promise.all(regions.map(merge))', 'transaction is aborted due to concurrent update', 'quota exceeded'],
  ['max_workers=4', 'org.apache.hudi.exception.hoodiewriteconflictexception', 'hoodieioexception: no such file'],
];

testTechniques('a change and a failure share what several requests use at once', PAIRS);
