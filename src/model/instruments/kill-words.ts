/** Words of the kernel, a runtime or a supervisor for a process that was killed. */
import { type Sign, signList } from '#model/instruments/sign-list.ts';

/**
 * Lines for SIGKILL, without a reason. The kernel sends it when memory runs out; a person or a supervisor may send it
 * too.
 */
export const KILLED_LINES = signList(/137|kill|signal|SIGKILL|max memory used/i, [
  {
    by: 'Docker, containerd, Kubernetes',
    says: /\bexit(?:ed)?[ _-]?(?:with )?(?:code|status|code is)?["']?\s{0,2}[:=(]?\s{0,2}137\b/i,
    example: 'stock-1 exited with code 137',
    source: 'https://docs.docker.com/engine/containers/run/#exit-status',
  },
  {
    by: 'the kernel',
    says: /\bkilled process \d+ \(/i,
    example: 'Killed process 4121 (java) total-vm:8123456kB, anon-rss:4194304kB',
    source: 'https://www.kernel.org/doc/gorman/html/understand/understand016.html',
  },
  {
    by: 'systemd',
    says: /\bcode=killed, status=9\b|\bresult 'oom-kill'/i,
    example: 'stock.service: Main process exited, code=killed, status=9/KILL',
    source: 'https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html',
  },
  {
    by: 'AWS Lambda, Go os/exec',
    says: /\bsignal: killed\b/i,
    example: 'Error: Runtime exited with error: signal: killed',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html',
  },
  {
    // A function that succeeds with all of its memory in use was not killed.
    by: 'AWS Lambda, report of an invocation',
    says: /\bMemory Size: (?<lambdaSize>\d{1,6}) MB\s{1,4}Max Memory Used: \k<lambdaSize> MB\b[^\n]{0,120}\bStatus: error\b/i,
    example:
      'REPORT RequestId: 5d0ce1f2 Duration: 2400.00 ms Billed Duration: 2400 ms Memory Size: 256 MB Max Memory Used: 256 MB Status: error Error Type: Runtime.ExitError',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html',
  },
  {
    by: 'PHP-FPM, uWSGI, Celery, Gunicorn',
    says: /\b(?:exited (?:on|with|prematurely)|killed by|terminated by|was sent)\W{1,3}(?:signal )?(?:9\b|SIGKILL)/i,
    example: "Process 'ForkPoolWorker-2' pid:31 exited with 'signal 9 (SIGKILL)'",
    source: 'https://docs.celeryq.dev/en/stable/userguide/workers.html',
  },
]);

/**
 * What runs tasks says that the process of its task vanished: Airflow, Celery, Dask, Spark, Prefect. It says neither who
 * killed it nor how the process is called in its own log.
 */
export const TASK_VANISHED =
  /\bzombie (?:job|task)s?\b|\bNegsignal\.SIGKILL\b|\bWorkerLostError\b|\bKilledWorker\b|\bExecutorLostFailure\b|\btask (?:\w{1,20} )?(?:process|worker) (?:vanished|disappeared)\b|\bCrashed: (?:\w{1,20} ){0,4}(?:vanished|disappeared)\b/i;

/** Reports of a process that used all of its memory. Only with a kill beside it they say that this was why. */
export const FULL_MEMORY_REPORTS = signList(/max memory used/i, [
  {
    by: 'AWS Lambda, report of an invocation',
    says: /\bMemory Size: (?<memory>\d{1,6}) MB\s{1,4}Max Memory Used: \k<memory> MB\b/i,
    example:
      'REPORT RequestId: 7 Duration: 2137.91 ms Billed Duration: 2138 ms Memory Size: 128 MB Max Memory Used: 128 MB',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html',
  },
]);

/** `atLeast`: whoever ends the work looks at its clock from time to time, so the work ran longer than the limit. */
type LimitSign = Sign & Readonly<{ atLeast?: true }>;

/** Lines of what runs the code, when it ends work at its time limit. They seldom name the request. */
export const TIME_LIMIT_LINES = signList<LimitSign>(
  /time|harakiri|deadline|start_?to_?close|longer than|poll interval|rebalanced|exceeded|lock|receipt ?handle/i,
  [
    {
      // The broker lends a message for a time, and takes it back when the work is not over by then.
      by: 'Azure Service Bus, Amazon SQS, Google Pub/Sub',
      says: /\bMessageLockLost|\bthe lock supplied is invalid\b|\breceipt handle .{0,80}\bexpired\b|\b(?:ack(?:nowledge(?:ment)?)?[ _-]?deadline|visibility[ _-]?timeout)\b.{0,40}\b(?:exceeded|expired|has passed)\b/i,
      example:
        'The lock supplied is invalid. Either the lock expired, or the message has already been removed. (MessageLockLost)',
      source: 'https://learn.microsoft.com/azure/service-bus-messaging/message-transfers-locks-settlement',
    },
    {
      by: 'AWS Lambda, Vercel',
      says: /\bTask timed out after \d/i,
      example: '2026-07-30T11:49:30.162Z 5d0ce1f2-8d0f-4a16-9cb5-b3e0a1f4c001 Task timed out after 29.03 seconds',
      source: 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html',
    },
    {
      by: 'AWS Lambda, report of an invocation',
      says: /\bREPORT RequestId: [^\n]{1,400}\bStatus: timeout\b/i,
      example:
        'REPORT RequestId: 5d0ce1f2 Duration: 6000.00 ms Billed Duration: 6000 ms Memory Size: 256 MB Max Memory Used: 98 MB Status: timeout',
      source: 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html',
    },
    {
      by: 'Supabase Edge Functions',
      says: /\bwall[ -]?clock (?:time limit|limit|duration) (?:was )?reached\b|\bCPU time (?:hard )?limit reached\b/i,
      example: 'wall clock time limit reached: isolate 5d0ce1f2',
      source: 'https://supabase.com/docs/guides/troubleshooting/edge-function-wall-clock-time-limit-reached-Nk38bW',
    },
    {
      by: 'Cloudflare Workers',
      says: /\bWorker exceeded (?:CPU|resource) (?:time )?limits?\b|"outcome":"exceeded(?:Cpu|WallTime)"/i,
      example: 'Worker exceeded CPU time limit.',
      source: 'https://developers.cloudflare.com/workers/observability/errors/',
    },
    {
      by: 'Celery, Dramatiq (exceptions)',
      says: /\b(?:Soft)?TimeLimitExceeded\b/i,
      example: 'Task handler raised error: TimeLimitExceeded(300,)',
      source: 'https://docs.celeryq.dev/en/stable/userguide/workers.html#time-limits',
    },
    {
      by: 'Celery',
      says: /\b(?:soft|hard) time limit \(\d{1,6}(?:\.\d{1,6})?s\) exceeded\b/i,
      example: 'Soft time limit (300s) exceeded for mails.send[a33b0be1]',
      source: 'https://docs.celeryq.dev/en/stable/userguide/workers.html#time-limits',
    },
    {
      by: 'Google Cloud Functions, Cloud Run',
      says: /\bfunction execution took \d{1,9} ms, finished with status:? ?'?timeout\b|\breached the maximum request timeout\b/i,
      example: "Function execution took 60002 ms, finished with status: 'timeout'",
      source: 'https://cloud.google.com/run/docs/configuring/request-timeout',
    },
    {
      by: 'Azure Functions',
      says: /\btimeout value of \d\d:\d\d:\d\d(?:\.\d{1,7})? (?:was )?exceeded\b/i,
      example: 'Timeout value of 00:05:00 was exceeded by function: Functions.Thumbs',
      source: 'https://learn.microsoft.com/azure/azure-functions/functions-host-json#functiontimeout',
    },
    {
      by: 'Gunicorn, Puma, uWSGI',
      says: /\bWORKER TIMEOUT\b|\bterminating timed out worker\b|\bHARAKIRI\b/i,
      example: '[CRITICAL] WORKER TIMEOUT (pid:42)',
      source: 'https://docs.gunicorn.org/en/stable/settings.html#timeout',
    },
    {
      by: 'Rack::Timeout',
      says: /\bsource=rack-timeout\b[^\n]{0,300}\bstate=timed_out\b/i,
      example: 'source=rack-timeout id=7f wait=3ms timeout=15000ms service=15000ms state=timed_out at=error',
      source: 'https://github.com/zombocom/rack-timeout/blob/main/doc/logging.md',
    },
    {
      by: 'Rack::Timeout (exceptions)',
      says: /\bRack::Timeout::Request(?:TimeoutException|TimeoutError|ExpiryError)\b|\brequest ran for longer than \d{1,9} ?ms\b/i,
      example: 'Rack::Timeout::RequestTimeoutException (Request ran for longer than 15000ms )',
      source: 'https://github.com/zombocom/rack-timeout/blob/main/doc/exceptions.md',
    },
    {
      by: 'Unicorn',
      says: /\bworker=\d{1,4} PID:\d{1,10} timeout \(\d{1,9}s > \d{1,9}s\), killing\b/i,
      example: 'ERROR -- : worker=0 PID:303 timeout (16s > 15s), killing',
      source: 'https://github.com/ryuzee/SlideHub/issues/352',
    },
    {
      by: 'Elixir, Erlang (calls of a process)',
      says: /\bexited in: [\w.:]{1,80}\([^\0]{0,400}\)\s{0,20}\*\* \(EXIT\) time out\b/i,
      example: '** (exit) exited in: GenServer.call(Reports.Renderer, {:render, 7}, 5000) ** (EXIT) time out',
      source: 'https://hexdocs.pm/elixir/GenServer.html#call/3',
    },
    {
      by: 'Oban',
      says: /\bOban\.TimeoutError\b/i,
      example: '** (Oban.TimeoutError) Shop.Mails timed out after 30000ms',
      source: 'https://hexdocs.pm/oban/Oban.Worker.html#module-limiting-execution-time',
    },
    {
      by: 'Temporal',
      says: /\bStart_?To_?Close\b.{0,30}\btime(?:d )?out\b|\btime(?:d )?out\b.{0,30}\bStart_?To_?Close\b|\bTIMEOUT_TYPE_START_TO_CLOSE\b/i,
      example: 'activity StartToClose timeout (type: StartToClose)',
      source: 'https://docs.temporal.io/encyclopedia/detecting-activity-failures#start-to-close-timeout',
    },
    {
      by: 'Kubernetes activeDeadlineSeconds',
      says: /\bwas active (?:on the node )?longer than (?:the )?specified deadline\b/i,
      example: 'DeadlineExceeded: Job was active longer than specified deadline',
      source: 'https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup',
    },
    {
      by: 'RabbitMQ consumers',
      says: /\bdelivery acknowledgement on channel \d{1,6} timed out\b/i,
      atLeast: true,
      example:
        '(406) PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used: 1800000 ms.',
      source: 'https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout',
    },
    {
      by: 'Kafka consumers',
      says: /\bconsumer poll timeout has expired\b|\bcommit cannot be completed since the group has already rebalanced\b|\btime between subsequent calls to poll\(\) was longer than\b|\bmaximum poll interval \(\d{1,9} ?ms\) exceeded\b/i,
      example: 'Application maximum poll interval (300000ms) exceeded by 123ms',
      source: 'https://kafka.apache.org/documentation/#consumerconfigs_max.poll.interval.ms',
    },
    {
      by: 'PHP, PHP-FPM',
      says: /\bmaximum execution time of \d{1,9} seconds? exceeded\b|\bexecution timed out \(\d{1,9}(?:\.\d{1,9})? sec\), terminating\b/i,
      example: 'PHP Fatal error:  Maximum execution time of 30 seconds exceeded in /srv/app/report.php on line 88',
      source: 'https://www.php.net/manual/en/info.configuration.php#ini.max-execution-time',
    },
    {
      by: 'RQ, Laravel',
      says: /\bexceeded maximum timeout value \(\d{1,9} seconds\)|\bjob (?:has )?timed out\b|\bhas timed out\.? It will be\b/i,
      example: 'Task exceeded maximum timeout value (180 seconds)',
      source: 'https://python-rq.org/docs/jobs/#timeouts',
    },
  ],
);

/** A limit of computing: whoever reached it waited for nobody. */
const OF_PROCESSOR = /\bCPU\b|\bexceededCpu\b/i;

/** Whether the text says that the work was ended because it took too long by the clock. Time of the processor is no wait. */
export function saysTimeLimit(text: string): boolean {
  return TIME_LIMIT_LINES.test(text) && !OF_PROCESSOR.test(text);
}
