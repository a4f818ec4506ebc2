/**
 * Calls that need nothing of each other wait for each other.
 *
 *   [ GET /dashboard                                        ]  api-gateway   ← the service to change
 *     [ GET /profile ]
 *                     [ GET /recent ]
 *                                    [ GET /unread ]
 *
 * Two patterns are taken: a loop (the same call again and again), and reads of different services in a row. That one
 * call needs the answer of another stands in no trace; that it does not may show in their addresses. Where it does not
 * show, nothing but the order speaks for it, and the finding stays unsure. A caller that already runs the calls side by
 * side, a retry, and a row with a write in it are left alone.
 */
import { defineDetector } from '#detect/detector.ts';
import { areShownIndependent } from '#detect/signs/call-independence.ts';
import type { Candidate } from '#model/finding/finding.ts';
import { durationText } from '#model/text/duration.ts';
import { HOSTS_APART_US } from '#model/trace/build/clock-skew.ts';
import type { SpanIndex, SpanTest } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callerCalls } from '#model/trace/views/call-groups.ts';
import { calleeSpan } from '#model/trace/views/call-span.ts';
import { pathBelowUs, pathSelfUs } from '#model/trace/views/critical-path.ts';

export const sequentialCalls = defineDetector({
  id: 'sequential-calls',
  title: 'Sequential calls',
  why: 'The request takes as long as all its calls together, where it could take as long as the longest.',
  runbook: 'runbooks/sequential-calls.md',
  clear: 'no row of calls waited for each other that could run together',
  silent: [
    'A call that writes, or does not say that it reads, ends the row: what comes after may depend on it. Loops over one call are the exception.',
    'Queries of a database are left alone: in one transaction they run in a row by their nature.',
    'A caller that runs some calls side by side is left alone as far as they overlap, and so are attempts that failed.',
    'A row in which one call takes nearly all of the time would gain little.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'calls',
  nextWhys: {
    unsaid: {
      ask: 'Why does each call wait for the one before?',
      lookAt: 'Whether a call needs what the one before gave; else the code that awaits them one by one.',
    },
  },
  checkQueries: [],
  namesCause: 'never',
  needs: ['trace'],
  thresholds: {
    minCalls: {
      default: 3,
      min: 2,
      unit: 'calls',
      means: 'Calls in a row, none overlapping another',
      why: 'Sentry and perf-sentinel start at three: of two, the second very often needs the first.',
    },
    maxGapMs: {
      default: 500,
      min: 0,
      unit: 'ms',
      means: 'Longest pause between one call and the next',
      why: 'Sentry’s rule for consecutive HTTP: after a longer pause the caller did work of its own, for which it may have needed the answer.',
    },
    minSavedMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Time that running them together would save: their sum less the longest',
      why: 'Sentry’s rule for consecutive queries; below it a person notices nothing.',
    },
    minSavedShare: {
      default: 0.1,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The same time as a share of the whole request',
      why: 'Sentry asks for a tenth: less is lost in the noise of one request.',
    },
  },

  detect({ trace }, { minCalls, maxGapMs, minSavedMs, minSavedShare }) {
    const rootUs = trace.durationOfUs(trace.root);
    const least = Math.max(minSavedMs * 1000, minSavedShare * rootUs);
    return rows(trace, minCalls, maxGapMs * 1000, least).flatMap(({ caller, calls, loop }) => {
      const each = calls.map((call) => pathBelowUs(trace, call));
      const savedUs = each.reduce((sum, us) => sum + us, 0) - longestOf(each);
      if (savedUs < least) return [];
      const first = calls[0] ?? caller;
      const isInferred = !areShownIndependent(trace, calls, loop);
      return [
        {
          ...(isInferred && { inferred: true }),
          service: trace.service(caller),
          operation: trace.operation(caller),
          spans: calls,
          wastedUs: savedUs,
          facts: {
            calls: calls.length,
            loop,
            inferred: isInferred,
            targets: loop ? target(trace, first) : targetsOf(trace, calls),
            togetherUs: rootUs - savedUs - pausesUs(trace, calls),
            sumUs: savedUs + longestOf(each),
            rootUs,
            rootOperation: trace.operation(trace.root),
          },
        },
      ];
    });
  },

  say({ service, calls, loop, inferred, targets, togetherUs, sumUs, rootUs, rootOperation }) {
    const row = loop === true ? `${calls} calls of ${targets}` : `${calls} calls (${targets})`;
    const together = `${rootOperation} would take about ${durationText(Number(togetherUs))} instead of ${durationText(Number(rootUs))}`;
    return {
      title: `${service}: ${row} run one after another; ${inferred === true ? `if none needs what another answered, ${together}` : `together ${together}`}`,
      explanation: `None of the ${calls} calls overlaps another: they add up to ${durationText(Number(sumUs))}, where the longest of them alone would do${inferred === true ? ', if they could run together' : ''}.`,
      remedy:
        loop === true
          ? 'Ask for all of them in one call, or run the calls side by side with a limit on how many.'
          : 'Start the calls together and wait for all of them.',
      check: 'One of the calls needs what an earlier one answered, or the callee allows only one at a time.',
      ...(inferred === true && { couldBe: candidatesOf(loop === true) }),
    };
  },
});

