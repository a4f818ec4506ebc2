/**
 * Techniques of what several requests share since a change: the key of a repeated request, a kept connection, the memory of
 * one process, and a table that several jobs write.
 *
 *   -  key = uuid4()              Keys for idempotent requests can only be used with the same parameters
 *   +  key = f"order-{id}"        ◄── the second request has the key of the first one
 */
import type { Technique } from '#model/changes/techniques/platform-techniques.ts';

export const SHARED_USE_TECHNIQUES: readonly Technique[] = [
  {
    // Stripe, Square (IDEMPOTENCY_KEY_REUSED), AWS (IdempotentParameterMismatch), Twilio 17534, Amazon Pay, PayPal.
    // https://docs.stripe.com/api/idempotent_requests, https://developer.squareup.com/docs/build-basics/common-api-patterns/idempotency
    kind: 'other-name',
    said: 'it changes which requests have the same key of repetition',
    changes:
      /\bidempot\w{1,12}|\b(?:Guid\.NewGuid|uuid\.uuid[147]|uuid[147]|randomUUID|SecureRandom\.(?:uuid|hex)|uuid\.New\w{0,8}|Str::uuid|nanoid|ulid|gen_random_uuid|Uuid::new_v\d)\s?\(/i,
    shows:
      /\bkeys? for idempotent requests can only be used with the same parameters\b|\bidempotency[-_ ]?key\w{0,2} (?:\S{1,80} )?(?:(?:was|is|has|been|already|previously) ){0,4}(?:re-?used|used|in use)\b|\bidempotency_key_reused\b|\bidempoten(?:t|cy)[ _]?parameter[ _]?mismatch\w{0,10}|\bidempotency key payload mismatch\b|\bduplicateidempotencykey\b|\bduplicate_request_id\b|\bidempotency[-_ ]?(?:error|mismatch|conflict)\b|\bsame (?:idempotency key|client (?:request )?token)\b.{0,60}\bdifferent\b/,
  },
  {
    // gRPC in Go, C++, Java, Python and .NET; Envoy, nginx and AWS's load balancers in HTTP/2 (RFC 9113, 7: ENHANCE_YOUR_CALM).
    // https://github.com/grpc/grpc/blob/master/doc/keepalive.md
    kind: 'shorter-interval',
    said: 'it changes how often connections are kept awake by pings',
    changes:
      /\bkeep_?-?alive\w{0,40}|\bPermitWithoutStream\b|\bEnforcementPolicy\b|\bMinTime\b|\bGRPC_ARG_\w{0,12}PING\w{0,30}|\bgrpc\.http2\.\w{0,20}ping\w{0,30}|\bping_?-?(?:interval|timeout|delay|strikes)\w{0,10}|\bhttp2[-_ ]?ping\w{0,10}|\bconnections? (?:warm|open|alive|awake)\b/i,
    shows: /\benhance_your_calm\b|\btoo_many_pings\b|\btoo many (?:http\/?2 )?pings\b|\bping flood\b/,
  },
  {
    // Go, Python, Node.js, Java, .NET, PHP, Ruby, Rust, Spark and pandas; what runtimes and platforms say then.
    // https://pkg.go.dev/io#ReadAll, https://cloud.google.com/run/docs/configuring/memory-limits
    kind: 'costlier-work',
    said: 'it holds the whole of what it reads in memory',
    changes:
      /\b(?:io|ioutil)\.ReadAll\(|\bread_?All_?Bytes\b|\btoByteArray\(|\bIOUtils\.to(?:ByteArray|String)\b|\.arrayBuffer\(\)|\bBuffer\.concat\(|\breadFile(?:Sync)?\(|\bfile_get_contents\(|\b(?:File|IO)\.(?:bin)?read\b|\bReadTo(?:End|EndAsync)\(|\bReadAs(?:ByteArray|String)Async\(|\bread_to_(?:end|string)\(|\bfetch_?all\(|\btoPandas\(|\bcollect\(\)|\bMemoryStream\(|\b(?:resp\w{0,5}|r|f|file|body|stream|request)\.(?:read|content|getvalue)\b(?:\(\))?(?!\()|\b(?:whole|entire|complete|full) (?:\w{1,20} ){1,3}(?:in|into|to) memory\b/i,
    shows:
      /\bmemory limit of \S{1,12} ?\w{2,3} exceeded\b|\bexceeded (?:the |its )?memory limit\b|\bout ?of ?memory\b|\boom[- ]?kill\w{0,3}|\boutofmemory\w{0,9}|\bjava heap space\b|\bheap out of memory\b|\bmemoryerror\b|\bcannot allocate memory\b|\ballowed memory size of \d{1,12} bytes exhausted\b|\bnomemoryerror\b|\bfailed to allocate memory\b|\bmemory limit exceeded\b|\brunning beyond physical memory limits\b|\bexceeding memory limits\b/,
  },
  {
    // Delta Lake, Iceberg, Hudi, BigQuery, Redshift 1023, Snowflake 000625, Synapse 24556, Spark's overwrites.
    // https://docs.delta.io/latest/concurrency-control.html, https://hudi.apache.org/docs/concurrency_control,
    // https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation-serialization-failure.html
    kind: 'more-workers',
    said: 'it lets several jobs write one table at once',
    changes:
      /\bmax_?active_?(?:tasks|runs)\w{0,10}|\b(?:max_?)?concurren\w{2,12}|\bparallel\w{0,12}|\bthreads?\b|\b(?:num|max|n)_?(?:workers|jobs|threads|tasks)\b|\bThreadPool\w{0,12}|\bnewFixedThreadPool\b|\bgather\(|\bPromise\.all\b|\bside by side\b|\bat once\b|\bfor[-_ ]?each\b.{0,20}\bbatch_?count\b|\bexpand\(/i,
    shows:
      /\bdelta_concurrent_\w{3,20}|\bconcurrent(?:append|deleteread|deletedelete|transaction|modification|write)exception\b|\bfound conflicting files\b|\bcommitfailedexception\b|\bcannot commit\b.{0,60}\b(?:stale|conflict|changed)|\bhoodiewriteconflict\w{0,12}|\btransaction is aborted due to concurrent update\b|\bserializable isolation violation\b|\bsnapshot isolation transaction aborted due to update conflict\b|\bnumber of waiters for this lock exceeds\b|\bby a concurrent (?:update|transaction|write)\b/,
  },
];
