/**
 * Words by which an engine of workflows refuses the result of a task that itself went well. The engine's own line is all
 * that shows it.
 *
 *   {"error":"States.DataLimitExceeded","cause":"The state/task 'arn:aws:lambda:…:function:collect' returned a result with a size exceeding …"}
 */

/** AWS Step Functions: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const OF_STEP_FUNCTIONS =
  /\bstate\/task '(?:arn:[\w:-]{1,120}:(?:function|activity):)?(?<task>[\w-]{1,128})(?::[\w$-]{1,128})?' returned a result with a size exceeding\b/i;
/** Temporal and Cadence: https://docs.temporal.io/troubleshooting/blob-size-limit-error */
const OF_TEMPORAL =
  /(?=[^\n]{0,400}\b(?:complete result|result of activity|activity result) exceeds (?:the )?size limit)[^\n]{0,400}\bactivity[_ ]?type["']?\s{0,2}[:= ]\s{0,2}["']?(?<task>[\w.-]{1,128})/i;

const LONGEST_READ = 2_000;

/** The name of the task whose result the engine refuses as too large; empty where the line is about something else. */
export function taskWithLargeResult(line: string): string {
  const read = line.slice(0, LONGEST_READ);
  if (!/size/i.test(read)) return '';
  return (OF_STEP_FUNCTIONS.exec(read) ?? OF_TEMPORAL.exec(read))?.groups?.task ?? '';
}
