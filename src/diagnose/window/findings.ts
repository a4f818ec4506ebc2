/** Turns the differences from the baseline into findings: one for each service and kind of evidence. */

import type { Cut } from '#diagnose/window/cut-calls.ts';
import type { FullNode } from '#diagnose/window/full-nodes.ts';
import type { Headroom } from '#diagnose/window/headroom.ts';
import type { LogSwitch } from '#diagnose/window/log-switches.ts';
import type { LostCall } from '#diagnose/window/lost-calls.ts';
import { MOVED_SIGNS, type MovedSeries } from '#diagnose/window/moved-series.ts';
import type { NewFailure } from '#diagnose/window/new-failures.ts';
import type { SickNode, SickService } from '#diagnose/window/sick-nodes.ts';
import type { SickResolver } from '#diagnose/window/sick-resolver.ts';
import { kindOfSlow, type SlowKind } from '#diagnose/window/slow-kinds.ts';
import type { GrownPlace, SlowSuspect, Trouble } from '#diagnose/window/slow-places.ts';
import type { WindowSigns } from '#diagnose/window/window-signs.ts';
import type { Detectors, JudgedSign } from '#model/finding/detector-traits.ts';
import type { EvidenceItem, Finding, Words } from '#model/finding/finding.ts';
import { saidIn } from '#model/logs/log-sighting.ts';
import { shareText } from '#model/metrics/limited.ts';
import { reachedLimit } from '#model/metrics/resource-limits.ts';
import type { EarlyTimeouts } from '#model/requests/early-timeouts.ts';
import { cutLine } from '#model/text/cut-text.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords, quoteInWords } from '#model/text/in-words.ts';
import { percent } from '#model/text/percent.ts';

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
  return toldSigns(signs).map(({ sign, service, operation = '', words, evidence, facts = {} }) => {
    const { id, runbook } = detectors.named(sign);
    return { detector: id, runbook, service, operation, spans: [], wastedUs: 0, facts, ...words, evidence };
  });
}

type ToldSign = Readonly<{
  sign: JudgedSign;
  service: string;
  operation?: string;
  words: Words;
  evidence: readonly EvidenceItem[];
  facts?: Finding['facts'];
}>;

