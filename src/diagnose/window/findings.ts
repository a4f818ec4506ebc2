/** Turns the differences from the baseline into findings: one for each service and kind of evidence. */
import type { Cut } from '#diagnose/window/cut-calls.ts';
import type { Headroom } from '#diagnose/window/headroom.ts';
import type { LogSwitch } from '#diagnose/window/log-switches.ts';
import { MOVED_SIGNS, type MovedSeries } from '#diagnose/window/moved-series.ts';
import type { NewFailure } from '#diagnose/window/new-failures.ts';
import type { SickNode } from '#diagnose/window/sick-nodes.ts';
import { kindOfSlow, type SlowKind } from '#diagnose/window/slow-kinds.ts';
import type { GrownPlace, SlowSuspect, Trouble } from '#diagnose/window/slow-places.ts';
import type { WindowSigns } from '#diagnose/window/window-signs.ts';
import type { Detectors, JudgedSign } from '#model/finding/detector-traits.ts';
import type { EvidenceItem, Finding, Words } from '#model/finding/finding.ts';
import { cutLine } from '#model/text/cut-text.ts';
import { durationText } from '#model/text/duration.ts';

/** How many items a finding shows; there may be many more places, lines and operations. */
const SHOWN = 3;
/** Every service sometimes uses up less headroom than this. */
const TOLD_HEADROOM = 0.3;
/** Suspects that explain less are not reported. */
const TOLD_SCORE = 0.1;
const TOLD_NATS = 1;
/** A failure is observed, not inferred: five to three is enough. */
const TOLD_FAILURE_NATS = 0.5;

/** In no particular order yet. */
export function windowFindings(signs: WindowSigns, detectors: Detectors): readonly Finding[] {
  return toldSigns(signs).map(({ sign, service, operation = '', words, evidence }) => {
    const { id, runbook } = detectors.named(sign);
    return { detector: id, runbook, service, operation, spans: [], wastedUs: 0, facts: {}, ...words, evidence };
  });
}

type ToldSign = Readonly<{
  sign: JudgedSign;
  service: string;
  operation?: string;
  words: Words;
  evidence: readonly EvidenceItem[];
}>;

function toldSigns(signs: WindowSigns): readonly ToldSign[] {
  const { node, headroom, slowness, failures, switches, cuts, moved, requests } = signs;
  return [
    ...(node === undefined ? [] : [ofNode(node)]),
    ...headroom.filter(({ share }) => share >= TOLD_HEADROOM).map(ofHeadroom),
    ...slowness.suspects
      .filter(({ score }) => score >= TOLD_SCORE)
      .map((suspect) => ofSlowness(suspect, kindOfSlow(suspect, switches, moved))),
    ...byService(failures.filter(({ nats }) => nats >= TOLD_FAILURE_NATS)).map(ofFailures),
    ...byService(switches.filter(({ nats }) => nats >= TOLD_NATS)).map(ofSwitches),
    ...byService(cuts).map(ofCuts),
    ...byLast(cuts).map(ofLastCalled),
    ...byService(moved.filter(({ measures }) => requests === 0 || measures === 'connections')).map(ofMoved),
  ];
}

function byService<T extends Readonly<{ service: string }>>(all: readonly T[]): readonly (readonly [T, ...T[]])[] {
  return [...Map.groupBy(all, ({ service }) => service).values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [[first, ...rest] as const],
  );
}

function told(
  sign: JudgedSign,
  subject: Pick<ToldSign, 'service' | 'operation'>,
  words: Words,
  evidence: ToldSign['evidence'],
): ToldSign {
  return { sign, ...subject, words, evidence };
}

function ofNode({ node, services, of, by }: SickNode): ToldSign {
  const names = services.map(({ service }) => service);
  const what = by === 'pods' ? 'are not ready' : 'work longer or fail';
  return told(
    'full-resource',
    { service: node },
    {
      title: `${node}: ${names.join(', ')} ${what} on this node, but not on others`,
      explanation: `${services.length} of ${of} services on this node are affected there and on no other node, each more than chance explains. One bad node is more likely than ${services.length} services that broke at once.`,
      remedy: `kubectl cordon ${node}, then move its pods away one by one; look at its CPU, memory, disk, network and neighbours.`,
      check: 'The same services are as slow on other nodes, or they were changed at the same time.',
    },
    services.slice(0, SHOWN).map(({ service, here, elsewhere }) => ({
      kind: 'metric',
      ref: service,
      text: `${service}: ${here[0]} of ${here[1]} ${by === 'pods' ? 'pods' : 'calls'} on ${node}, ${elsewhere[0]} of ${elsewhere[1]} elsewhere`,
    })),
  );
}

