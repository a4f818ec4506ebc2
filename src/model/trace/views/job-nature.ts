/** Jobs: what a schedule, a queue or a workflow starts, and no person waits for. */
import { nameInWords } from '#model/text/name-in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { isHttp } from '#model/trace/views/request-spans.ts';

/** Words of schedules and batches, as whole words of an operation, where no request is recorded. */
const JOB_WORD =
  /\b(?:cron(?:job)?|job|batch|nightly|hourly|daily|weekly|monthly|schedul(?:e|ed|er)|reconcil(?:e|er|ing)|etl|backup|vacuum|cleanup|reindex|crawl(?:er)?|worker|import|export|sync|warm(?:er|up|ing)?|prewarm|housekeeping|rollup|aggregat(?:e|ion)|compaction|migrat(?:e|ion)|snapshot|dump|repair|rebuild|backfill|replay|training|epoch|rollover|archiv(?:e|al|er|ing)|purge|sweep(?:er)?|reaper|ingest(?:ion)?|maintenance|checkpoint|rebalanc(?:e|ing)|retention|scrap(?:e|er|ing))\b/i;
const JOB_ATTRIBUTE =
  /^(?:job|cron|batch|schedule|quartz|sidekiq|celery|hangfire|spring\.batch|k8s\.(?:cron)?job|cloud_?scheduler|dag|airflow|argo|temporal|dbt|spark|flink|dagster|prefect|debezium|mlflow|cicd)\b/i;
/** Commands of frameworks, which a person or a schedule starts: Django, Laravel, Rails, Symfony, Elixir, WordPress, .NET. */
const COMMAND =
  /^(?:python3? )?(?:manage\.py|django-admin|(?:php )?artisan|rake|bin\/(?:rails|console)|mix|wp|dotnet)\s\S/i;
/**
 * How runners name what they run, with a name behind it: schedulers, Spring Batch, the consoles of Symfony and
 * Laravel, dbt (https://docs.getdbt.com/reference/dbt-commands). A method of an RPC has a dot or a slash there.
 */
const RUN =
  /^(?:cron(?:job)?|job|batch|console|artisan|nightly|hourly|daily|weekly|monthly|dbt (?:build|clone|compile|docs|run|seed|snapshot|source|test))[ :]\s?[\w-]/i;
/** Services that exist to start work at a time of their own. */
const JOB_SERVICE = /(?:^|[-_.])(?:cron(?:jobs?)?|scheduler|batch|nightly|backfill|backup)(?:$|[-_.])/i;
/** A job whose functions are its steps. */
export const A_WORKFLOW = 'a workflow';
/** Step Functions, Temporal, Cadence, Durable Functions, Airflow. */
const WORKFLOW =
  /\bStepFunctions\b|\bStateMachine\b|^(?:Run|Start)Workflow\b|\bWorkflow(?:Execution|Task)?\b|\borchestrat(?:or|ion):|^DAG\b/i;
/** Attributes of a run of Step Functions, and of Durable Task. */
const OF_WORKFLOW = /^(?:aws\.step_?functions|durabletask)\./i;
const TIMED_TRIGGER: ReadonlySet<string> = new Set(['timer', 'pubsub', 'datasource', 'other']);

