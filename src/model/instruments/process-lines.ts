/** Lines that a process writes about itself, whatever request it works on. */
import { CLOCK_IS_OFF } from '#model/instruments/clock-words.ts';
import { GC_LINES } from '#model/instruments/gc-words.ts';
import { JOBS_GIVEN_UP } from '#model/instruments/job-words.ts';
import { FULL_MEMORY_REPORTS, KILLED_LINES, TIME_LIMIT_LINES } from '#model/instruments/kill-words.ts';
import { LOCK_ACQUIRED, LOCK_WAITING } from '#model/instruments/lock-words.ts';
import { LOOP_BLOCKED } from '#model/instruments/loop-words.ts';
import { POOL_IS_FULL, POOL_IS_SHORT, POOL_LINES, POOL_STATS } from '#model/instruments/pool-words.ts';
import { saysConsumerStarted } from '#model/instruments/queue-words.ts';
import { START_BEGINS, START_ENDS, START_LINES, START_REPORTS } from '#model/instruments/start-words.ts';
import { THREADS_ARE_FULL, THREADS_ARE_SHORT } from '#model/instruments/thread-words.ts';

const LISTS = [
  CLOCK_IS_OFF,
  GC_LINES,
  JOBS_GIVEN_UP,
  FULL_MEMORY_REPORTS,
  KILLED_LINES,
  LOCK_WAITING,
  LOCK_ACQUIRED,
  LOOP_BLOCKED,
  POOL_LINES,
  POOL_STATS,
  POOL_IS_FULL,
  POOL_IS_SHORT,
  START_BEGINS,
  START_ENDS,
  START_LINES,
  START_REPORTS,
  THREADS_ARE_FULL,
  THREADS_ARE_SHORT,
  TIME_LIMIT_LINES,
];

/** The kernel, V8, the JVM, Go, .NET, nginx and the kubelet, when memory runs out. */
const OUT_OF_MEMORY =
  /: no memory(?:,|$)|\bout of memory\b|\boutofmemory(?:error|exception)\b|\boom[- ]?kill|\breached heap limit\b|\bcannot allocate memory\b/i;

/**
 * AWS Lambda cannot begin the function: its runtime writes that before it knows any request.
 * https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
 */
const CANNOT_BEGIN =
  /\bRuntime\.(?:ImportModuleError|HandlerNotFound|MalformedHandlerName|UserCodeSyntaxError|InvalidEntrypoint|ExitError)\b/;

export function saysOfProcess(line: string): boolean {
  if (saysOutOfMemory(line) || saysCannotBegin(line) || saysConsumerStarted(line)) return true;
  return LISTS.some((list) => list.test(line));
}

export function saysOutOfMemory(line: string): boolean {
  return OUT_OF_MEMORY.test(line);
}

/** The function did not even start, so no request of it can succeed. */
export function saysCannotBegin(line: string): boolean {
  return CANNOT_BEGIN.test(line);
}
