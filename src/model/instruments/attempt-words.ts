/** Words for attempts: which attempt a call is, that it goes to a substitute, and that a substitute gave the answer. */

/** The names of attributes that count attempts. `counts`: from 1 for the first one, or only the repeats. */
const COUNTS_ATTEMPTS =
  /(?:^|[._])(?:try_?(?:number|count)?|attempts?|attempt_?(?:number|count)|hedge_?attempt|retry_?attempt)$/i;
const COUNTS_REPEATS = /(?:^|[._])(?:retries|retry_?(?:number|count)|resend_count|previous_rpc_attempts)$/i;

/**
 * Whether the attribute says that the call is a second or later attempt. Airflow: `try_number`. Celery: `retries`.
 * Temporal, Spring and the AWS SDKs: `attempt`. OpenTelemetry: `http.request.resend_count`. gRPC:
 * `grpc-previous-rpc-attempts`.
 */
export function countsLaterAttempt(name: string, value: unknown): boolean {
  const count = Number(value);
  return (COUNTS_REPEATS.test(name) && count >= 1) || (COUNTS_ATTEMPTS.test(name) && count >= 2);
}

/** The name of a span around one attempt: Traefik's `Attempt 2`, Polly's `Retry`, `balancer try 2`. */
const NAMES_ATTEMPT = /(?:^|[\s._:/#-])(?:attempts?|try|retry|retries|resend|redispatch|hedged?)(?:$|[\s._:/#-])/i;

export function namesAttempt(operation: string): boolean {
  return NAMES_ATTEMPT.test(operation);
}

/** The caller goes on with a substitute: another provider, a standby, the second of two hosts. */
const SWITCHES =
  /(?:^|[\s._:/-])(?:fail(?:ing|ed)?[ _-]?over|fall(?:ing)?[ _-]?back[ _-]to|switch(?:ing|ed)?[ _-]over|secondary|standby)(?:$|[\s._:/-])/i;

export function saysSwitch(text: string): boolean {
  return SWITCHES.test(text);
}
