/** How programs and their runtimes say that they got no time to work: no CPU, no thread, no turn of the event loop. */
import type { EvidenceItem, Stretch } from '#model/finding.ts';
import type { LogLine } from '#model/log-line.ts';
import type { Trace } from '#model/trace.ts';

export type Starvation = Readonly<{
  /** `its CPU was throttled`. */
  reason: string;
  remedy: string;
  said: EvidenceItem;
}>;

const MORE_CPU = 'Raise its CPU limit or give it more instances';
const FEWER_THREADS = 'Let fewer threads share the CPUs: smaller pools, less work at once, or more CPUs';
const FREE_THREADS = 'Find what holds the threads (a thread dump shows it) before you add more of them';
const FREE_LOOP = 'Take the long computation off the event loop: in parts, or in a worker';
const LESS_SWAPPING = 'Give it more memory, or move what writes so much to another disk';

/** The most particular first. */
const WORDS: readonly (readonly [RegExp, reason: string, remedy: string])[] = [
  [
    /\bthrottled_(?:time|usec|periods)|\b(?:cpu|cgroup|container)\b.{0,60}\bthrottl/i,
    'its CPU was throttled',
    MORE_CPU,
  ],
  [/\bcontext[-_ ]switch/i, 'its threads took turns on too few CPUs', FEWER_THREADS],
  [/\bevent[-_ ]?loop\b.{0,40}\b(?:block|lag|delay|stall|utili)/i, 'its event loop was blocked', FREE_LOOP],
  [
    /\bthread[-_ ]?(?:pool)?\b.{0,60}\b(?:exhaust|starv|saturat|full|reject)|\bthread starvation\b|rejectedexecution/i,
    'it had no thread free',
    FREE_THREADS,
  ],
  [
    /\b(?:swapping|swapped out|major page faults?|i\/?o ?wait|disk.{0,30}(?:stall|saturat))/i,
    'it waited for its disk',
    LESS_SWAPPING,
  ],
];

/** What is logged of it is logged when it is over. */
const LOGGED_WITHIN_US = 200_000;

/** What the service itself says of that time, in its log or in an event of the span. */
export function starvationIn(trace: Trace, stretch: Stretch, logs: readonly LogLine[]): Starvation | undefined {
  const { span, startUs, endUs } = stretch;
  const isThen = (atUs: number) => atUs >= startUs && atUs <= endUs + LOGGED_WITHIN_US;
  const ref = trace.spanId(span);
  const texts: EvidenceItem[] = [
    ...(trace.hasEvents(span) ? trace.events(span) : [])
      .filter(({ atUs }) => isThen(atUs))
      .map(
        ({ name, attributes }): EvidenceItem => ({
          kind: 'event',
          ref,
          text: [name, attributes.message ?? ''].join(' ').trim(),
        }),
      ),
    ...logs
      .filter((line) => line.service === trace.service(span))
      .filter((line) => isThen(Number(BigInt(line.timeNs) / 1000n) - trace.startEpochUs))
      .map((line): EvidenceItem => ({ kind: 'log', ref: line.timeNs, text: line.line })),
  ];
  for (const [words, reason, remedy] of WORDS) {
    const said = texts.find(({ text }) => words.test(text));
    if (said !== undefined) return { reason, remedy, said };
  }
  return undefined;
}