function ofHeadroom({ service, instance, share, before, now }: Headroom): ToldSign {
  const where = instance === '' ? '' : ` (${instance})`;
  const text = `${instance || service}: ${percent(now)} of its CPU limit, ${percent(before)} before`;
  return told(
    'full-resource',
    { service },
    {
      title: `${service}: its CPU usage rose from ${percent(before)} to ${percent(now)} of the limit${where}`,
      explanation: `That used up ${percent(share)} of its headroom. Work there waits for CPU time.`,
      remedy: `Take load off ${service}, or add instances; then find what makes it work so much: a deploy, a new kind of request, a loop.`,
      check: `${service} is as busy in the baseline, or its calls are as fast as ever.`,
    },
    [{ kind: 'metric', ref: instance || service, text }],
  );
}

const SLOW: Readonly<Record<Trouble, (service: string, most: GrownPlace) => string>> = {
  cpu: (service, most) => `${service}: everything in it takes longer, as with an overloaded CPU; ${placeText(most)}`,
  network: (service, most) => `${service}: what it sends over the network arrives late; ${placeText(most)}`,
  calls: (service, most) => `${service}: its outgoing calls are delayed; ${placeText(most)}`,
  itself: (service, most) => `${service}: its own work takes longer; ${placeText(most)}`,
};

/** The wait that its own log names says more than where the time goes. */
const WAITS: Readonly<Partial<Record<SlowKind, string>>> = {
  'lock-wait': 'it waits for a lock',
  'full-pool': 'it waits for connections from a full pool',
};

function ofSlowness({ service, trouble, score, places }: SlowSuspect, kind: SlowKind): ToldSign {
  const [most] = places;
  return told(
    'slow-answers',
    { service, operation: most?.place.operation ?? '' },
    {
      title: slowText(service, most, WAITS[kind] ?? '', trouble),
      explanation: `A fault in ${service} would slow exactly these places: they hold ${percent(Math.min(1, score))} of all the time that was added to requests.`,
      remedy:
        trouble === 'network' || trouble === 'calls'
          ? `Look at the network of ${service}: its node, its sidecar or proxy, DNS, packet loss. Look also whether other services on that node are slow.`
          : `Look at what ${service} does at that time: its CPU, its locks and pools, its databases and caches.`,
      check: `The same calls were as slow in the baseline, or another service’s calls slowed down as much.`,
    },
    places.slice(0, SHOWN).map((place) => ({ kind: 'metric', ref: place.place.service, text: placeText(place) })),
  );
}

function slowText(service: string, most: GrownPlace | undefined, waits: string, trouble: Trouble): string {
  if (most === undefined) return `${service} is slower than before`;
  return waits === '' ? SLOW[trouble](service, most) : `${service}: ${waits}; ${placeText(most)}`;
}

function placeText({ place, calls, growthUs }: GrownPlace): string {
  const { way, service, callee, operation } = place;
  const longer = `takes ${durationText(growthUs)} longer in ${calls} calls`;
  if (way === 'self') return `${service} ${operation} itself ${longer}`;
  return way === 'request'
    ? `the transfer from ${service} to ${callee} ${longer}`
    : `the transfer back from ${callee} to ${service} ${longer}`;
}

function ofFailures(all: readonly [NewFailure, ...NewFailure[]]): ToldSign {
  const [{ service, operation, before, now }] = all;
  return told(
    'failing-requests',
    { service, operation },
    {
      title: `${service} ${operation}: ${now[0]} of ${now[1]} requests fail here, ${before[0]} of ${before[1]} before`,
      explanation: 'No call below it failed first, so the failure begins here.',
      remedy: `Open one of the failing traces and its log lines; compare with what was deployed or configured in ${service} before it began.`,
      check: 'The same share of requests failed here in a baseline of the same load.',
    },
    all.slice(0, SHOWN).map((one) => ({
      kind: 'metric',
      ref: one.service,
      text: `${one.service} ${one.operation}: ${one.now[0]} of ${one.now[1]} fail, ${one.before[0]} of ${one.before[1]} before`,
    })),
  );
}

/** Limit for a title. */
const LONGEST_LINE = 160;