function candidatesOf(loop: boolean): Candidate[] {
  return [
    {
      what: 'calls that wait for each other without need',
      shownBy: 'no id and no decision in one comes from the answer of another',
    },
    {
      what: 'calls of which each needs what the one before answered',
      shownBy: 'the code reads an answer before it makes the next call',
    },
    ...(loop
      ? [
          {
            what: 'the same thing asked again until it is ready, or page by page',
            shownBy: 'the calls name the same thing, or pages of one list',
          },
        ]
      : []),
    {
      what: 'a callee that is to be asked once at a time',
      shownBy: 'its limit, or a comment where it is called, says so',
    },
  ];
}

/** A pause that is short beside the calls is the caller's bookkeeping between them and goes with them; a longer one is work. */
const BOOKKEEPING_SHARE = 0.1;

function pausesUs(trace: Trace, calls: readonly SpanIndex[]): number {
  const longest = longestOf(calls.map((call) => trace.durationOfUs(call)));
  return calls
    .slice(1)
    .map((call, i) => trace.startUs(call) - trace.endUs(calls[i] ?? call))
    .filter((us) => us <= BOOKKEEPING_SHARE * longest)
    .reduce((sum, us) => sum + us, 0);
}

/** There may be more than one call of a function takes as arguments. */
function longestOf(durations: readonly number[]): number {
  return durations.reduce((longest, us) => Math.max(longest, us), 0);
}

type Row = Readonly<{ caller: SpanIndex; calls: readonly SpanIndex[]; loop: boolean }>;

function rows(trace: Trace, minCalls: number, maxGapUs: number, leastUs: number): Row[] {
  const found: Row[] = [];
  callerCalls(trace).visit(minCalls, (caller, all) => {
    // What is saved is a part of what runs below the caller.
    if (pathBelowUs(trace, caller) - pathSelfUs(trace, caller) < leastUs) return;
    for (const row of rowsOfCalls(trace, all, maxGapUs)) {
      const loops = loopsOf(trace, row, minCalls);
      for (const calls of loops) found.push({ caller, calls, loop: true });
      for (const reads of runsOfReads(trace, row, new Set(loops.flat()))) {
        const differ = new Set(reads.map((call) => target(trace, call))).size === reads.length;
        if (reads.length >= minCalls && differ) found.push({ caller, calls: reads, loop: false });
      }
    }
  });
  return found;
}

/** Without the loops, cut at each write: what is read after it may depend on it, and what was read before it may not. */
function runsOfReads(trace: Trace, row: readonly SpanIndex[], looped: ReadonlySet<SpanIndex>): SpanIndex[][] {
  const runs: SpanIndex[][] = [[]];
  for (const call of row) {
    if (looped.has(call)) continue;
    if (isRead(trace, call)) runs.at(-1)?.push(call);
    else runs.push([]);
  }
  return runs;
}

