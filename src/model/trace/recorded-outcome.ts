/**
 * Attributes by which agents, job systems and pipelines record that an operation failed, where they set no span status.
 * An error that the agent was told to expect is none.
 *
 * A fault in the body of an answer counts, too: SOAP, JSON-RPC and GraphQL answer 200 with it.
 *
 * Sources: New Relic's span attributes, Elastic APM's `event.outcome`, Application Insights' data model, AWS X-Ray's
 * segment documents, Micrometer's conventions for HTTP, OpenTelemetry's conventions for CI/CD, Airflow's traces, Spring
 * Batch's metrics, and the states of Prefect, Dagster, Argo Workflows and Hangfire.
 */
import type { Attributes } from '#model/trace/columns.ts';

/** `failed` gets the value in lower case. */
type Outcome = Readonly<{ name: string; failed(value: string): boolean }>;

const isTrue = (value: string) => value === 'true' || value === '1';
const hasFailedState = (value: string) => /^(?:failed|failure|crashed|errored|error|faulted)$/.test(value);

/** A number is the HTTP status, which is judged by itself: New Relic writes `error.class = 500`. */
const isErrorClass = (value: string) => value !== 'none' && value !== 'null' && !/^\d{3}$/.test(value);

/** Faults inside of an answer that the transport calls successful, where the caller records them. */
const FAULTS_IN_BODY: readonly string[] = [
  'soap.fault.code',
  'soap.fault.string',
  'soap.fault.faultcode',
  'soap.fault.faultstring',
  'soap.fault.reason',
  'soap.faultcode',
  'rpc.jsonrpc.error_code',
  'rpc.jsonrpc.error_message',
  'jsonrpc.error.code',
  'jsonrpc.error.message',
  'graphql.error.message',
];

/** How many errors GraphQL's answer lists. */
const COUNTS_IN_BODY: readonly string[] = ['graphql.errors.count', 'graphql.error.count', 'graphql.response.errors'];

/** Answers that say by a word of their own how it went. */
const STATES_IN_BODY: readonly string[] = ['response.body.status', 'http.response.body.status', 'payload.status'];

/** RFC 6455, 7.4.1: the server closes the connection because of an unexpected condition of its own. */
const BROKE = '1011';

const OUTCOMES: readonly Outcome[] = [
  { name: 'error.class', failed: isErrorClass },
  { name: 'event.outcome', failed: (value) => value === 'failure' },
  { name: 'outcome', failed: (value) => value === 'server_error' },
  ...['fault', 'throttle', 'xray.fault', 'xray.throttle', 'aws.xray.fault', 'aws.xray.throttle'].map(
    (name): Outcome => ({ name, failed: isTrue }),
  ),
  ...['airflow.task.error', 'airflow.dag_run.error'].map((name): Outcome => ({ name, failed: isTrue })),
  ...[
    'airflow.task.state',
    'airflow.task_instance.state',
    'airflow.dag_run.state',
    'spring.batch.job.status',
    'spring.batch.step.status',
    'prefect.state.type',
    'prefect.flow_run.state',
    'prefect.task_run.state',
    'dagster.run.status',
    'argo.workflow.phase',
    'argo.node.phase',
    'hangfire.state',
    'quartz.job.status',
    'job.state',
    'job.status',
    'task.state',
    'celery.state',
    'cicd.pipeline.result',
    'cicd.pipeline.task.run.result',
  ].map((name): Outcome => ({ name, failed: hasFailedState })),
  ...['ws.close_code', 'websocket.close_code', 'websocket.close.code'].map(
    (name): Outcome => ({ name, failed: (value) => value === BROKE }),
  ),
  ...FAULTS_IN_BODY.map((name): Outcome => ({ name, failed: (value) => value !== '0' && value !== 'none' })),
  ...COUNTS_IN_BODY.map((name): Outcome => ({ name, failed: (value) => Number(value) > 0 })),
  ...STATES_IN_BODY.map((name): Outcome => ({ name, failed: hasFailedState })),
];

/** With Application Insights' `success` stands `resultCode`; elsewhere the word says something about the business. */
const SUCCESS = ['success', 'resultCode'] as const;
const EXPECTED = 'error.expected';

/** Every attribute that is read. */
export const OUTCOME_NAMES: readonly string[] = [...OUTCOMES.map(({ name }) => name), ...SUCCESS, EXPECTED];

/** `expected` where the failure was announced as no fault; undefined where no attribute says anything. */
export function recordedOutcome(attributes: Attributes): 'failed' | 'expected' | undefined {
  if (isTrue(textOf(attributes, EXPECTED))) return 'expected';
  if (saysNoSuccess(attributes)) return 'failed';
  return OUTCOMES.some(({ name, failed }) => {
    const value = textOf(attributes, name);
    return value !== '' && failed(value);
  })
    ? 'failed'
    : undefined;
}

/** A 4xx is a request that was rejected, which Application Insights counts as no success, too. */
function saysNoSuccess(attributes: Attributes): boolean {
  const [success, code] = SUCCESS;
  return textOf(attributes, success) === 'false' && /^(?!4\d\d$)./.test(textOf(attributes, code));
}

function textOf(attributes: Attributes, name: string): string {
  const value = attributes[name];
  return value === undefined ? '' : String(value).toLowerCase();
}
