/** Words for an event loop that could not take the next event. */
import { CUSTOMARY, signList } from '#model/instruments/sign-list.ts';

/** The runtime, or a library that watches it, names the loop or its callback. */
export const LOOP_BLOCKED = signList(/loop|blocked for|executing </i, [
  {
    by: 'Vert.x, Quarkus, Node.js, Netty',
    says: /\bevent[-_ ]?loop\b.{0,40}\b(?:block|lag|delay|stall|utili)/i,
    example: 'Thread Thread[vert.x-eventloop-thread-3,5,main] has been blocked for 2441 ms, time limit is 2000 ms',
    source: 'https://vertx.io/docs/vertx-core/java/#golden_rule',
  },
  {
    by: 'services',
    says: /\bblock(?:ed|ing|s)?\b.{0,20}\bevent[-_ ]?loop\b/i,
    example: 'JSON.parse blocked the event loop for 2,441 ms',
    source: CUSTOMARY,
  },
  {
    by: 'blocked-at',
    says: /^blocked for \d/i,
    example: 'Blocked for 2441.7ms, operation started here:',
    source: 'https://github.com/naugtur/blocked-at',
  },
  {
    by: 'asyncio',
    says: /\bexecuting <(?:task|handle|timerhandle)\b.{0,400}\btook \d/i,
    example: "Executing <Task pending name='Task-12' coro=<render() running at /app/feed.py:88>> took 2.441 seconds",
    source: 'https://docs.python.org/3/library/asyncio-dev.html#debug-mode',
  },
]);
