/** Calls that may wait for an answer as long as it takes, because the change no longer limits them. */
import { type Effect, effect, moreIn, type Sides } from '#model/changes/effect.ts';

/** Limits inside of a line: axios, requests, fetch, Go's context, Kotlin, asyncio, Ruby, Tokio, Java, aiohttp, .NET. */
const LIMITS_WAIT =
  /\btime_?-?out(?:_?(?:ms|millis\w{0,8}|secs?|seconds?))?["']?\s{0,3}[:=]\s{0,3}[\w.(]{0,40}\d|\bAbortSignal\.timeout\(|\bcontext\.With(?:Timeout|Deadline)\(|\bwithTimeout(?:OrNull)?\(|\basyncio\.(?:wait_for|timeout)\(|\bTimeout\.timeout\(|\btime::timeout\(|\.(?:orTimeout|completeOnTimeout)\(|\bset(?:Connect|Read|Response)Timeout\(|\bClientTimeout\(|\bCancelAfter\(/gi;
const LIMITS_AT_ALL = /time_?-?out|deadline|abort_?-?signal|cancel_?-?after/i;

export function unboundedWaits({ added, removed }: Sides): Effect[] {
  const isGone = moreIn(removed, added, LIMITS_WAIT).length > 0 && !LIMITS_AT_ALL.test(added);
  return effect('longer-timeout', isGone ? 'it no longer limits how long a call may wait' : '');
}
