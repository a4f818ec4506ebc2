/** Words for a pause for garbage collection. Concurrent phases stop nothing, and a registry also sweeps its garbage. */
import { CUSTOMARY, signList } from '#model/instruments/sign-list.ts';
import type { AmountSign } from '#model/trace/wait-amounts.ts';

/** Names of spans that are only the pause. A sweep counts only where the name has the runtime: registries, file stores and databases sweep, too. */
export const GC_OPERATIONS = signList(/gc|garbage|stop[ -]the|^(?:g1|ps|shenandoah|parnew|cms) /i, [
  {
    by: 'runtimes',
    says: /^(?:(?:jvm|clr|dotnet|go|golang|node(?:js)?|v8|python|ruby|runtime|process)[ ._:/-])*(?:(?:full|major|minor|young|old|mixed|gen ?[012])[ ._-])?(?:gc|garbage[ ._-]?collect(?:ion|or)?)(?:[ ._:/-](?:pause|stw|full|major|minor|young|old|mixed|cycle|evacuation|event|phase|wait))*(?: ?\(.*\))?$/i,
    example: 'Full GC (Ergonomics)',
    source: CUSTOMARY,
  },
  {
    by: 'runtimes',
    // The \b leaves one way to read `_` in `collect_collect`: as a part of the word. With two, time grows exponentially.
    says: /^(?:(?:jvm|clr|dotnet|go|golang|node(?:js)?|v8|python|ruby|runtime|process)[ ._:/-]){1,3}(?:(?:full|major|minor|young|old|mixed|gen ?[012])[ ._-])?(?:gc|garbage[ ._-]?collect(?:ion|or)?)(?:[ ._:/-](?:pause|stw|full|major|minor|young|old|mixed|cycle|collect\w*\b|evacuation|sweep|mark|event|phase|wait))*(?: ?\(.*\))?$/i,
    example: 'ruby.gc.sweep',
    source: CUSTOMARY,
  },
  {
    by: 'services',
    says: /\bstop[ -]the[ -]world\b|\bgc[ ._-]pause\b/i,
    example: 'stop-the-world',
    source: CUSTOMARY,
  },
  {
    by: '.NET',
    says: /\bGCSuspendEE(?:Begin)?(?:_V1)?$/i,
    example: 'GCSuspendEEBegin_V1',
    source: 'https://learn.microsoft.com/dotnet/fundamentals/diagnostics/runtime-garbage-collection-events',
  },
  {
    by: 'JVM collectors',
    says: /^(?:g1|ps|zgc|shenandoah|parnew|cms) (?:young|old|mixed|full|evacuation|scavenge|marksweep|pause)\b/i,
    example: 'G1 Young Generation',
    source: 'https://docs.oracle.com/en/java/javase/21/gctuning/',
  },
]);

