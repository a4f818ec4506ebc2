/**
 * Where the evidence of a trace ends, by what was found: the next why, and what would show its answer. Questions for
 * people, never answers.
 */
export type NextWhy = Readonly<{ ask: string; lookAt: string }>;

/** `isSaid`: the evidence says itself why it is so. */
export function nextWhys(detector: string, isSaid: boolean): readonly NextWhy[] {
  const next = isSaid ? BEHIND_WHAT_IS_SAID[detector] : (BEHIND[detector] ?? BEHIND_ANYTHING);
  return [...(next === undefined ? [] : [next]), ...LADDER];
}

const BEHIND_WHAT_IS_SAID: Readonly<Record<string, NextWhy>> = {
  'slow-query': {
    ask: 'Why does the database have to read so much for it?',
    lookAt:
      'Whether an index that fits its conditions is there, when it was made or dropped, and how many rows there are now.',
  },
};

/** What is asked of every cause in the end: what changed, what let it through, why nobody saw it sooner. */
const LADDER: readonly NextWhy[] = [
  {
    ask: 'What changed that made it so, and when?',
    lookAt:
      'Deployments, migrations, configuration and feature flags before it began; the load and the amount of data.',
  },
  {
    ask: 'What let that change, or that growth, come into production?',
    lookAt: 'The review, the tests and the checks on its way, and what they do not look at.',
  },
  {
    ask: 'Why was it not noticed before people suffered from it?',
    lookAt: 'The alerts and the dashboards of this service, and their thresholds.',
  },
  {
    ask: 'What in how the system is built or run makes this possible again?',
    lookAt: 'Limits, defaults and ownership of this part; earlier incidents that were alike.',
  },
];

const BEHIND_ANYTHING: NextWhy = {
  ask: 'Why does it behave like this?',
  lookAt: 'The log of this service at that time, and its code at the place that the span names.',
};

