/** What a server answers to a request that waited too long in its own queue: it was reached, and had no place to work on it. */
import { type Sign, signList } from '#model/instruments/sign-list.ts';

/** A message, an exception or a line of the caller. */
export const LEFT_IN_QUEUE = signList<Sign>(/queue|expired|back-?pressure/i, [
  {
    by: 'Triton Inference Server',
    says: /\bUNAVAILABLE\b[^\n]{0,40}\bRequest timeout expired\b/i,
    example: '[StatusCode.UNAVAILABLE] Request timeout expired',
    source:
      'https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/user_guide/model_configuration.html#queue-policy',
  },
  {
    by: 'Kubernetes (priority and fairness), Vespa, Presto, gateways',
    says: /\btim(?:e-?out|ed out) (?:while )?(?:waiting )?in (?:the |its )?(?:\w{1,20} )?queue\b|\bmaximum queued time limit\b/i,
    example: 'request rejected: time-out in queue',
    source: 'https://kubernetes.io/docs/reference/debug-cluster/flow-control/',
  },
  {
    by: 'Snowflake',
    says: /\bSTATEMENT_QUEUED_TIMEOUT\w{0,12}\b|\bstatement (?:\S{1,60} )?reached its (?:statement )?queued? timeout\b/i,
    example: 'SQL execution was cancelled by STATEMENT_QUEUED_TIMEOUT_IN_SECONDS',
    source: 'https://docs.snowflake.com/en/sql-reference/parameters#statement-queued-timeout-in-seconds',
  },
  {
    by: 'TensorFlow Serving',
    says: /\bbatch scheduling queue to which this task was submitted is full\b/i,
    example: 'The batch scheduling queue to which this task was submitted is full',
    source: 'https://github.com/tensorflow/serving/blob/master/tensorflow_serving/batching/README.md',
  },
  {
    by: 'Ray Serve',
    says: /\bBackPressureError\b|\brequest dropped due to backpressure\b/i,
    example: 'ray.serve.exceptions.BackPressureError: Request dropped due to backpressure (num_queued_requests=10)',
    source: 'https://docs.ray.io/en/latest/serve/advanced-guides/performance.html',
  },
]);