/** A process gets ready before users come. */
export const A_WARM_UP = 'a warm-up';
/** App Engine's `/_ah/warmup`, Azure App Service's `/robots933456.txt`, and what services call so. */
const WARM_UP = /(?:^|\/)(?:_ah\/warmup|robots933456\.txt|_?(?:pre-?)?warm-?up)(?:$|[/?#])/i;

/**
 * Schedulers and queues that call an address call themselves so: Google's Cloud Scheduler, Tasks and App Engine, Amazon's
 * EventBridge, SNS and Elastic Beanstalk, Vercel, Upstash, cron-job.org, EasyCron.
 */
const SCHEDULER =
  /^(?:Google-Cloud-(?:Scheduler|Tasks)|AppEngine-Google|CloudPubSub-Google|APIs-Google|Amazon\/EventBridge|Amazon Simple Notification Service|aws-sqsd|vercel-cron|Upstash-QStash|cron-job\.org|EasyCron)/i;
/** Headers of the same. */
const SCHEDULED =
  /^http\.request\.header\.(?:x[-_](?:appengine[-_](?:cron|queuename|taskname)|cloudtasks[-_]\w+|cloudscheduler\w*|aws[-_]sqsd[-_]\w+)|upstash[-_]\w+)/i;

/** Routes that frameworks and hosts give to their schedulers (App Engine, Vercel, Laravel, Magento). */
const CRON_ROUTE =
  /(?:^|\/)_?(?:cron(?:[-_]?jobs?|[-_]?tasks?)?|schedulers?|scheduled(?:[-_](?:jobs?|tasks?))?)(?:\/|$)/i;

const OF_FUNCTION = /^faas\./;

/** A function whose instrumentation records no trigger, only that it was invoked. */
function isFunction(trace: Trace, span: SpanIndex): boolean {
  if (trace.text(span, 'faas.trigger') !== '' || trace.text(span, 'rpc.system.name') !== '') return false;
  return trace.hasAttribute(span, OF_FUNCTION);
}

function wasScheduled(trace: Trace, span: SpanIndex): boolean {
  if (SCHEDULER.test(trace.text(span, 'user_agent.original'))) return true;
  if (CRON_ROUTE.test(trace.text(span, 'http.route') || trace.text(span, 'url.path'))) return true;
  if (TIMER_METHOD.test(trace.text(span, 'rpc.method')) || TIMER_ROUTE.test(trace.text(span, 'url.path'))) return true;
  return Object.entries(trace.attributes(span)).some(
    ([name, value]) => SCHEDULED.test(name) || (typeof value === 'string' && isCron(value)),
  );
}

/** The method that an actor's timer calls: Orleans, Service Fabric. Dapr has a route for it. */
const TIMER_METHOD = /^ReceiveReminder(?:Async)?$/;
const TIMER_ROUTE = /\/actors\/[^/]+\/[^/]+\/method\/(?:remind|timer)\//;
/** Schedules of crontab have five fields, of Spring six, of Quartz six or seven. */
const FEWEST_FIELDS = 5;
const MOST_FIELDS = 7;
const CRON_FIELD = /^(?:[\d*?L]|MON|TUE|WED|THU|FRI|SAT|SUN|JAN|FEB)[\dA-Z*/,?#-]{0,40}$/;
const CRON_NAME = /^@(?:yearly|annually|monthly|weekly|daily|hourly|midnight)$/;

/** Whether a value is a schedule, as `0 4 * * *` or `@daily`. */
function isCron(value: string): boolean {
  if (value.length > LONGEST_CRON) return false;
  const fields = value.trim().split(/\s+/);
  if (fields.length === 1) return CRON_NAME.test(fields[0] ?? '');
  const isLength = fields.length >= FEWEST_FIELDS && fields.length <= MOST_FIELDS;
  return isLength && /[*?]/.test(value) && fields.every((field) => CRON_FIELD.test(field));
}

const LONGEST_CRON = 100;

/** What kind of job the trace is, with its article; undefined where it is none. */
export function jobWords(trace: Trace): string | undefined {
  const { root } = trace;
  const kind = trace.kind(root);
  const trigger = trace.text(root, 'faas.trigger');
  if (TIMED_TRIGGER.has(trigger))
    return trigger === 'timer' ? 'a scheduled function' : 'a function that an event started';
  if (kind === 'consumer' || trace.hasMark(root, MARK.processes)) return 'work on a message of a queue';
  if (isWorkflow(trace, root)) return A_WORKFLOW;
  if (isWarmUp(trace, root)) return A_WARM_UP;
  if (wasScheduled(trace, root)) return 'a job';
  if (kind !== 'server' && JOB_SERVICE.test(trace.service(root))) return 'a job';
  if (isHttp(trace, root) || kind === 'client') return undefined;
  const isRequest = kind === 'server' && !isFunction(trace, root) && !isRunOfJob(trace, root);
  return !isRequest && saysJob(trace, root) ? 'a job' : undefined;
}

function isWorkflow(trace: Trace, root: SpanIndex): boolean {
  if (WORKFLOW.test(trace.operation(root))) return true;
  return !isHttp(trace, root) && trace.hasAttribute(root, OF_WORKFLOW);
}

function isWarmUp(trace: Trace, root: SpanIndex): boolean {
  const addresses = ['http.route', 'url.path', 'url.full'].map((name) => trace.text(root, name));
  return [...addresses, trace.operation(root)].some((text) => WARM_UP.test(text));
}

/** What only somebody who called leaves: an address, a method, a message. */
const OF_CALLER = /^(?:https?|rpc|url|user_agent|net|network|client|server|messaging|graphql)[._]/;

/**
 * Runners and engines of jobs record a run as a server. It has their attributes, or the name of a run, and nothing of a
 * request.
 */
function isRunOfJob(trace: Trace, root: SpanIndex): boolean {
  const isCalled = ['rpc.system.name', 'url.path', 'http.route'].some((name) => trace.text(root, name) !== '');
  if (isCalled) return false;
  return trace.hasAttribute(root, JOB_ATTRIBUTE) || (isNamedAsRun(trace, root) && !trace.hasAttribute(root, OF_CALLER));
}

function isNamedAsRun(trace: Trace, root: SpanIndex): boolean {
  return RUN.test(trace.operation(root)) || COMMAND.test(trace.operation(root));
}

/** By its name, or by the attributes of a job's framework. */
function saysJob(trace: Trace, span: SpanIndex): boolean {
  if (trace.hasAttribute(span, JOB_ATTRIBUTE)) return true;
  return JOB_WORD.test(nameInWords(trace.operation(span))) || isNamedAsRun(trace, span);
}

/** Work of its own: its span is recorded as internal, and nothing of a request or a message is. */
export function isUnasked(trace: Trace): boolean {
  const { root } = trace;
  if (!isOwnWork(trace, root) || isHttp(trace, root) || trace.text(root, 'rpc.system.name') !== '') return false;
  if (/^(?:GET|POST|PUT|PATCH|DELETE|HEAD|QUERY)\b|^\//.test(trace.operation(root)) || isGraphql(trace, root))
    return false;
  return true;
}

/** Zipkin has no kind for work inside a service. A sender that records no kinds at all says nothing by leaving it out. */
function isOwnWork(trace: Trace, root: SpanIndex): boolean {
  if (trace.kind(root) !== 'unspecified') return trace.kind(root) === 'internal';
  for (let span = 0; span < trace.spanCount; span += 1)
    if (trace.kind(span) === 'client' || trace.kind(span) === 'producer') return !trace.isDatabaseCall(root);
  return false;
}

const OF_GRAPHQL = /^graphql\./;

/** An engine's span may be called `query` as well, but only GraphQL's has its attributes, or the name of what is asked. */
function isGraphql(trace: Trace, span: SpanIndex): boolean {
  if (/^(?:query|mutation)\s+\S/.test(trace.operation(span))) return true;
  return trace.hasAttribute(span, OF_GRAPHQL);
}
