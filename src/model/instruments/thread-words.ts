/** Words for a wait for a thread, a worker or a permit of the own process. */
import { CUSTOMARY, type Sign, signList } from '#model/instruments/sign-list.ts';
import type { AmountSign, DurationSign } from '#model/trace/wait-amounts.ts';

/**
 * `slot`: what jobs of many people share, as its system calls it. `isInFront`: the span has the name of the proxy in
 * front, and the threads are those of the application behind it.
 */
type SlotSign = Sign & Readonly<{ slot?: Slot; isInFront?: true }>;
type Slot = 'runner' | 'executor' | 'agent' | 'warehouse slot';

/** Names of spans that are only the wait. */
export const THREAD_OPERATIONS = signList<SlotSign>(
  /thread|worker|runner|agent|executor|bulkhead|flow control|concurrency control|scheduler|queue|proxy/i,
  [
    {
      by: 'Google Pub/Sub',
      says: /\bsubscriber concurrency control\b|\bpublisher flow control\b|\bsubscriber? scheduler\b/i,
      example: 'subscriber concurrency control',
      source: 'https://cloud.google.com/pubsub/docs/open-telemetry-tracing',
    },
    {
      by: 'GitHub Actions',
      says: /\bwaiting for an? (?:[\w-]{1,20} )?runner\b/i,
      slot: 'runner',
      example: 'Waiting for a runner to pick up this job',
      source: 'https://docs.github.com/en/actions/how-tos/manage-runners/self-hosted-runners/monitor-and-troubleshoot',
    },
    {
      by: 'Jenkins',
      says: /\bwaiting for (?:an|the|next)? ?available executor\b/i,
      slot: 'executor',
      example: 'Waiting for next available executor on linux',
      source: 'https://www.jenkins.io/doc/book/using/executor-starvation/',
    },
    {
      by: 'Azure Pipelines',
      says: /\bwaiting for an? (?:available|idle|build) agent\b/i,
      slot: 'agent',
      example: 'Waiting for an available agent',
      source: 'https://learn.microsoft.com/azure/devops/pipelines/troubleshooting/troubleshoot-start',
    },
    {
      by: 'services',
      says: /\bwait(?:ing)?[ ._-]*(?:for)[ ._-]*(?:a |the )?(?:free |idle |next )?(?:worker|thread)\b/i,
      example: 'wait for worker',
      source: CUSTOMARY,
    },
    {
      by: 'executors',
      says: /\b(?:thread ?pool|executor|worker ?pool)[ ._-](?:queue|wait)(?:[ ._-](?:wait|time))?$/i,
      example: 'executor.queue.wait',
      source: CUSTOMARY,
    },
    {
      by: 'Resilience4j',
      says: /\bbulkhead[ ._-](?:wait|acquire|queue)\b/i,
      example: 'bulkhead.acquire',
      source: 'https://resilience4j.readme.io/docs/bulkhead',
    },
    {
      by: 'Datadog Rack, OpenTelemetry Rack',
      says: /\bhttp_server\.(?:queue|proxy)$|\bhttp\.proxy\.queue$/i,
      isInFront: true,
      example: 'http_server.queue',
      source: 'https://docs.datadoghq.com/tracing/trace_collection/automatic_instrumentation/dd_libraries/ruby/',
    },
  ],
);

