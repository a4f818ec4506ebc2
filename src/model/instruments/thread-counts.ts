/**
 * Counts of a process's threads, as a client quotes them where it got no answer in time. StackExchange.Redis:
 *
 *   …, in: 65536, …, IOCP: (Busy=0,Free=1000,Min=8,Max=1000), WORKER: (Busy=412,Free=32355,Min=8,Max=32767),
 *   POOL: (Threads=412,QueuedItems=2911,CompletedItems=8120331), …
 *
 * .NET starts as many threads at once as `Min` says, and one more each half second. If more are busy and work waits for
 * one, or bytes of the server wait to be read, the process had no thread for the answer.
 * https://stackexchange.github.io/StackExchange.Redis/Timeouts
 */
const THREADS = /\b(?:IOCP|WORKER): \(Busy=(\d{1,7}),Free=\d{1,7},Min=(\d{1,7}),Max=\d{1,7}\)/g;
const QUEUED = /\bQueuedItems=[1-9]\d{0,9}\b/;
const UNREAD = /(?<![\w-])in: [1-9]\d{0,11}\b/;

/** The words for it; empty where the message has none, or shows free threads. */
export function missingThreads(message: string): string {
  const waiting = QUEUED.exec(message)?.[0] ?? UNREAD.exec(message)?.[0];
  if (waiting === undefined) return '';
  const busy = [...message.matchAll(THREADS)].find(([, busyThreads, least]) => Number(busyThreads) > Number(least));
  return busy === undefined ? '' : `${busy[0]}, ${waiting}`;
}
