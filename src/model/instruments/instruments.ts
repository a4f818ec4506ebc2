/** Every list of words by its meaning and the place where the words stand. The documentation is written from it. */
import { NAME_UNRESOLVED } from '#model/instruments/address-words.ts';
import { STEP_LIMITS } from '#model/instruments/agent-words.ts';
import { CACHE_LOOKUPS, CACHE_MISSES, CACHE_WRITES } from '#model/instruments/cache-words.ts';
import { CERTIFICATE_EXPIRED, CERTIFICATE_OF_OTHERS } from '#model/instruments/certificate-words.ts';
import { CIRCUIT_OPEN } from '#model/instruments/circuit-words.ts';
import { CLOCK_IS_OFF, CLOCKS_DIFFER } from '#model/instruments/clock-words.ts';
import { CONNECTION_CUT, CONNECTION_REFUSED } from '#model/instruments/cut-words.ts';
import { GC_LINES, GC_OPERATIONS, GC_SUMS } from '#model/instruments/gc-words.ts';
import { PEER_GONE } from '#model/instruments/gone-words.ts';
import { JOBS_GIVEN_UP } from '#model/instruments/job-words.ts';
import { KEY_UNKNOWN, KEYS_NOT_FETCHED, OWN_LOGIN_REFUSED, SIGNATURE_REFUSED } from '#model/instruments/key-words.ts';
import { FULL_MEMORY_REPORTS, KILLED_LINES, TIME_LIMIT_LINES } from '#model/instruments/kill-words.ts';
import {
  LOCK_ACQUIRED,
  LOCK_CALLS,
  LOCK_DURATIONS,
  LOCK_EVENT_DURATIONS,
  LOCK_FAILED,
  LOCK_OPERATIONS,
  LOCK_WAIT_EVENTS,
  LOCK_WAITING,
  LOCKING_STATEMENTS,
} from '#model/instruments/lock-words.ts';
import { LOOP_BLOCKED } from '#model/instruments/loop-words.ts';
import { PANICS, PROCESS_ENDS } from '#model/instruments/panic-words.ts';
import {
  POOL_ACQUIRED,
  POOL_DURATIONS,
  POOL_EVENT_DURATIONS,
  POOL_IS_FULL,
  POOL_IS_SHORT,
  POOL_LINES,
  POOL_OPERATIONS,
  POOL_REQUESTED,
  POOL_STATS,
} from '#model/instruments/pool-words.ts';
import {
  DELIVERY_COUNTS,
  MESSAGES_BEHIND,
  QUEUE_DELAYS,
  QUEUE_DURATIONS,
  QUEUE_LINES,
  QUEUED_AT,
  QUEUED_EVENTS,
  QUEUED_WORK,
} from '#model/instruments/queue-words.ts';
import { REPLICA_BEHIND, STORE_AWAY, TOO_FEW_REPLICAS } from '#model/instruments/replica-words.ts';
import { ROUTER_GAVE_UP } from '#model/instruments/router-words.ts';
import { LEFT_IN_QUEUE } from '#model/instruments/server-queue-words.ts';
import type { SignList } from '#model/instruments/sign-list.ts';
import { SKEWED } from '#model/instruments/skew-words.ts';
import {
  FUNCTION_NOT_STARTED,
  LOAD_DURATIONS,
  NO_INSTANCE,
  RECYCLED,
  START_BEGINS,
  START_DURATIONS,
  START_ENDS,
  START_HOLDS,
  START_LINES,
  START_OPERATIONS,
  START_REMARKS,
  START_REPORTS,
} from '#model/instruments/start-words.ts';
import { STATEMENT_LINES } from '#model/instruments/statement-words.ts';
import {
  PROXY_QUEUES,
  THREAD_DURATIONS,
  THREAD_OPERATIONS,
  THREAD_REQUESTED,
  THREAD_TAKEN,
  THREADS_ARE_FULL,
  THREADS_ARE_SHORT,
} from '#model/instruments/thread-words.ts';

type Place = 'span name' | 'attribute' | 'event' | 'event or line' | 'message, event or line' | 'line' | 'statement';

export type Meaning = Readonly<{ means: string; lists: readonly (readonly [Place, SignList])[] }>;