/** By detector. */
const BEHIND: Readonly<Record<string, NextWhy>> = {
  'slow-query': {
    ask: 'Why does the statement take so long?',
    lookAt:
      'Its plan (EXPLAIN), the indexes of its tables and when they last changed, what else the database did then.',
  },
  'n-plus-one-queries': {
    ask: 'Why is each element read by itself?',
    lookAt: 'The code that loads the list: lazy loading, a missing join, a loop; and since which version.',
  },
  'n-plus-one-calls': {
    ask: 'Why is each element asked for by itself?',
    lookAt: 'The code that loads the list, and whether the callee has a call that takes many.',
  },
  'fan-out': {
    ask: 'Why does one request need so many calls?',
    lookAt: 'How the number of calls grows with the data, and whether the callee has a call that takes many.',
  },
  'sequential-calls': {
    ask: 'Why does each call wait for the one before?',
    lookAt: 'Whether a call needs what the one before gave; else the code that awaits them one by one.',
  },
  'lock-contention': {
    ask: 'Who held the lock, and why for so long?',
    lookAt: 'The transactions that were open at that time, and what they did between taking the lock and their end.',
  },
  'pool-exhaustion': {
    ask: 'What held all the connections?',
    lookAt:
      'The size of the pool, what the others were used for and for how long, and connections that were not given back.',
  },
  'cache-miss-cascade': {
    ask: 'Why was it not in the cache?',
    lookAt: 'How long entries live, what was evicted, a restart or a flush of the cache, a new form of its keys.',
  },
  'consumer-lag': {
    ask: 'Why was the message not taken sooner?',
    lookAt: 'How many consumers ran, how fast they were, rebalances, and how many messages came in.',
  },
  'cold-start': {
    ask: 'Why did an instance have to start for this request?',
    lookAt: 'Scaling to zero, deployments and restarts at that time, and what the start spends its time on.',
  },
  'gc-pause': {
    ask: 'Why did the memory have to be cleaned up for so long?',
    lookAt: 'The heap and its limit, what was allocated at that time, and the settings of the collector.',
  },
  'unexplained-gap': {
    ask: 'What happened in the time of which nothing was recorded?',
    lookAt: 'The log of this service in that time, CPU throttling, threads, and spans around the code in question.',
  },
  bottleneck: {
    ask: 'What does the service do in that time?',
    lookAt: 'A profile of the operation, CPU throttling, and spans around its parts.',
  },
  'error-origin': {
    ask: 'Why did it fail there?',
    lookAt: 'The log of this service at that time, its limits of memory and connections, and what it needs to answer.',
  },
  'swallowed-error': {
    ask: 'Why did the call fail, and why does its caller hide that?',
    lookAt: 'The log of the callee, and how the caller handles the error: on purpose, or by a catch-all.',
  },
  'timeout-cascade': {
    ask: 'Why did the callee not answer in time?',
    lookAt: 'What it waited for (locks, its own callees, its queue), and whether the time-outs above leave it room.',
  },
  'retry-storm': {
    ask: 'Why did the first attempt fail, and who decided how often it is repeated?',
    lookAt: 'The log of the callee at the first attempt, and the settings for repeats and back-off on each layer.',
  },
  'circuit-open': {
    ask: 'What opened the breaker?',
    lookAt: 'The calls that failed before it opened, and its threshold and its time of rest.',
  },
  'poison-message': {
    ask: 'Where did a message come from that cannot be processed?',
    lookAt: 'The version of the producer, the schema of the message, and the check that let it in.',
  },
  'clock-skew': {
    ask: 'Why are the clocks apart?',
    lookAt: 'Time synchronisation (NTP, chrony) on the hosts of both services.',
  },
  'broken-trace': {
    ask: 'Why are spans missing?',
    lookAt: 'Whether the context is passed on there, sampling, and what the exporter dropped.',
  },
  'slower-than-baseline': {
    ask: 'Why does it take longer than it usually does?',
    lookAt: 'Its version now and then, its input, and what runs beside it.',
  },
  'span-count-anomaly': {
    ask: 'Why does it run more often than it usually does?',
    lookAt: 'Its version now and then, the amount of data, and repeats.',
  },
  'missing-service': {
    ask: 'Why was the service not reached?',
    lookAt: 'Its instances at that time, routing and flags, and whether it still sends traces.',
  },
  'shrunk-response': {
    ask: 'Why does the answer hold less than it usually does?',
    lookAt: 'What the sources of the answer gave, filters and permissions, and their data.',
  },
  'new-error': {
    ask: 'Why does it appear now?',
    lookAt: 'The version that logs it, and what was deployed or reached for the first time.',
  },
  'error-burst': {
    ask: 'Why so often, and why then?',
    lookAt: 'What the first of these lines says, what came right before it, and the load.',
  },
  'brute-force': {
    ask: 'Why can so many attempts be made?',
    lookAt: 'Rate limits and lockout of the sign-in, and whether an attempt succeeded.',
  },
  'sql-injection': {
    ask: 'Why does input reach a statement?',
    lookAt: 'The code that builds the statement, and what the database answered.',
  },
  'secret-exposure': {
    ask: 'Why does the secret stand in a log?',
    lookAt: 'The code that logs it, who could read the log, and whether the secret was replaced.',
  },
  'resource-exhausted': {
    ask: 'What used it up?',
    lookAt: 'The limit, what grew towards it and since when, and what was never given back.',
  },
  'resource-saturation': {
    ask: 'What uses so much of it?',
    lookAt:
      'The number of requests, what each of them costs since the last deploy, and a profile of the fullest instance.',
  },
  'memory-leak': {
    ask: 'Who holds what is not needed any more?',
    lookAt: 'A heap dump: what there is most of and who refers to it; what was deployed when the growth began.',
  },
  'metric-anomaly': {
    ask: 'What changed just before that number left its usual way?',
    lookAt: 'Deploys, jobs and flags of the minutes before it, and what this service needs of others.',
  },
  forecast: {
    ask: 'What makes it rise?',
    lookAt: 'What began when the rise did, and whether it stops by itself.',
  },
  'data-corruption': {
    ask: 'What wrote the wrong data?',
    lookAt: 'The last writers of these records, migrations, and the age of what the cache holds.',
  },
};
