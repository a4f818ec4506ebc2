/**
 * Garbage collection stops the process, and the request with it.
 *
 *   [ GET /report                                   ]  report-service   ← the service to change
 *     [ SELECT ]                      [ SELECT ]
 *               ~~~ nothing runs ~~~                     its log: Pause Full (G1 Compaction Pause) 1980M->1610M 1312.4ms
 *
 * A pause shows as a span of its own, as an event or attribute of a span, or as a line in the log of the service. Only its
 * overlap with the service's own part of the critical path counts: a pause costs nothing while the request waits for another
 * service.
 */

import { defineDetector } from '#detect/detector.ts';
import { withoutOverlap } from '#detect/signs/path/stretches.ts';
import { leastTimeUs, requestFacts, SHARE_ABOVE_NOISE, timeOfRequest } from '#detect/signs/request-share.ts';
import { pausesOnPath } from '#detect/signs/runtime/pauses-on-path.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { inWords } from '#model/text/in-words.ts';
import { lengthOf } from '#model/trace/views/path-within.ts';

export const gcPause = defineDetector({
  id: 'gc-pause',
  title: 'Garbage collection pause',
  why: 'The whole process stands still. All its requests are slow at the same moment, and no span shows why.',
  runbook: 'runbooks/gc-pause.md',
  clear: 'no span, event or log line shows a collection that stopped the request',
  silent: [
    'Runtimes record their pauses only where this is switched on. Without a line, an event or a span there is only a gap.',
    'It reads no metrics, where most pauses are recorded.',
    'It ignores a pause while the request waits for another service, because it costs nothing.',
    'It ignores concurrent phases of a collection, which stop nothing, even where they use the CPU.',
  ],
  role: 'mechanism',
  field: 'runtime',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why did the garbage collection take so long?',
      lookAt: 'The heap and its limit, the allocations at that time, and the settings of the collector.',
    },
  },
  checkQueries: ['log', 'pod'],
  namesCause: 'always',
  saidAs: /\bgarbage collect|\bcollector\b|\bGC\b/i,
  signs: ['stopped-process'],
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minPauseMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Total time of the pauses of one service on its own part of the critical path',
      why: 'G1 aims at pauses of at most 200 ms (MaxGCPauseMillis), ZGC and Go at a few. People do not notice less than 100 ms.',
    },
    minShare: SHARE_ABOVE_NOISE,
  },

  detect({ trace, logs = [] }, { minPauseMs, minShare }) {
    const least = leastTimeUs(trace, minPauseMs, minShare);
    return [...Map.groupBy(pausesOnPath(trace, logs, least), ({ service }) => service)].flatMap(
      ([service, pauses]): Sighting[] => {
        const lost = withoutOverlap(pauses.flatMap((pause) => pause.lost));
        const lostUs = lengthOf(lost);
        const [longest] = lost.toSorted((a, b) => lengthOf([b]) - lengthOf([a]) || a.startUs - b.startUs);
        if (longest === undefined || lostUs < least) return [];
        const said = pauses.toSorted((a, b) => lengthOf(b.lost) - lengthOf(a.lost)).map(({ item }) => item);
        return [
          {
            service,
            operation: trace.operation(longest.span),
            spans: [...new Set([longest.span, ...lost.map(({ span }) => span)])],
            wastedUs: lostUs,
            explains: lost,
            facts: {
              lostUs,
              pauses: pauses.filter((pause) => pause.lost.length > 0).length,
              said: said[0]?.text ?? '',
              ...requestFacts(trace),
            },
            evidence: said.slice(0, MOST_SHOWN),
          },
        ];
      },
    );
  },

  say({ service, operation, lostUs, pauses, said, rootUs, rootOperation }) {
    const stops = Number(pauses) > 1 ? `${pauses} garbage collections stop` : 'Garbage collection stops';
    return {
      title: `${stops} ${service} for ${timeOfRequest(lostUs, { rootUs, rootOperation })}${operation === rootOperation ? '' : `, in ${operation}`}`,
      headline: { why: `garbage collection stops ${inWords(service)}` },
      explanation: `During a pause the process only looks for memory to free. The evidence: “${said}”.`,
      remedy: `Look at the heap of ${service} after each full collection. If it is still full, there is a leak or the heap is too small; if it is mostly free, the code allocates too much at once. A collector made for short pauses (ZGC, Shenandoah) hides the rest.`,
      check: `Other requests to ${service} at the same moment were not slow, or the pause was concurrent and stopped nothing.`,
    };
  },
});

/** A finding shows the evidence of this many pauses at most. */
const MOST_SHOWN = 20;