/** Log lines of runtimes, with the pause and its unit. */
export const GC_LINES = signList<AmountSign>(
  /gc|real=|pause|stopped|safepoint|mark-|scavenge|garbage|stall|durationms/i,
  [
    {
      by: 'Elasticsearch, OpenSearch',
      says: /\[gc\]\[\d{1,12}\] overhead, spent \[[\d.]{1,12}(?:ms|s)\] collecting in the last \[/i,
      reads: /\[gc\]\[\d{1,12}\] overhead, spent \[(?<amount>[\d.]{1,12})(?<unit>ms|s)\] collecting/i,
      example: '[node-4] [gc][71522] overhead, spent [1.3s] collecting in the last [2.1s]',
      source:
        'https://github.com/elastic/elasticsearch/blob/main/server/src/main/java/org/elasticsearch/monitor/jvm/JvmGcMonitorService.java',
    },
    {
      by: 'Elasticsearch, OpenSearch',
      says: /\[gc\]\[\w{1,20}\]\[\d{1,12}\]\[\d{1,12}\] duration \[[\d.]{1,12}(?:ms|s)\], collections \[/i,
      reads: /\[gc\]\[\w{1,20}\]\[\d{1,12}\]\[\d{1,12}\] duration \[(?<amount>[\d.]{1,12})(?<unit>ms|s)\]/i,
      example: '[node-4] [gc][old][71522][38] duration [1.3s], collections [1]/[2.1s], total [1.3s]/[41.2s]',
      source:
        'https://github.com/elastic/elasticsearch/blob/main/server/src/main/java/org/elasticsearch/monitor/jvm/JvmGcMonitorService.java',
    },
    {
      // CMS, ZGC and Shenandoah work beside the requests for most of such a time.
      by: 'Cassandra',
      says: /\b(?:G1|PS|ParNew|MarkSweepCompact)\b[\w ]{0,30}\bGC in \d{1,9}ms\b/i,
      reads: /\bGC in (?<amount>\d{1,9})(?<unit>ms)\b/i,
      example: 'GCInspector.java:284 - G1 Old Generation GC in 1312ms.  G1 Eden Space: 0 -> 0',
      source: 'https://github.com/apache/cassandra/blob/trunk/src/java/org/apache/cassandra/service/GCInspector.java',
    },
    {
      // The machine may have stood still without a collection: then `gcTime` is 0.
      by: 'Neo4j',
      says: /\bVM stop-the-world pause: \{pauseTime=\d{1,12}, gcTime=\d{1,12}, gcCount=\d/i,
      reads: /\bstop-the-world pause: \{pauseTime=\d{1,12}, gcTime=(?<amount>\d{1,12}), gcCount=\d/i,
      unit: 'ms',
      example: 'Detected VM stop-the-world pause: {pauseTime=1340, gcTime=1312, gcCount=2}',
      source: 'https://neo4j.com/docs/operations-manual/current/performance/gc-tuning/',
    },
    {
      by: 'Go GODEBUG=gctrace=1',
      says: /\bgc \d+ @[\d.]+s \d+%: ([\d.]+)\+[\d.]+\+([\d.]+) (ms) clock/i,
      reads: /\bgc \d+ @[\d.]+s \d+%: (?<amount>[\d.]+)\+[\d.]+\+(?<more>[\d.]+) (?<unit>ms) clock/i,
      example: 'gc 18 @12.3s 5%: 0.018+1312+0.004 ms clock, 0.07+1/2/3+0.01 ms cpu, 4->4->2 MB',
      source: 'https://pkg.go.dev/runtime#hdr-Environment_Variables',
    },
    {
      by: 'JDK 9 and later',
      says: /\bPause (?:Full|Young|Remark|Cleanup|Init|Initial|Final|Degenerated|Mark|Relocate)\b.{0,200}?(?<![\d.])([\d.]+) ?(ms|s)\b/i,
      reads:
        /\bPause (?:Full|Young|Remark|Cleanup|Init|Initial|Final|Degenerated|Mark|Relocate)\b.{0,200}?(?<![\d.])(?<amount>[\d.]+) ?(?<unit>ms|s)\b/i,
      example: '[12.3s][info][gc] GC(7) Pause Full (G1 Compaction Pause) 1980M->1610M(2048M) 1312.412ms',
      source: 'https://openjdk.org/jeps/271',
    },
    {
      by: 'ZGC',
      says: /\bAllocation Stall\b.{0,80}?(?<![\d.])([\d.]+) ?(ms|s)\b/i,
      reads: /\bAllocation Stall\b.{0,80}?(?<![\d.])(?<amount>[\d.]+) ?(?<unit>ms|s)\b/i,
      example: '[12.3s][info][gc] Allocation Stall (http-nio-8080-exec-3) 1312.412ms',
      source: 'https://wiki.openjdk.org/display/zgc/Main',
    },
    {
      // `real` is the time that passed; the parts of the pause stand before it, each with its own time.
      by: 'JDK 8, CMS',
      says: /(?:\[(?:Full )?GC\b|\bconcurrent mode (?:failure|interrupted)\b|\bpromotion failed\b).{0,1000}\[Times: user=[\d.]{1,12} sys=[\d.]{1,12}, real=([\d.]{1,12}) (secs)\]/i,
      reads:
        /(?:\[(?:Full )?GC\b|\bconcurrent mode (?:failure|interrupted)\b|\bpromotion failed\b).{0,1000}\[Times: user=[\d.]{1,12} sys=[\d.]{1,12}, real=(?<amount>[\d.]{1,12}) (?<unit>secs)\]/i,
      example:
        '(concurrent mode failure): 1744832K->1610201K(1744832K), 3.3012 secs] 2010001K->1610201K(2051520K), 3.6101 secs] [Times: user=3.90 sys=0.02, real=3.61 secs]',
      source: 'https://docs.oracle.com/javase/8/docs/technotes/guides/vm/gctuning/cms.html',
    },
    {
      by: 'JDK 8',
      says: /\[(?:Full )?GC\b.{0,400}?(?<![\d.])([\d.]+) (secs?)\]/i,
      reads: /\[(?:Full )?GC\b.{0,400}?(?<![\d.])(?<amount>[\d.]+) (?<unit>secs?)\]/i,
      example: '[Full GC (Ergonomics) [PSYoungGen: 1K->0K(2K)] 1980K->1610K(2048K), 1.3124 secs]',
      source: 'https://docs.oracle.com/javase/8/docs/technotes/guides/vm/gctuning/',
    },
    {
      by: 'JVM safepoints',
      says: /\bthreads were stopped: ([\d.]+) (seconds)/i,
      reads: /\bthreads were stopped: (?<amount>[\d.]+) (?<unit>seconds)/i,
      example: 'Total time for which application threads were stopped: 1.3124 seconds',
      source: 'https://docs.oracle.com/javase/8/docs/technotes/tools/windows/java.html',
    },
    {
      by: 'JVM safepoints since JDK 13',
      says: /\bSafepoint "(?:G1|GenCollect|Parallel|Serial|Shenandoah|CMS|CGC|X|Z)\w*", .{0,120}\bTotal: (\d+) (ns)\b/i,
      reads:
        /\bSafepoint "(?:G1|GenCollect|Parallel|Serial|Shenandoah|CMS|CGC|X|Z)\w*", .{0,120}\bTotal: (?<amount>\d+) (?<unit>ns)\b/i,
      example:
        '[1.361s][info][safepoint] Safepoint "G1CollectForAllocation", Time since last: 295590960 ns, Reaching safepoint: 238882 ns, At safepoint: 1312000000 ns, Total: 1312238882 ns',
      source: 'https://github.com/openjdk/jdk/blob/master/src/hotspot/share/runtime/safepoint.cpp',
    },
    {
      by: 'OpenJ9',
      says: /<(?:exclusive-end|gc-end)\b.{0,160}? durationms="([\d.]+)/i,
      reads: /<(?:exclusive-end|gc-end)\b.{0,160}? durationms="(?<amount>[\d.]+)/i,
      unit: 'ms',
      example: '<exclusive-end id="33" timestamp="2026-01-06T03:12:07.000" durationms="1312.412" />',
      source: 'https://eclipse.dev/openj9/docs/vgclog/',
    },
    {
      by: 'Hadoop JvmPauseMonitor',
      says: /\bpause of approximately (\d+) ?(ms)/i,
      reads: /\bpause of approximately (?<amount>\d+) ?(?<unit>ms)/i,
      example: 'Detected pause in JVM or host machine (eg GC): pause of approximately 1312ms',
      source: 'https://hadoop.apache.org/docs/stable/api/org/apache/hadoop/util/JvmPauseMonitor.html',
    },
    {
      by: 'Node --trace-gc',
      says: /\b(?:Mark-sweep|Mark-Compact|Scavenge)\b.{0,200}?MB, (?:pooled: .{0,20}?MB, )?([\d.]+) \/ [\d.]+ ?(ms)/i,
      reads:
        /\b(?:Mark-sweep|Mark-Compact|Scavenge)\b.{0,200}?MB, (?:pooled: .{0,20}?MB, )?(?<amount>[\d.]+) \/ [\d.]+ ?(?<unit>ms)/i,
      example: '[1:0x5] 9123 ms: Mark-Compact (reduce) 1980.1 (2048.0) -> 1610.2 (2050.0) MB, 1312.4 / 0.0 ms',
      source: 'https://nodejs.org/en/learn/diagnostics/memory/using-gc-traces',
    },
    {
      by: 'Python gc.DEBUG_STATS',
      says: /\bgc: done\b.{0,200}?(?<![\d.])([\d.]+)(s) elapsed/i,
      reads: /\bgc: done\b.{0,200}?(?<![\d.])(?<amount>[\d.]+)(?<unit>s) elapsed/i,
      example: 'gc: done, 12 unreachable, 0 uncollectable, 1.3124s elapsed',
      source: 'https://docs.python.org/3/library/gc.html#gc.DEBUG_STATS',
    },
    {
      by: 'runtimes',
      says: /\b(?:gc(?! (?:sweep|job|run|task|worker)\b)|garbage collect(?:ion|or)|stop[- ]the[- ]world)\b.{0,60}?(?:pause[ds]?|took|lasted|stopped|duration|paused? for|of)\D{0,20}?([\d.]+) ?(ms|s|secs?|seconds|millis|milliseconds|us)\b/i,
      reads:
        /\b(?:gc(?! (?:sweep|job|run|task|worker)\b)|garbage collect(?:ion|or)|stop[- ]the[- ]world)\b.{0,60}?(?:pause[ds]?|took|lasted|stopped|duration|paused? for|of)\D{0,20}?(?<amount>[\d.]+) ?(?<unit>ms|s|secs?|seconds|millis|milliseconds|us)\b/i,
      example: 'Gen2 GC took 1312ms',
      source: CUSTOMARY,
    },
    {
      by: 'runtimes',
      says: /\b(?:pause[ds]?|stopped)\b.{0,40}?([\d.]+) ?(ms|s|secs?|seconds|millis|milliseconds)\b.{0,40}?\b(?:gc|garbage collect(?:ion|or))\b/i,
      reads:
        /\b(?:pause[ds]?|stopped)\b.{0,40}?(?<amount>[\d.]+) ?(?<unit>ms|s|secs?|seconds|millis|milliseconds)\b.{0,40}?\b(?:gc|garbage collect(?:ion|or))\b/i,
      example: 'application paused for 1.3 s by garbage collection',
      source: CUSTOMARY,
    },
  ],
);

/** Lines about one whole request that count the time of all collections during it. */
export const GC_SUMS = signList<AmountSign>(/gc/i, [
  {
    by: 'Rails',
    says: /\bCompleted \d{3}\b[^\n]{0,300}\| GC: [\d.]{1,12}ms\)/i,
    reads: /\| GC: (?<amount>[\d.]{1,12})(?<unit>ms)\)/i,
    example: 'Completed 200 OK in 1612ms (Views: 41.0ms | ActiveRecord: 12.1ms (3 queries, 0 cached) | GC: 1312.4ms)',
    source: 'https://api.rubyonrails.org/classes/ActiveSupport/Notifications/Event.html#method-i-gc_time',
  },
  {
    by: 'Rails (one line of fields for each request)',
    says: /\bgc_time(?:_ms)?["']?[=:] ?["']?[\d.]/i,
    reads: /\bgc_time(?:_ms)?["']?[=:] ?["']?(?<amount>[\d.]{1,12})/i,
    unit: 'ms',
    example: 'method=GET path=/feed status=200 duration=1612.20 view=41.00 db=12.10 gc_time=1312.4',
    source: 'https://api.rubyonrails.org/classes/ActiveSupport/Notifications/Event.html#method-i-gc_time',
  },
]);

/** A pause in brackets only names its cause: `Pause Young (Concurrent Start)`. */
const CONCURRENT = /(?<!\bPause [\w ]{1,20}\()\bconcurrent(?:ly)?\b|\bbackground\b/i;
/** CMS gave up its concurrent phase and stops the process instead. */
const CONCURRENT_FAILED = /\bconcurrent mode (?:failure|interrupted)\b/i;

/** A phase that stops nothing. */
export function isConcurrent(text: string): boolean {
  return CONCURRENT.test(text) && !CONCURRENT_FAILED.test(text);
}
