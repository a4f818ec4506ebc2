/** What a window does not show, and why the next suspects are not the first. */
import type { CallGraph } from '#diagnose/window/call-graph.ts';
import type { Suspect } from '#diagnose/window/culprit.ts';
import type { WindowSigns } from '#diagnose/window/window-signs.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Diagnosis } from '#model/finding/diagnosis.ts';

export type Looked = Readonly<{ areRequests: boolean; areLines: boolean; areMetrics: boolean; detectors: Detectors }>;

/** A suspect below this score has only chance in its favour and is not reported. */
const LEAST_SCORE = 0.02;
const MOST_TOLD = 3;
/** More than this is a sign, so it is not ruled out. */
const QUIET_HEADROOM = 0.3;
const QUIET_NATS = 1;
const QUIET_SHARE = 0.02;

export function ruledOut(
  suspects: readonly Suspect[],
  signs: WindowSigns,
  { areRequests, areLines, areMetrics, detectors }: Looked,
  calls: CallGraph,
): Diagnosis['ruledOut'] {
  const [first, ...others] = suspects;
  if (first === undefined) return [];
  const services = others
    .filter(({ score }) => score >= LEAST_SCORE)
    .slice(0, MOST_TOLD)
    .map(({ service, kind }) => ({ kind, service, why: whyNot(service, first.service, calls) }));
  const { headroom, slowness, addedShare, failures, switches, cuts } = signs;
  const quiet: readonly (readonly [isQuiet: boolean, kind: string, why: string])[] = [
    [areMetrics && (headroom[0]?.share ?? 1) < QUIET_HEADROOM, 'cpu', 'no CPU used up its headroom'],
    [
      areRequests && (slowness.suspects.length === 0 || addedShare < QUIET_SHARE),
      'network-delay',
      'no call between two services, and no work inside one, takes longer than in the baseline',
    ],
    [areRequests && isSilent(failures), 'error-return', 'no operation that worked before is now the first to fail'],
    [areLines && isSilent(switches), 'exception', 'no log line disappeared, and no new complaint appeared'],
    [areRequests && cuts.length === 0, detectors.named('cut-calls').id, 'requests make the same calls as healthy ones'],
  ];
  return [...services, ...quiet.filter(([isQuiet]) => isQuiet).map(([, kind, why]) => ({ kind, service: '', why }))];
}

function isSilent(all: readonly Readonly<{ nats: number }>[]): boolean {
  return all.every(({ nats }) => nats < QUIET_NATS);
}

function whyNot(service: string, culprit: string, calls: CallGraph): string {
  if (calls.waitsFor(service, culprit)) return `it waits for ${culprit}, and that explains its symptoms`;
  if (calls.waitsFor(culprit, service))
    return `${culprit} waits for it, but shows more symptoms than that could explain`;
  return `the differences in ${culprit} explain more`;
}
