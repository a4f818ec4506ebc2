/**
 * Calls that wait for others while a lock is held: one request talks to a store or a device, and all others wait for the lock.
 *
 *   -  mu.Lock(); job := jobs[id]; mu.Unlock()          the lock is held for a look into the table
 *   +  mu.Lock(); defer mu.Unlock(); job := jobs[id]    it is held until the function returns
 *      return job.send(ctx)                             ← a call over the network, with the lock
 */
import type { DiffLine } from '#model/changes/diff-lines.ts';

/** Locks with a block of their own: Java, C#, Kotlin, Python, Ruby, Swift, JavaScript. */
const OPENS_BLOCK =
  /\bsynchronized\b|\block\s?\(\s?[\w.]{1,60}\s?\)|\.(?:withLock|runExclusive|synchronize|with_lock)\b|\b(?:async )?with\s{1,3}[\w.]{0,60}(?:lock|mutex|semaphore)\w{0,20}(?:\(\s?\))?\s{0,2}:/i;
/** Locks that are held from this line on: Go, Java, C++, Rust, .NET, Python, pthreads. */
const TAKES =
  /\.R?Lock\(\s?\)|\.lock\(\s?\)|\.acquire\(\s?\)|\bMonitor\.Enter\(|\.(?:EnterWriteLock|WaitOne|WaitAsync)\(|\bstd::(?:lock_guard|unique_lock|scoped_lock)\b|\bpthread_mutex_lock\(/;
const RELEASES =
  /\.R?Unlock\(|\.unlock\(|\.release\(|\bMonitor\.Exit\(|\.(?:ExitWriteLock|ReleaseMutex|Release)\(|\bpthread_mutex_unlock\(/;
/** It is released only where the function ends. */
const LATER = /\bdefer\b/;
const CALL = /\b([A-Za-z_]\w{0,60}(?:\.[A-Za-z_]\w{0,60}){0,4}[!?]?)\s?\(([^()\n]{0,200})/g;
/** Who waits: Go's context carries the deadline of a call (pkg.go.dev/context), and `await` is for what takes time. */
const WAITS = /^\s{0,2}(?:ctx|context|r\.Context)\b/;
const AWAITED = /\bawait\b/;
/** Clients of the network, of stores and of files, by what people name them. */
const OUTSIDE =
  /(?:^|\.)(?:https?|fetch|axios|requests|urllib|db|conn|pool|tx|cursor|session|redis|stub)(?:\.|$)|client|gateway|remote|api(?:\.|$)|webhook|grpc|publish|producer|kafka|socket|(?:^|\.)(?:query|execute?|send|recv|receive|read|write|post|put|upload|download|dial|connect|flush)(?:[A-Z_]\w{0,40})?$/i;

/** Calls that a lock surrounds now, and did not before. */
export function callsUnderLock(lines: readonly DiffLine[]): readonly string[] {
  const before = new Set(heldIn(lines.filter(({ mark }) => mark !== '+')));
  return heldIn(lines.filter(({ mark }) => mark !== '-')).filter((call) => !before.has(call));
}

function heldIn(lines: readonly DiffLine[]): string[] {
  const found: string[] = [];
  // From this indent on, the lock is held.
  let from = Number.POSITIVE_INFINITY;
  for (const line of lines.filter(({ text }) => !/^\{?$/.test(text))) {
    const isFree = isReleased(line) || line.indent < from;
    if (!isFree) found.push(...waitingCalls(line.text));
    else from = isReleased(line) ? Number.POSITIVE_INFINITY : heldFrom(line);
  }
  return found;
}

function isReleased({ mark, text }: DiffLine): boolean {
  return mark === 'place' || mark === 'file' || (RELEASES.test(text) && !LATER.test(text));
}

function heldFrom({ text, indent }: DiffLine): number {
  if (OPENS_BLOCK.test(text)) return indent + 1;
  return TAKES.test(text) ? indent : Number.POSITIVE_INFINITY;
}

function waitingCalls(text: string): string[] {
  const isAwaited = AWAITED.test(text);
  return Array.from(text.matchAll(CALL), ([, name = '', given = '']) => ({ name, given }))
    .filter(({ name, given }) => !NO_CALL.test(name) && (isAwaited || WAITS.test(given) || OUTSIDE.test(name)))
    .map(({ name }) => name);
}

/** Words of the language, and the lock itself. */
const NO_CALL =
  /^(?:if|for|while|switch|match|return|func|function|catch|with|lock|synchronized)$|(?:un)?lock$|acquire$/i;