/** Attributes that measure the wait. The group captures the unit. */
export const THREAD_DURATIONS = signList<DurationSign & Readonly<{ slot?: Slot }>>(
  /thread|worker|executor|puma|rack|gunicorn|hystrix|request|in_queue|queued_/i,
  [
    {
      by: 'Snowflake',
      says: /^(?:db\.)?snowflake\.(?:[\w.]{1,40}\.)?queued_(?:overload|provisioning|repair)_time(?:_ms)?$/i,
      unit: 'ms',
      slot: 'warehouse slot',
      example: 'snowflake.queued_overload_time',
      source: 'https://docs.snowflake.com/en/sql-reference/account-usage/query_history',
    },
    {
      by: 'vLLM',
      says: /^gen_ai\.latency\.time_in_queue$/i,
      unit: 's',
      example: 'gen_ai.latency.time_in_queue',
      source: 'https://github.com/vllm-project/vllm/blob/main/vllm/tracing.py',
    },
    {
      by: 'executors',
      says: /thread[._]?pool[\w.]{0,60}(?:wait|queue|delay)[\w.]{0,20}?[._](ns|us|ms|milliseconds|s|seconds)$/i,
      example: 'thread_pool.queue_time_ms',
      source: CUSTOMARY,
    },
    {
      by: 'executors',
      says: /(?:worker|executor)[\w.]{0,30}queue[\w.]{0,30}(?:time|wait|delay)[._](ns|us|ms|milliseconds|s|seconds)$/i,
      example: 'executor.queue_wait_ms',
      source: CUSTOMARY,
    },
    {
      by: 'Hystrix',
      says: /\bhystrix\.(?:thread_?pool\.)?queue_?(?:time|wait)_(ms|us|s)$/i,
      example: 'hystrix.queue_time_ms',
      source: 'https://github.com/Netflix/Hystrix/wiki/Metrics-and-Monitoring',
    },
    {
      by: 'Puma, Rack, gunicorn',
      says: /^(?:puma|rack|gunicorn|http\.server|http_server|request|http\.request)[._](?:request[._])?queue(?:ing|d)?[._]?(?:time|duration|wait|delay)?[._](ms|us|s|seconds)$/i,
      example: 'puma.queue_time_ms',
      source: 'https://github.com/puma/puma/blob/master/docs/architecture.md',
    },
  ],
);

/** An event that begins a wait. */
export const THREAD_REQUESTED = signList(/queue|submitted/i, [
  {
    by: 'Triton Inference Server',
    says: /^queue start$/i,
    example: 'QUEUE_START',
    source: 'https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/user_guide/trace.html',
  },
  {
    by: 'executors',
    says: /^(?:task|job|work(?: item)?|request|callable|runnable) (?:queued|submitted)(?: (?:to|in|on) (?:the )?(?:executor|thread ?pool|worker ?pool|pool))?$/i,
    example: 'task submitted to executor',
    source: CUSTOMARY,
  },
]);

/** An event that ends it. */
export const THREAD_TAKEN = signList(/compute|started|dequeued|running/i, [
  {
    by: 'Triton Inference Server',
    says: /^compute start$/i,
    example: 'COMPUTE_START',
    source: 'https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/user_guide/trace.html',
  },
  {
    by: 'executors',
    says: /^(?:task|job|work(?: item)?|request|callable|runnable) (?:started|dequeued|running)(?: (?:by|on|in) (?:a |the )?(?:executor|thread|worker)[\w -]{0,20})?$/i,
    example: 'task started on worker 7',
    source: CUSTOMARY,
  },
]);

/** `isGuess`: a late timer shows that the process stood still, and the runtime names one of the possible reasons. */
type ShortSign = Sign & Readonly<{ isGuess?: true }>;