function toldSigns(signs: WindowSigns): readonly ToldSign[] {
  const { node, resolver, headroom, slowness, failures, switches, cuts, lost, moved, requests } = signs;
  return [
    ...(node === undefined ? [] : [ofNode(node)]),
    ...(resolver === undefined ? [] : [ofResolver(resolver)]),
    ...headroom.filter(({ share }) => share >= TOLD_HEADROOM).map(ofHeadroom),
    ...slowness.suspects
      .filter(({ score }) => score >= TOLD_SCORE)
      .map((suspect) => ofSlowness(suspect, kindOfSlow(suspect, signs), signs)),
    ...byService(failures.filter(({ nats }) => nats >= TOLD_FAILURE_NATS)).map(ofFailures),
    ...byService(switches.filter(({ nats }) => nats >= TOLD_NATS)).map(ofSwitches),
    ...lost.filter(({ isLast }) => !isLast).map(ofLost),
    ...byService(cuts).map((own) => ofCuts(own, lost)),
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

/** What the services on the node do, and what was counted. */
const ON_NODE = {
  pods: ['are not ready', 'pods'],
  times: ['take longer', 'pods take longer'],
  complaints: ['log errors', 'lines are errors'],
  requests: ['work longer or fail', 'calls'],
} as const;

function ofNode(sick: SickNode): ToldSign {
  if (sick.what === 'zone') return ofZone(sick);
  if (sick.by === 'lines') return ofNamed(sick);
  const { node, services, of, by, full, fault } = sick;
  const names = services.map(({ service }) => service);
  const [what, counted] = ON_NODE[by === 'answers' ? 'requests' : by];
  return told(
    'full-resource',
    { service: node },
    {
      title: `${node}: ${names.join(', ')} ${what} on this node, but not on others`,
      headline: { why: `services on the node ${inWords(node)} ${what}, on other nodes they do not` },
      explanation: `${services.length} of ${of} services on this node are affected there and on no other node, each more than chance explains. One bad node is more likely than ${services.length} services that broke at once.${full === undefined ? '' : ` It also has its own ${full.resource} at ${shareText(full.level)} ${full.of}.`}${fault === undefined ? '' : ` Its kernel says: “${cutLine(fault, LONGEST_REASON)}”.`}`,
      remedy: `kubectl cordon ${node}, then move its pods away one by one; look at its CPU, memory, disk, network and neighbours.`,
      check: 'The same services are as slow on other nodes, or they were changed at the same time.',
    },
    [
      ...(full === undefined ? [] : [{ kind: 'metric', ref: full.metric, text: fullText(node, full) } as const]),
      ...services.slice(0, SHOWN).map(({ service, here, elsewhere }) => ({
        kind: 'metric' as const,
        ref: service,
        text: `${service}: ${here[0]} of ${here[1]} ${counted} on ${node}, ${elsewhere[0]} of ${elsewhere[1]} elsewhere`,
      })),
    ],
  );
}

/** Each user of a set names the same server of it. */
function ofNamed({ node, services }: SickNode): ToldSign {
  const names = services.map(({ service }) => service).join(', ');
  const lines = services.reduce((sum, { here: [times] }) => sum + times, 0);
  return told(
    'full-resource',
    { service: node },
    {
      title: `${node}: ${lines} failing lines of ${names} name this server, and hardly any other one of its set`,
      headline: { why: `failing lines name the server ${inWords(node)}, and no other one of its set` },
      explanation:
        'Each client says which server it asked in vain. The other servers of the set answer, so neither the clients nor the store as a whole are the reason.',
      remedy: `Look whether ${node} runs and can be reached, and at its log and its disk. Take it out of the set if the others can carry its load.`,
      check: `${node} answers a request that is sent to it directly, or the others of its set fail as often.`,
    },
    services.slice(0, SHOWN).map(({ service, here: [times], elsewhere: [others] }) => ({
      kind: 'log' as const,
      ref: service,
      text: `${service}: ${times} failing lines name ${node}, ${others} another one of its set`,
    })),
  );
}

function fullText(node: string, { resource, of, level, before }: FullNode): string {
  const was = before === undefined ? '' : `, ${shareText(before)} before`;
  return `${node}: ${resource} at ${shareText(level)} ${of}${was}`;
}

function ofZone({ node: zone, services, of, by }: SickNode): ToldSign {
  const names = services.map(({ service }) => service).join(', ');
  const what = by === 'answers' ? 'no longer answer from this zone' : 'work longer or fail in this zone';
  const others = by === 'answers' ? 'they answer from other zones' : 'in other zones they do not';
  return told(
    'sick-zone',
    { service: zone },
    {
      title: `${zone}: ${names} ${what}, and ${others}`,
      headline: {
        why: `services in the zone ${inWords(zone)} ${by === 'answers' ? 'do not answer' : 'work longer or fail'}, and ${others}`,
      },
      explanation: `${services.length} of ${of} services in this zone are affected there and in no other zone, each more than chance explains. One bad zone is more likely than ${services.length} services that broke at once.`,
      remedy: `Take ${zone} out of the load balancers and move its pods to other zones; then look at the provider’s status page, and at the network, the nodes and the balancer of this zone.`,
      check: 'The same services fail as often in other zones, or they were changed in this zone alone.',
    },
    services.slice(0, SHOWN).map((one) => ({ kind: 'metric', ref: one.service, text: zoneText(zone, one) })),
  );
}

function ofResolver({ service, askedBy, names, lookups, complaints, example }: SickResolver): ToldSign {
  const who = `${askedBy.slice(0, SHOWN).join(', ')}${askedBy.length > SHOWN ? ` and ${askedBy.length - SHOWN} more` : ''}`;
  return told(
    'failure-origin',
    { service },
    {
      title: `${service} does not resolve names: ${lookups} lookups of ${who} fail, and it says “${cutLine(saidIn(example), LONGEST_REASON)}”`,
      headline: { why: `${inWords(service)} does not resolve names` },
      explanation: `${askedBy.length} services fail to look up ${names.length} different names, and the resolver itself complains ${complaints} times. One resolver is more likely than so many wrong names.`,
      remedy: `Look at the pods of ${service}, at its configuration, and at the servers to which it forwards: ask one of them directly (dig @server name).`,
      check: 'One of these lookups, made by hand in a pod of such a service, is answered at once.',
    },
    [{ kind: 'log', ref: example.timeNs, text: saidIn(example) }],
  );
}

function zoneText(zone: string, { service, here, elsewhere, unanswered }: SickService): string {
  if (unanswered === undefined)
    return `${service}: ${here[0]} of ${here[1]} calls in ${zone}, ${elsewhere[0]} of ${elsewhere[1]} elsewhere`;
  return `${service}: 0 of ${elsewhere[1]} answers come from ${zone}, ${here[0]} of ${here[1]} before; ${unanswered} calls have no answer`;
}

function ofHeadroom({ service, instance, share, before, now, isOfStore, unit }: Headroom): ToldSign {
  const where = instance === '' ? '' : ` (${instance})`;
  const text = `${instance || service}: ${percent(now)} of its ${unit} limit, ${percent(before)} before`;
  const found = told(
    'full-resource',
    { service },
    {
      title: `${service}: its ${unit} usage rose from ${percent(before)} to ${percent(now)} of the limit${where}`,
      headline: { why: `${inWords(service)} uses ${percent(now)} of its ${unit} limit` },
      explanation: `That used up ${percent(share)} of its headroom. Work there waits for ${unit === 'CPU' ? 'CPU time' : unit}.`,
      remedy: `Take load off ${service}, or add instances; then find what makes it work so much: a deploy, a new kind of request, a loop.`,
      check: `${service} is as busy in the baseline, or its calls are as fast as ever.`,
    },
    [{ kind: 'metric', ref: instance || service, text }],
  );
  return isOfStore ? { ...found, facts: { isOfStore } } : found;
}

const SLOW: Readonly<Record<Trouble, (service: string, most: GrownPlace) => string>> = {
  cpu: (service, most) => `${service}: everything in it takes longer, as with an overloaded CPU; ${placeText(most)}`,
  network: (service, most) => `${service}: what it sends over the network arrives late; ${placeText(most)}`,
  calls: (service, most) => `${service}: its outgoing calls are delayed; ${placeText(most)}`,
  itself: (service, most) =>
    `${service}: its own work${most.place.recordsCalls ? '' : ', or a call without a span,'} takes longer; ${placeText(most)}`,
};

/** The wait that its own log names says more than where the time goes. */
const WAITS: Readonly<Partial<Record<SlowKind, string>>> = {
  'lock-wait': 'it waits for a lock',
  'stopped-process': 'collections of garbage stop it',
  'full-pool': 'it waits for connections from a full pool',
  'slow-statement': 'it waits for one slow query',
  dependency: 'it waits for what it calls',
  'slow-database': 'it waits for its database',
};

function ofSlowness(
  { service, trouble, score, places }: SlowSuspect,
  kind: SlowKind,
  { locks, pauses }: Pick<WindowSigns, 'locks' | 'pauses'>,
): ToldSign {
  const [most] = places;
  const shown = kind === 'lock-wait' ? locks.get(service) : undefined;
  const stopped = kind === 'stopped-process' ? pauses.get(service) : undefined;
  const found = told(
    'slow-answers',
    { service, operation: most?.place.operation ?? '' },
    {
      title: slowText(service, most, WAITS[kind] ?? '', trouble),
      headline: { why: (HEADLINE_WAITS[kind] ?? HEADLINE_SLOW[trouble])(inWords(service)) },
      explanation: `A fault in ${service} would slow exactly these places: they hold ${percent(Math.min(1, score))} of all the time that was added to requests.${shown?.kind === 'metric' ? ` ${shown.text}.` : ''}`,
      remedy:
        trouble === 'network' || trouble === 'calls'
          ? `Look at the network of ${service}: its node, its sidecar or proxy, DNS, packet loss. Look also whether other services on that node are slow.`
          : `Look at what ${service} does at that time: its CPU, its locks and pools, its databases and caches.`,
      check: `The same calls were as slow in the baseline, or another service’s calls slowed down as much.`,
    },
    [
      ...places
        .slice(0, SHOWN)
        .map((place) => ({ kind: 'metric', ref: place.place.service, text: placeText(place) }) as const),
      ...[shown ?? stopped].flatMap((item) => item ?? []),
    ],
  );
  const toCallee = most === undefined || most.place.way === 'self' ? '' : most.place.callee;
  const isWaiting = kind === 'dependency';
  return { ...found, facts: { ...(toCallee !== '' && { toCallee }), ...(isWaiting && { isWaiting }) } };
}

const HEADLINE_WAITS: Readonly<Partial<Record<SlowKind, (service: string) => string>>> = {
  'lock-wait': (service) => `${service} waits for a lock`,
  'stopped-process': (service) => `collections of garbage stop ${service}`,
  'full-pool': (service) => `${service} waits for connections of a full pool`,
  'slow-statement': (service) => `${service} waits for one slow query`,
  dependency: (service) => `${service} waits for what it calls`,
  'slow-database': (service) => `${service} waits for its database`,
};
const HEADLINE_SLOW: Readonly<Record<Trouble, (service: string) => string>> = {
  cpu: (service) => `everything in ${service} takes longer, as with an overloaded CPU`,
  network: (service) => `what ${service} sends over the network arrives late`,
  calls: (service) => `the outgoing calls of ${service} are delayed`,
  itself: (service) => `the own work of ${service} takes longer`,
};

function slowText(service: string, most: GrownPlace | undefined, waits: string, trouble: Trouble): string {
  if (most === undefined) return `${service} is slower than before`;
  return waits === '' ? SLOW[trouble](service, most) : `${service}: ${waits}; ${placeText(most)}`;
}

function placeText({ place, calls, growthUs }: GrownPlace): string {
  const { way, service, callee, operation, isOfStore } = place;
  const longer = `takes ${durationText(growthUs)} longer in ${calls} calls`;
  if (way === 'self') return `${service} ${operation}${isOfStore ? '' : ' itself'} ${longer}`;
  return way === 'request'
    ? `the transfer from ${service} to ${callee} ${longer}`
    : `the transfer back from ${callee} to ${service} ${longer}`;
}

function ofFailures(all: readonly [NewFailure, ...NewFailure[]]): ToldSign {
  const [{ service, operation, said, status, early, before, now }] = all;
  if (early !== undefined) return ofEarly(all, early);
  const message = cutLine(said, LONGEST_REASON);
  const reason = message === '' ? '' : `; the failures say “${message}”`;
  const how = message === '' && status !== '' ? ` with ${status}` : '';
  const found = told(
    'failing-requests',
    { service, operation },
    {
      title: `${service} ${operation}: ${now[0]} of ${now[1]} requests fail here${how}, ${before[0]} of ${before[1]} before${reason}`,
      headline: { why: failureInWords(all[0]) },
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
  const reached = reachedLimit(said)?.resource ?? '';
  return message === '' ? found : { ...found, facts: { message, ...(reached !== '' && { reached }) } };
}

/** The caller gives up sooner than before: the callee is not at fault. */
function ofEarly(all: readonly [NewFailure, ...NewFailure[]], early: EarlyTimeouts): ToldSign {
  const [{ service, operation, said, before, now }] = all;
  const { callee, limitUs, usualUs, longer, calls } = early;
  const [limit, usual] = [durationText(limitUs), durationText(usualUs)];
  const found = told(
    'failing-requests',
    { service, operation },
    {
      title: `${service} ${operation}: ${now[0]} of ${now[1]} requests fail here, ${before[0]} of ${before[1]} before, because ${service} gives up on ${callee} after ${limit}; ${callee} took ${usual} before`,
      headline: { why: `${inWords(service)} gives up on ${inWords(callee)} after ${limit}, sooner than it answers` },
      explanation: `${calls} calls end after the same time, ${limit}. ${longer[0]} of ${longer[1]} healthy calls took longer than that and were answered. So the limit of ${service} is shorter than before, and ${callee} may be as fast as ever.`,
      remedy: `Set the timeout of ${service} for ${callee} back to what it was, above the usual latency of ${callee}; find the change of a configuration, a client or a proxy that made it shorter.`,
      check: `The timeout of ${service} for ${callee} was ${limit} before as well.`,
    },
    [
      { kind: 'metric', ref: service, text: `${service} ${operation}: ${calls} calls of ${callee} end after ${limit}` },
      {
        kind: 'metric',
        ref: callee,
        text: `${longer[0]} of ${longer[1]} healthy calls of ${callee} took longer; the median is ${usual}`,
      },
    ],
  );
  const message = cutLine(said, LONGEST_REASON);
  return { ...found, facts: { endedAfterUs: limitUs, ...(message !== '' && { message }) } };
}

/** What the users' requests run into. */
function failureInWords({ service, operation, said, status }: NewFailure): string {
  // A message in brackets is a message all the same.
  const quote = quoteInWords(said) || quoteInWords(said.replace(/[()[\]]/g, ' '));
  if (quote !== '') return `${inWords(service)} failed with ${quote}`;
  return `${inWords(operation)} of ${inWords(service)} fails${status === '' ? ', and nothing recorded says why' : ` with ${status}`}`;
}

/** Limits for a title. */
const LONGEST_REASON = 120;
const LONGEST_LINE = 160;

function ofSwitches(all: readonly [LogSwitch, ...LogSwitch[]]): ToldSign {
  const [{ service, operation, change, example, before, now }] = all;
  const said = cutLine(saidIn(example), LONGEST_LINE);
  const quote = quoteInWords(said);
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
      headline: {
        why: `${inWords(service)} ${change === 'began' ? 'logs a new complaint' : 'no longer logs a line that it always logged'}${quote === '' ? '' : `: ${quote}`}`,
      },
      explanation:
        'A line that appears in many executions instead of none, or in fewer instead of all, shows that the code takes another path.',
      remedy: `Read the code around that line, and the condition that decides whether it runs; compare with what changed in ${service}.`,
      check: 'The line is missing, or present, just as often in a baseline of the same requests.',
    },
    all.slice(0, SHOWN).map((one) => ({ kind: 'log', ref: one.example.timeNs, text: saidIn(one.example) })),
  );
}

function ofLost({ service, operation, callee, before, now, sinceUs }: LostCall): ToldSign {
  const found = told(
    'lost-call',
    { service, operation },
    {
      title: `${service} ${operation} no longer calls ${callee}: ${now[0]} of ${now[1]} executions do without it, ${before[0]} of ${before[1]} before`,
      headline: { why: `${inWords(service)} no longer calls ${inWords(callee)}` },
      explanation: `These executions answer as usual and make fewer calls: ${service} took another path and left ${callee} out.`,
      remedy: `Look in ${service} for what decides about the call: a flag, a setting, a condition, a deploy that removed it.`,
      check: `Nobody needs the call any more, or another part of the request makes it now.`,
    },
    [
      {
        kind: 'event',
        ref: service,
        text: `${service} ${operation}: ${now[0]} of ${now[1]} without a call of ${callee}, ${before[0]} of ${before[1]} before`,
      },
    ],
  );
  return { ...found, facts: { caller: service, callee, calledIn: before[1] - before[0], traces: before[1], sinceUs } };
}

function ofCuts(all: readonly [Cut, ...Cut[]], lost: readonly LostCall[]): ToldSign {
  const [{ service, operation, last, excess }] = all;
  const times = Math.round(excess);
  const after = last === '' ? 'before its first call' : `after it called ${last}`;
  const notCalled = lost.find((one) => one.service === service && one.operation === operation)?.callee ?? '';
  const found = told(
    'cut-calls',
    { service, operation },
    {
      title: `${service} ${operation}: stops ${after}, ${times} times more than in the baseline`,
      headline: { why: `${inWords(service)} stops early${last === '' ? '' : `, after a call to ${inWords(last)}`}` },
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
  return notCalled === '' ? found : { ...found, facts: { notCalled } };
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
      headline: { why: `callers of ${inWords(last)} stop after its answer` },
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
  cpu: 'its CPU works far more than before',
  latency: 'its responses take longer than before',
  errors: 'more of its responses fail than before',
};

const HEADLINE_MEASURED: Readonly<Record<MovedSeries['measures'], string>> = {
  connections: 'has all its connections in use',
  memory: 'uses more memory than before',
  cpu: 'uses far more CPU than before',
  latency: 'answers more slowly than before',
  errors: 'fails more often than before',
};

function ofMoved(all: readonly [MovedSeries, ...MovedSeries[]]): ToldSign {
  const [{ service, measures, name, before, now, isIdle = false }] = all;
  const waits = isIdle
    ? ', while its CPU works no more than before: it waits for its network or for another service'
    : '';
  const values = ({ before, now }: MovedSeries) => `${numberText(now)}, ${numberText(before)} before`;
  const sign = told(
    MOVED_SIGNS[measures],
    { service },
    {
      title: `${service}: ${MEASURED[measures]} (${name}: ${numberText(now)}, ${numberText(before)} before)${waits}`,
      headline: { why: `${inWords(service)} ${HEADLINE_MEASURED[measures]}` },
      explanation:
        'No other service’s metrics moved more, relative to their usual variation. Metrics do not show which service waits for which.',
      remedy: `Look at the requests of ${service} in that time, or send its traces: they show whether another service causes this.`,
      check: `A service that ${service} calls moved earlier, or ${service} moves as much on a healthy day.`,
    },
    all.slice(0, SHOWN).map((one) => ({ kind: 'metric', ref: one.service, text: `${one.name}: ${values(one)}` })),
  );
  return all.some(({ isFelt }) => isFelt) ? { ...sign, facts: { isFelt: true } } : sign;
}

function numberText(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}
