/**
 * Work beside the request that nothing ends since the change: each request leaves a goroutine, a coroutine, a task or a
 * timer, with the memory that it holds.
 *
 *   -  ctx, cancel := context.WithTimeout(ctx, wait)
 *   -  defer cancel()
 *   +  go c.watch(context.Background(), key)
 */
import { type Effect, effect, moreIn, type Sides } from '#model/changes/effect.ts';

/** Go, Kotlin, Rust, Python, .NET, JavaScript, Java, Ruby. */
const STARTS =
  /^\s{0,40}go\s{1,3}[\w.]{1,80}\(|\bgo func\b|\bGlobalScope\.(?:launch|async)\b|\b(?:tokio|task|actix_rt)::spawn\(|\basyncio\.(?:create_task|ensure_future)\(|\bTask\.(?:Run|Factory\.StartNew)\(|\bsetInterval\(|\bnew Thread\(|\bThread\.(?:new|startVirtualThread)\b/gm;
/**
 * What ends such work with its request. Go's vet calls a context whose cancel is not called a leak.
 * https://pkg.go.dev/context#WithCancel
 */
const ENDS =
  /\bdefer\s{1,3}\w{0,40}[cC]ancel\w{0,20}\(|\bcontext\.With(?:Timeout|Cancel|Deadline)\w{0,10}\(|\b(?:clearInterval|withTimeout(?:OrNull)?|coroutineScope|supervisorScope)\b|\b(?:TaskGroup|JoinSet|errgroup|WaitGroup|CancellationTokenSource)\b|\.(?:abort|cancel|unsubscribe|dispose|shutdown)\(/g;

export function endlessTasks({ added, removed }: Sides): Effect[] {
  const [started = ''] = moreIn(added, removed, STARTS);
  const isOpen = started !== '' && moreIn(removed, added, ENDS).length > 0 && (added.match(ENDS) ?? []).length === 0;
  return effect(
    'never-closed',
    isOpen ? `it starts work beside the request that nothing ends (${started.trim().replace(/\($/, '')})` : '',
  );
}