function ofSwitches(all: readonly [LogSwitch, ...LogSwitch[]]): ToldSign {
  const [{ service, operation, change, example, before, now }] = all;
  const said = cutLine(example.line, LONGEST_LINE);
  const whose = operation === '' ? service : `${service} ${operation}`;
  const counts = `${now[0]} of ${now[1]} ${operation === '' ? 'lines' : 'executions'}, ${before[0]} of ${before[1]} before`;
  return told(
    'new-lines',
    { service, operation },
    {
      title:
        change === 'began'
          ? `${whose} logs a new complaint (${counts}): “${said}”`
          : `${whose} ${now[0] === 0 ? 'no longer logs' : 'logs less often'} a line that it always logged (${counts}): “${said}”`,
      explanation:
        'A line that appears in many executions instead of none, or in fewer instead of all, shows that the code takes another path.',
      remedy: `Read the code around that line, and the condition that decides whether it runs; compare with what changed in ${service}.`,
      check: 'The line is missing, or present, just as often in a baseline of the same requests.',
    },
    all.slice(0, SHOWN).map((one) => ({ kind: 'log', ref: one.example.timeNs, text: one.example.line })),
  );
}

function ofCuts(all: readonly [Cut, ...Cut[]]): ToldSign {
  const [{ service, operation, last, excess }] = all;
  const times = Math.round(excess);
  const after = last === '' ? 'before its first call' : `after it called ${last}`;
  return told(
    'cut-calls',
    { service, operation },
    {
      title: `${service} ${operation}: stops ${after}, ${times} times more than in the baseline`,
      explanation: 'Healthy executions begin the same way and then make more calls; these calls are missing.',
      remedy:
        last === ''
          ? `Find out why ${service} answers before its first call: a check, a flag, an early return.`
          : `Look at the response of ${last} to that call, and at what ${service} does with it.`,
      check: 'Users now send other requests, which need no more calls than these.',
    },
    all.slice(0, SHOWN).map((one) => ({
      kind: 'event',
      ref: one.service,
      text: `${one.service} ${one.operation} ends ${one.last === '' ? 'without a call' : `with ${one.last}`}: ${Math.round(one.excess)} more than in the baseline`,
    })),
  );
}

/** Groups cuts by the service that was called last, where that is another service. */
function byLast(cuts: readonly Cut[]): readonly (readonly [string, readonly Cut[]])[] {
  return [...Map.groupBy(cuts, ({ last }) => last)].flatMap(([last, own]) => {
    const others = own.filter(({ service }) => service !== last);
    return last === '' || others.length === 0 ? [] : [[last, others] as const];
  });
}

function ofLastCalled([last, cuts]: readonly [string, readonly Cut[]]): ToldSign {
  const callers = [...new Set(cuts.map(({ service }) => service))];
  const times = Math.round(cuts.reduce((sum, { excess }) => sum + excess, 0));
  return told(
    'cut-calls',
    { service: last },
    {
      title: `${last}: ${callers.join(' and ')} ${callers.length === 1 ? 'stops' : 'stop'} after calling it, ${times} times more than in the baseline`,
      explanation: 'Healthy requests go on after that call: its response makes its callers stop.',
      remedy: `Compare the responses of ${last} now with those before, then look at what changed in it.`,
      check: 'Its responses are unchanged, and its callers were changed instead.',
    },
    cuts.slice(0, SHOWN).map((one) => ({
      kind: 'event',
      ref: one.service,
      text: `${one.service} ${one.operation} ends with ${last}: ${Math.round(one.excess)} more than in the baseline`,
    })),
  );
}

const MEASURED: Readonly<Record<MovedSeries['measures'], string>> = {
  connections: 'all its connections are in use',
  memory: 'it uses more memory than before',
  latency: 'its responses take longer than before',
  errors: 'more of its responses fail than before',
};

function ofMoved(all: readonly [MovedSeries, ...MovedSeries[]]): ToldSign {
  const [{ service, measures, name, before, now }] = all;
  const values = ({ before, now }: MovedSeries) => `${numberText(now)}, ${numberText(before)} before`;
  return told(
    MOVED_SIGNS[measures],
    { service },
    {
      title: `${service}: ${MEASURED[measures]} (${name}: ${numberText(now)}, ${numberText(before)} before)`,
      explanation:
        'No other service’s metrics moved more, relative to their usual variation. Metrics do not show which service waits for which.',
      remedy: `Look at the requests of ${service} in that time, or send its traces: they show whether another service causes this.`,
      check: `A service that ${service} calls moved earlier, or ${service} moves as much on a healthy day.`,
    },
    all.slice(0, SHOWN).map((one) => ({ kind: 'metric', ref: one.service, text: `${one.name}: ${values(one)}` })),
  );
}

function numberText(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