export const MEANINGS: readonly Meaning[] = [
  {
    means: 'waits for a connection of a pool',
    lists: [
      ['span name', POOL_OPERATIONS],
      ['attribute', POOL_DURATIONS],
      ['attribute', POOL_EVENT_DURATIONS],
      ['event or line', POOL_REQUESTED],
      ['event or line', POOL_ACQUIRED],
      ['event or line', POOL_IS_SHORT],
      ['event or line', POOL_STATS],
      ['line', POOL_LINES],
    ],
  },
  { means: 'got no connection', lists: [['message, event or line', POOL_IS_FULL]] },
  {
    means: 'waits for a thread or a worker',
    lists: [
      ['span name', THREAD_OPERATIONS],
      ['attribute', THREAD_DURATIONS],
      ['event', THREAD_REQUESTED],
      ['event', THREAD_TAKEN],
      ['event or line', THREADS_ARE_SHORT],
      ['line', PROXY_QUEUES],
    ],
  },
  { means: 'got no thread', lists: [['message, event or line', THREADS_ARE_FULL]] },
  {
    means: 'waits for a lock',
    lists: [
      ['span name', LOCK_OPERATIONS],
      ['span name', LOCK_CALLS],
      ['attribute', LOCK_DURATIONS],
      ['event', LOCK_EVENT_DURATIONS],
      ['attribute', LOCK_WAIT_EVENTS],
      ['event or line', LOCK_WAITING],
      ['event or line', LOCK_ACQUIRED],
      ['statement', LOCKING_STATEMENTS],
    ],
  },
  { means: 'logs a statement with its duration', lists: [['line', STATEMENT_LINES]] },
  { means: 'got no answer from enough replicas', lists: [['message, event or line', TOO_FEW_REPLICAS]] },
  {
    means: 'takes no statement: the store starts, ends, moves or is offline',
    lists: [['message, event or line', STORE_AWAY]],
  },
  { means: 'read from a replica that is behind', lists: [['message, event or line', REPLICA_BEHIND]] },
  { means: 'failed because of a lock', lists: [['message, event or line', LOCK_FAILED]] },
  { means: 'blocks its event loop', lists: [['event or line', LOOP_BLOCKED]] },
  {
    means: 'pauses for garbage collection',
    lists: [
      ['span name', GC_OPERATIONS],
      ['line', GC_LINES],
      ['line', GC_SUMS],
    ],
  },
  {
    means: 'reads or misses a cache',
    lists: [
      ['span name', CACHE_LOOKUPS],
      ['span name', CACHE_WRITES],
      ['event', CACHE_MISSES],
    ],
  },
  { means: 'lost its connection during a call', lists: [['message, event or line', CONNECTION_CUT]] },
  { means: 'calls a peer that is known to be dead', lists: [['message, event or line', PEER_GONE]] },
  { means: 'was left in the queue of the server that it reached', lists: [['message, event or line', LEFT_IN_QUEUE]] },
  { means: 'refused for its time', lists: [['message, event or line', CLOCKS_DIFFER]] },
  { means: 'reports that the clock of its host is wrong', lists: [['line', CLOCK_IS_OFF]] },
  { means: 'could not fetch the keys that check a token', lists: [['message, event or line', KEYS_NOT_FETCHED]] },
  { means: 'knows no key that fits a token', lists: [['message, event or line', KEY_UNKNOWN]] },
  { means: 'may not ask the issuer of tokens', lists: [['line', OWN_LOGIN_REFUSED]] },
  { means: 'takes no signature', lists: [['message, event or line', SIGNATURE_REFUSED]] },
  { means: 'found no address for the name of a host', lists: [['message, event or line', NAME_UNRESOLVED]] },
  {
    means: 'met a certificate that has expired, or of another name',
    lists: [
      ['message, event or line', CERTIFICATE_EXPIRED],
      ['message, event or line', CERTIFICATE_OF_OTHERS],
    ],
  },
  { means: 'reached nobody', lists: [['message, event or line', CONNECTION_REFUSED]] },
  { means: 'ended with an error that nothing handled', lists: [['message, event or line', PANICS]] },
  { means: 'lost its process, with all requests in it', lists: [['line', PROCESS_ENDS]] },
  { means: 'is replaced because of a setting', lists: [['line', RECYCLED]] },
  { means: 'was not started by its platform', lists: [['message, event or line', FUNCTION_NOT_STARTED]] },
  { means: 'had no instance for a request', lists: [['line', NO_INSTANCE]] },
  { means: 'gave up a job, or did not begin it', lists: [['message, event or line', JOBS_GIVEN_UP]] },
  { means: 'stopped an agent that went round in circles', lists: [['message, event or line', STEP_LIMITS]] },
  { means: 'was killed', lists: [['line', KILLED_LINES]] },
  { means: 'split its work unevenly', lists: [['line', SKEWED]] },
  { means: 'used all of its memory', lists: [['line', FULL_MEMORY_REPORTS]] },
  { means: 'reached the time limit of what runs it', lists: [['line', TIME_LIMIT_LINES]] },
  { means: 'kept a router waiting too long', lists: [['message, event or line', ROUTER_GAVE_UP]] },
  { means: 'refused by a circuit breaker', lists: [['message, event or line', CIRCUIT_OPEN]] },
  {
    means: 'starts its process',
    lists: [
      ['span name', START_OPERATIONS],
      ['span name', START_HOLDS],
      ['attribute', START_DURATIONS],
      ['attribute', LOAD_DURATIONS],
      ['line', START_LINES],
      ['line', START_BEGINS],
      ['line', START_ENDS],
      ['line', START_REPORTS],
      ['line', START_REMARKS],
    ],
  },
  {
    means: 'waited in a queue',
    lists: [
      ['attribute', QUEUE_DURATIONS],
      ['attribute', QUEUED_AT],
      ['attribute', QUEUE_DELAYS],
      ['attribute', MESSAGES_BEHIND],
      ['event', QUEUED_EVENTS],
      ['line', QUEUE_LINES],
    ],
  },
  { means: 'works on what was queued', lists: [['span name', QUEUED_WORK]] },
  { means: 'was delivered before', lists: [['attribute', DELIVERY_COUNTS]] },
];