/** Nothing failed, but work has to wait for a thread. */
export const THREADS_ARE_SHORT = signList<ShortSign>(
  /thread|worker|children|queue|backlog|pool|executor|slot|permit|process|concurrency|request/i,
  [
    {
      by: 'RoadRunner',
      says: /\bno free workers\b|\bEventNoFreeWorkers\b/i,
      example: 'no free workers in the pool, wait timeout exceed {"internal_event_name": "EventNoFreeWorkers"}',
      source: 'https://docs.roadrunner.dev/docs/app-server/worker-pool',
    },
    {
      by: 'php-fpm',
      says: /\bseems busy \(you may need to increase\b/i,
      example:
        'WARNING: [pool www] seems busy (you may need to increase pm.start_servers, or pm.min/max_spare_servers), spawning 32 children, there are 0 idle, and 50 total children',
      source: 'https://www.php.net/manual/en/install.fpm.configuration.php',
    },
    {
      // One or two that wait for a moment are daily life: it warns of each.
      by: 'Waitress',
      says: /\btask queue depth is (?:[3-9]|[1-9]\d{1,5})\b/i,
      example: 'Task queue depth is 41',
      source: 'https://docs.pylonsproject.org/projects/waitress/en/stable/design.html',
    },
    {
      by: 'Uvicorn, Hypercorn, Limiters',
      says: /\b(?:limit_concurrency|max[-_ ]?(?:concurrent|concurrency|in[-_ ]?flight)[\w ]{0,20})\b.{0,20}\b(?:reached|exceeded|hit)\b/i,
      example: 'limit_concurrency reached, 40 connections waiting for a slot',
      source: 'https://www.uvicorn.org/settings/#resource-limits',
    },
    {
      by: 'application servers',
      says: /\b(?:no|0|zero) (?:idle|free|available|spare) (?:(?:http|php|ruby|request|application|web|unicorn|puma) )?(?:workers?|threads?|processes|slots?|children|permits?)\b(?!["']?[:=])|\bno (?:worker|thread|slot|permit)s? (?:is |was |were )?(?:available|free|idle)\b/i,
      example: 'no idle workers, 8 of 8 busy, listen queue 31',
      source: CUSTOMARY,
    },
    {
      by: 'application servers',
      says: /\ball (?:of )?(?:(?:the|our|its) )?(?:\d{1,6} )?(?:[\w-]{1,20} ){0,2}(?:workers|threads|processes|slots|children|executors|permits)\b(?: \([^)]{1,20}\))? (?:are |were |is )?(?:currently |already |now )?(?:busy|in use|taken|occupied|used|blocked|stuck|saturated|exhausted)\b/i,
      example: 'all gunicorn workers busy (4/4), request waited 6.3s in backlog',
      source: CUSTOMARY,
    },
    {
      by: 'application servers',
      says: /\b(?<all>\d{1,6}) ?(?:of|\/) ?\k<all> (?:[\w-]{1,20} ){0,2}(?:(?:workers?|threads?|processes|slots|children|executors|permits) )?(?:are |were )?(?:busy|in use|blocked|occupied|taken|stuck)\b(?=.{0,80}\b(?:queue|queued|waiting|pending|backlog))/i,
      example: 'worker pool "http": 16/16 in use, 55 waiting',
      source: CUSTOMARY,
    },
    {
      by: 'application servers',
      says: /(?<!could be caused by )\b(?:thread|worker|process|executor|request|concurrency)[-_ ]?(?:pool|limit(?:er)?)\b.{0,40}\b(?:exhausted|starv(?:ed|ation)|saturated|is full|at (?:its |the )?(?:limit|max(?:imum)?))\b/i,
      example: 'Thread pool starvation: 32 of 32 threads blocked, queue length 190',
      source: CUSTOMARY,
    },
    {
      by: 'Puma, Unicorn, servers behind a queue',
      says: /\brequest (?:was |had )?(?:waited|queued|spent|sat)\b.{0,20}\b\d[\d.]{0,8} ?(?:ms|s|seconds|milliseconds)\b.{0,20}\bin (?:the )?(?:\w{1,20}(?:['’]s)? )?(?:queue|backlog)\b|\brequest (?:was )?queued for \d[\d.]{0,8} ?(?:ms|s|seconds|milliseconds)\b/i,
      example: 'request waited 6352 ms in queue before a puma thread was free',
      source: CUSTOMARY,
    },
    {
      by: 'Tomcat',
      says: /\ball threads \(\d{1,6}\) are currently busy\b|\bmaximum number of threads \(\d{1,6}\) created for connector/i,
      example: 'All threads (200) are currently busy, waiting. Increase maxThreads (200) or check the servlet status',
      source: 'https://tomcat.apache.org/tomcat-9.0-doc/config/http.html',
    },
    {
      by: 'Kestrel (.NET)',
      says: /\bcould be caused by thread ?pool starvation/i,
      isGuess: true,
      example:
        'As of "01/06/2026 03:12:07", the heartbeat has been running for "00:00:01.92" which is longer than "00:00:01". This could be caused by thread pool starvation.',
      source: 'https://learn.microsoft.com/dotnet/core/diagnostics/debug-threadpool-starvation',
    },
    {
      by: 'php-fpm',
      says: /\breached (?:pm\.)?max_children setting/i,
      example: '[pool www] server reached pm.max_children setting (5), consider raising it',
      source: 'https://www.php.net/manual/en/install.fpm.configuration.php',
    },
    {
      by: 'Apache httpd',
      says: /\breached (?:MaxRequestWorkers|MaxClients) setting|\bnot enough idle worker threads\b/i,
      example: 'AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting',
      source: 'https://httpd.apache.org/docs/2.4/mod/mpm_common.html#maxrequestworkers',
    },
    {
      by: 'uWSGI',
      says: /\blisten queue of socket\b.{0,80}\bfull\b/i,
      example: '*** uWSGI listen queue of socket ":8000" (fd: 3) full !!! (101/100) ***',
      source: 'https://uwsgi-docs.readthedocs.io/en/latest/articles/TheArtOfGracefulReloading.html',
    },
    {
      by: 'Puma',
      says: /\bbacklog"?[:=]\s?[1-9]\d{0,6}[,\s][^\n]{0,80}\bpool_capacity"?[:=]\s?0\b/i,
      example: '{ "backlog": 41, "running": 5, "pool_capacity": 0, "max_threads": 5, "requests_count": 881204 }',
      source: 'https://github.com/puma/puma/blob/master/docs/stats.md',
    },
    {
      by: 'Passenger',
      says: /\brequest queue (?:is )?full\b/i,
      example: 'Request queue is full. Returning an error',
      source:
        'https://www.phusionpassenger.com/docs/references/config_reference/nginx/#passenger_max_request_queue_size',
    },
    {
      by: 'Jetty',
      says: /\bQueuedThreadPool\b.{0,120}\b(?:low on threads|insufficient)/i,
      example: 'QueuedThreadPool[qtp1]@5 is low on threads',
      source: 'https://jetty.org/docs/jetty/12/operations-guide/modules/standard.html',
    },
    {
      by: 'WebLogic',
      says: /\bhas been busy for "?\d{1,6}"? seconds\b/i,
      example: '[STUCK] ExecuteThread: 12 has been busy for "612" seconds working on the request',
      source: 'https://docs.oracle.com/en/middleware/standalone/weblogic-server/14.1.1.0/cnfgd/self_tuned.html',
    },
    {
      by: 'services',
      says: /\bwait(?:s|ed|ing)? .{0,20}for (?:a |an )?(?:free |idle |available )?(?:worker|thread)\b(?! pool to)/i,
      example: 'request waited 2300 ms for a free worker',
      source: CUSTOMARY,
    },
  ],
);

/** `isOfStore`: a client passes on what its store answered, and the threads are those of the store. */
type FullSign = Sign & Readonly<{ isOfStore?: true }>;

/** Work was rejected because no thread was free. */
export const THREADS_ARE_FULL = signList<FullSign>(
  /thread|reject|bulkhead|semaphore|queued|executor|goroutine|permit|worker|slot|H11|backlog/i,
  [
    {
      by: 'services',
      says: /\btime(?:d )?[- ]?out (?:while )?waiting for (?:an? |the )?(?:free |idle |available )?(?:worker|thread|permit|executor|worker slot)\b(?! pool to)/i,
      example: 'timed out waiting for a free worker',
      source: CUSTOMARY,
    },
    {
      by: 'Heroku router',
      says: /\bcode=H11\b|\bdesc="Backlog too deep"/i,
      example: 'at=error code=H11 desc="Backlog too deep" method=GET path="/" dyno=',
      source: 'https://devcenter.heroku.com/articles/error-codes#h11-backlog-too-deep',
    },
    {
      by: 'Java executors',
      says: /\bRejectedExecutionException\b(?!.{0,300}\b(?:terminated|shutting down|shut down)\b)/i,
      example:
        'java.util.concurrent.RejectedExecutionException: Task rejected from ThreadPoolExecutor[Running, pool size = 10, active threads = 10, queued tasks = 50]',
      source:
        'https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/concurrent/RejectedExecutionException.html',
    },
    {
      by: 'Spring',
      says: /\bTaskRejectedException\b/i,
      example: 'org.springframework.core.task.TaskRejectedException',
      source: 'https://docs.spring.io/spring-framework/reference/integration/scheduling.html',
    },
    {
      by: 'Resilience4j',
      says: /\bbulkhead\b.{0,80}\bfull\b|\bBulkheadFullException\b/i,
      example: "Bulkhead 'stock' is full and does not permit further calls",
      source: 'https://resilience4j.readme.io/docs/bulkhead',
    },
    {
      by: 'Hystrix',
      says: /\bcould not (?:be queued for|acquire a semaphore for) execution\b/i,
      example: 'getStock could not acquire a semaphore for execution and fallback failed',
      source: 'https://github.com/Netflix/Hystrix/wiki/How-it-Works',
    },
    {
      by: 'Elasticsearch, OpenSearch',
      says: /\b(?:Es|OpenSearch)RejectedExecutionException\b|\b(?:es|opensearch)_rejected_execution_exception\b/i,
      isOfStore: true,
      example:
        'es_rejected_execution_exception: rejected execution of TimedRunnable on EsThreadPoolExecutor[name = node-1/search, queue capacity = 1000]',
      source: 'https://www.elastic.co/docs/troubleshoot/elasticsearch/rejected-requests',
    },
    {
      by: '.NET',
      says: /\bnot enough free threads in the ThreadPool\b/i,
      example: 'There were not enough free threads in the ThreadPool to complete the operation.',
      source: 'https://learn.microsoft.com/dotnet/core/diagnostics/debug-threadpool-starvation',
    },
    {
      by: 'ants (Go)',
      says: /\btoo many goroutines blocked on submit\b/i,
      example: 'too many goroutines blocked on submit or Nonblocking is set',
      source: 'https://pkg.go.dev/github.com/panjf2000/ants/v2#pkg-variables',
    },
    {
      by: 'Tokio',
      says: /^no permits available$/i,
      example: 'no permits available',
      source: 'https://docs.rs/tokio/latest/tokio/sync/enum.TryAcquireError.html',
    },
    {
      by: 'Polly',
      says: /\bBulkheadRejectedException\b/i,
      example: 'Polly.Bulkhead.BulkheadRejectedException',
      source: 'https://github.com/App-vNext/Polly/wiki/Bulkhead',
    },
  ],
);

/** Lines of a proxy about one request that it kept in its queue, until the server had a slot for it. */
export const PROXY_QUEUES = signList<AmountSign>(/\/-?\d{1,9}\/\+?\d{1,9} \d{3} /i, [
  {
    // TR/Tw/Tc/Tr/Ta: the second is the time in the queues, in milliseconds.
    by: 'HAProxy (option httplog)',
    says: /\s\d{1,9}\/[1-9]\d{0,8}\/\d{1,9}\/-?\d{1,9}\/\+?\d{1,9} \d{3} \+?\d{1,15} \S{1,200} \S{1,200} [-a-z]{4} /i,
    reads:
      /\s\d{1,9}\/(?<amount>\d{1,9})\/\d{1,9}\/-?\d{1,9}\/\+?\d{1,9} \d{3} \+?\d{1,15} \S{1,200} \S{1,200} [-a-z]{4} /i,
    unit: 'ms',
    example:
      'haproxy[12]: 10.0.0.9:51022 [25/Nov/2026:10:00:02.115] web orders/orders-1 0/2431/1/38/2470 200 812 - - ---- 212/210/60/60/0 0/114 "GET /orders HTTP/1.1"',
    source: 'https://docs.haproxy.org/3.2/configuration.html#8.2.3',
  },
]);