/** Calls of one caller that overlap none of the others, cut where the pause is too long. Failed ones are attempts, which wait for good reason. */
function rowsOfCalls(trace: Trace, all: Int32Array, maxGapUs: number): SpanIndex[][] {
  const isBeside = besideTheRow(trace);
  const calls = all.filter((call) => trace.isCall(call) && !trace.isDatabaseCall(call) && !isBeside(call));
  const result: SpanIndex[][] = [];
  let row: SpanIndex[] = [];
  let reachedUs = Number.NEGATIVE_INFINITY;
  calls.forEach((call, i) => {
    const next = calls[i + 1];
    const alone =
      followsUs(trace, call) >= reachedUs && (next === undefined || followsUs(trace, next) >= trace.endUs(call));
    if (!alone || trace.startUs(call) - reachedUs > maxGapUs) {
      if (row.length > 0) result.push(row);
      row = [];
    }
    if (alone && !trace.failed(call)) row.push(call);
    reachedUs = Math.max(reachedUs, trace.endUs(call));
  });
  if (row.length > 0) result.push(row);
  return result;
}

/** From when on the call may follow another: of a call that only its callee recorded, by a clock that may be a little behind. */
function followsUs(trace: Trace, call: SpanIndex): number {
  const isOfCallee = trace.kind(call) === 'server';
  return trace.startUs(call) + (isOfCallee ? Math.min(HOSTS_APART_US, trace.durationOfUs(call) / MOST_OVERLAP) : 0);
}

const MOST_OVERLAP = 10;

/** What is told to somebody while the caller waits for others keeps nobody waiting, and says nothing of how it reads. */
function besideTheRow(trace: Trace): SpanTest {
  const writes = new Map<number, boolean>();
  const target = callerCalls(trace).target;
  return (call) => {
    if (pathBelowUs(trace, call) > 0) return false;
    const asked = target[call] ?? -1;
    const isWrite = writes.get(asked) ?? !isRead(trace, call);
    writes.set(asked, isWrite);
    return isWrite;
  };
}

function loopsOf(trace: Trace, row: readonly SpanIndex[], minCalls: number): SpanIndex[][] {
  const byTarget = new Map<string, SpanIndex[]>();
  for (const call of row) {
    const calls = byTarget.get(target(trace, call));
    if (calls === undefined) byTarget.set(target(trace, call), [call]);
    else calls.push(call);
  }
  return [...byTarget.values()].filter((calls) => calls.length >= minCalls);
}

function target(trace: Trace, call: SpanIndex): string {
  return `${callee(trace, call)} ${endpoint(trace, call)}`;
}

/** The services; of one service, what is asked of it. */
function targetsOf(trace: Trace, calls: readonly SpanIndex[]): string {
  const services = new Set(calls.map((call) => callee(trace, call)));
  const [only = ''] = services;
  return services.size > 1 ? namesOf([...services]) : `${only}: ${namesOf(calls.map((call) => endpoint(trace, call)))}`;
}

function callee(trace: Trace, call: SpanIndex): string {
  return trace.peer(call) || trace.service(call);
}

/** What the callee calls the operation, where its span is there: client spans are often named `GET` and no more. */
function endpoint(trace: Trace, call: SpanIndex): string {
  return trace.operation(calleeSpan(trace, call));
}

/** Reads can be reordered without harm; a call that does not say what it is counts as a write. */
function isRead(trace: Trace, call: SpanIndex): boolean {
  const method = trace.text(call, 'http.request.method').toUpperCase();
  if (method !== '') return method === 'GET' || method === 'HEAD';
  const name = trace.operation(call);
  if (/^(GET|HEAD)\b/.test(name)) return true;
  return /^(get|list|find|fetch|read|search|query|load|lookup|check)(?=[A-Z_\s-]|$)/.test(
    lowerFirst(name.split(/[/.]/).at(-1) ?? name),
  );
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

/** At most four names: a sentence, no list. */
function namesOf(names: readonly string[]): string {
  const unique = [...new Set(names)];
  return unique.length <= 4 ? unique.join(', ') : `${unique.slice(0, 3).join(', ')} and ${unique.length - 3} more`;
}
