/**
 * A line of the service, of this request or of its time, says that this is meant: a window that gathers messages, a machine that is taken back as agreed.
 * So does a line with a target that the request kept, or one that calls the time usual, or the work a job by schedule.
 * People decide whether a failure is a fault, so the verdict stays unsure. A person who got an error is helped by no such line.
 *
 * No fault at all is what people announced before, a device that is without a network by its own words, and the time of
 * a request that went well, where its own line says that it is meant or usual.
 */
import { isAskedAnew } from '#diagnose/rules/asked-anew.ts';
import { servicesBehindGap, servicesWithoutSpans } from '#diagnose/rules/behind-gap.ts';
import { isRefusedCard } from '#diagnose/rules/refused-card.ts';
import { isReadElsewhere } from '#diagnose/rules/replaced-read.ts';
import { isSaidConflict } from '#diagnose/rules/said-conflict.ts';
import { isWithoutNetwork, waitedForNetwork } from '#diagnose/rules/without-network.ts';
import { asUnsure } from '#diagnose/status.ts';
import type { Detectors, Excuse } from '#model/finding/detector-traits.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { EvidenceItem, Finding } from '#model/finding/finding.ts';
import { NAMED_LOCK } from '#model/instruments/lock-words.ts';
import { RECYCLED } from '#model/instruments/start-words.ts';
import { type CorrelatedLine, isCertain } from '#model/logs/log-correlation.ts';
import { HARMLESS_LEVELS, severityOf, WARN } from '#model/logs/log-level.ts';
import { epochUsOf, namesSpan } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { NOT_MEANT, tellsInTime, tellsPartInTime } from '#model/logs/said-in-time.ts';
import {
  exportedIn,
  givesFirstAnswer,
  givesReason,
  givesSubstitute,
  givesTurn,
  saysLaterAttempt,
  saysPersonRefused,
  saysSuccess,
  saysTriedAgain,
  tellsRefill,
  tellsWorkOf,
} from '#model/logs/stated-reasons.ts';
import { isCopied } from '#model/sql/row-rate.ts';
import { cutLine } from '#model/text/cut-text.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { isProbe, lacksHealthService } from '#model/trace/views/probe-requests.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

export function withinIntent(
  judgement: Judgement,
  trace: Trace,
  lines: readonly CorrelatedLine[],
  detectors: Pick<Detectors, 'of'>,
): Judgement {
  const { diagnosis, symptom } = judgement;
  if (diagnosis === undefined) return judgement;
  const isNoFault = [isAnnouncedOutage, isWithoutNetwork, isOnlyProbe, isSaidConflict].some((test) =>
    test(trace, lines),
  );
  const isNoFaultOfIt = [waitedForNetwork, isReadElsewhere, isRefusedCard].some((test) =>
    test(judgement, trace, lines),
  );
  if (isNoFault || isNoFaultOfIt || isExcused(judgement, trace, lines, detectors)) return withoutVerdict(judgement);
  const anew = askedAnew(judgement, trace, lines);
  if (anew !== undefined) return anew;
  if (symptom.kind === 'failed' && trace.kind(trace.root) === 'server') return judgement;
  const mayTakeLong = symptom.kind !== 'failed';
  // A message may wait before the recorded work begins.
  const tookUs = Math.max(trace.durationUs, Number(judgement.findings[0]?.facts.lagUs ?? 0));
  const lostUs = judgement.findings[0]?.wastedUs ?? 0;
  const services = [
    diagnosis.service,
    ...askerOfStore(judgement, trace),
    ...servicesBehindGap(judgement, trace),
    ...servicesWithoutSpans(judgement, trace, lines),
  ];
  const isOfSetting = detectors.of(diagnosis.kind).excusedBy?.includes('setting') === true;
  const said = lines.filter(
    (line) =>
      services.includes(line.service) &&
      (saysMeant(line) ||
        (isOfSetting && saysRecycled(logMessage(line))) ||
        (mayTakeLong && (saysInTime(line, tookUs) || saysPartInTime(line, lostUs) || saysByPlan(line, trace)))),
  );
  if (mayTakeLong && said.some(isCertain) && failedSpans(trace).length === 0) return withoutVerdict(judgement);
  const [first] = said;
  if (first === undefined || diagnosis.status === 'inconclusive') return judgement;
  return asMeant(judgement, first);
}

/** Someone has to wait for the next process where a setting ends one after so many requests. */
function saysRecycled(said: string): boolean {
  return RECYCLED.test(said.slice(0, LONGEST_READ));
}

/** Undefined unless the request asked for a fresh answer: the misses are meant, and a line of the service may say so, too. */
function askedAnew(judgement: Judgement, trace: Trace, lines: readonly CorrelatedLine[]): Judgement | undefined {
  const [found] = judgement.findings;
  if (found === undefined || !isAskedAnew(trace, found)) return undefined;
  const isTold = saysOfRequest(lines, { by: found.service, says: (said) => READS_ANEW.test(said) });
  if (isTold && failedSpans(trace).length === 0) return withoutVerdict(judgement);
  return asUnsure(judgement, 'the request itself asked for a fresh answer (Cache-Control), so its caches had to miss');
}

/** What a service writes where it passes by its cache because somebody asked for that. */
const READS_ANEW =
  /\brefresh\w{0,4}\b|\bbypass\w{0,4}\b|\banew\b|\bfresh(?:ly)?\b|\bre-?(?:read|load|build|fill|new)\w{0,3}\b|\bskip\w{0,4} (?:the )?cache\b|\bforced?\b/i;

/** Nielsen: longer than this interrupts a thought. */
const KEEPS_THOUGHT_US = 1_000_000;

/** Whether a line says it of a finding. */
const SAYS: Readonly<Record<Excuse, (said: string, finding: Finding) => boolean>> = {
  reason: givesReason,
  work: (said, { wastedUs }) => tellsWorkOf(said, wastedUs),
  'exported-rows': (said, { wastedUs }) => isCopied(exportedIn(said), wastedUs),
  refill: (said, { wastedUs }) => wastedUs <= KEEPS_THOUGHT_US && tellsRefill(said),
  substitute: (said) => givesSubstitute(said) || givesFirstAnswer(said),
  attempt: saysLaterAttempt,
  turn: (said, { facts }) => NAMED_LOCK.test(String(facts.statement ?? '')) && givesTurn(said),
  setting: saysRecycled,
  refusal: (said, { facts }) => OF_PERSON.test(String(facts.status ?? '')) && saysPersonRefused(said),
};

/**
 * Nobody has to look: a service on the way says why the time is taken, or the service that hid a failure says what it gave
 * instead. Its lines of this request have no warning.
 */
function isExcused(
  judgement: Judgement,
  trace: Trace,
  lines: readonly CorrelatedLine[],
  detectors: Pick<Detectors, 'of'>,
): boolean {
  const {
    symptom,
    findings: [first],
  } = judgement;
  if (first === undefined || trace.failed(trace.root)) return false;
  const { excusedBy = [] } = detectors.of(first.detector);
  const isHidden = excusedBy.includes('substitute');
  const excuses = excusedBy.filter((excuse) => (SYMPTOMS[excuse] ?? ['slow']).includes(symptom.kind));
  const services = new Set([first.service, ...servicesWithoutSpans(judgement, trace, lines)]);
  for (let above = first.spans[0]; above !== undefined && !isHidden; above = trace.parent(above))
    services.add(trace.service(above));
  const own = lines.filter((line) => services.has(line.service) && isCertain(line));
  const warnings = own.filter(({ level }) => severityOf(level) >= WARN);
  if (warnings.length > 0) return excuses.includes('attempt') && wasTriedAgain(own, warnings);
  return own.some(
    (line) => HARMLESS_LEVELS.has(line.level) && excuses.some((excuse) => SAYS[excuse](logMessage(line), first)),
  );
}

/** gRPC, the SDKs of AWS and most clients attempt a call three times: two failed attempts are an accident. */
const MOST_WARNINGS = 2;

/** Each warning announces another attempt, and a harmless line after the last one says that it did the work. */
function wasTriedAgain(own: readonly CorrelatedLine[], warnings: readonly CorrelatedLine[]): boolean {
  const isAnnounced = warnings.every((line) => severityOf(line.level) === WARN && saysTriedAgain(logMessage(line)));
  if (!isAnnounced || warnings.length > MOST_WARNINGS) return false;
  const lastUs = Math.max(...warnings.map(epochUsOf));
  return own.some((line) => {
    const said = logMessage(line);
    return (
      HARMLESS_LEVELS.has(line.level) && epochUsOf(line) >= lastUs && (saysLaterAttempt(said) || saysSuccess(said))
    );
  });
}

/** What the request suffered, so that the excuse may count; a slow one where nothing stands here. */
const SYMPTOMS: Readonly<Partial<Record<Excuse, readonly string[]>>> = {
  substitute: ['degraded'],
  attempt: ['degraded', 'slow'],
  refusal: ['degraded'],
};

/** Statuses of a refused request, without those for credentials, a missing address and limits (RFC 9110). */
const OF_PERSON = /^4(?!0[1345]|29)\d\d\b/;

/** A store, or a host without spans, works for who asks it, and only that one knows whether its time is meant. */
function askerOfStore({ findings: [first] }: Judgement, trace: Trace): readonly string[] {
  const span = first?.spans[0];
  if (span === undefined) return [];
  const isUnseen = trace.kind(span) === 'client' && trace.childCount(span) === 0;
  return isUnseen || trace.isDatabaseCall(span) ? [trace.service(span)] : [];
}

function withoutVerdict(judgement: Judgement): Judgement {
  return { ...judgement, symptom: { ...judgement.symptom, kind: 'none' }, diagnosis: undefined };
}

function asMeant(judgement: Judgement, said: CorrelatedLine): Judgement {
  const quote = cutLine(logMessage(said), LONGEST_QUOTE);
  const unsure = asUnsure(judgement, `a line of ${said.service} says that it is meant: “${quote}”`);
  const [first, ...others] = unsure.findings;
  if (first === undefined) return unsure;
  return { ...unsure, findings: [{ ...first, evidence: [lineItem(said), ...(first.evidence ?? [])] }, ...others] };
}

function lineItem({ timeNs, line }: CorrelatedLine): EvidenceItem {
  return { kind: 'log', ref: timeNs, text: line };
}

const UNAVAILABLE = 503;
/** A process that ends, or begins, takes no traffic, and says so to whoever probes it. */
const NOT_READY =
  /\bdrain(?:s|ed|ing)?\b|\bshutting down\b|\bSIGTERM\b|\bterminating\b|\bnot ready yet\b|\b(?:still )?(?:starting|warming) up\b/i;

/**
 * A probe met a process that leaves or begins, by its own line; or a server without gRPC's health service, which clients
 * take for healthy.
 */
function isOnlyProbe(trace: Trace, lines: readonly CorrelatedLine[]): boolean {
  const failed = failedSpans(trace);
  if (failed.length === 0) return false;
  if (failed.every((span) => lacksHealthService(trace, span))) return true;
  const { root } = trace;
  if (!isProbe(trace, root) || trace.httpStatus(root) !== UNAVAILABLE) return false;
  const by = trace.service(root);
  if (!failed.every((span) => span === root || isInside(trace, span, by))) return false;
  return lines.some(
    (line) =>
      line.service === by && isCertain(line) && severityOf(line.level) <= WARN && NOT_READY.test(logMessage(line)),
  );
}

/** Envoy's flags for an error and a delay that its fault filter injects. */
const INJECTED = /\b(?:FI|DI)\b/;
/** `maintenance page (announced 10:00-10:30)`, `planned downtime`, `drill of 25 Nov announced in the channel`. */
const ANNOUNCED =
  /\b(?:announced|planned|scheduled|agreed)\b[^.;\n]{0,60}\b(?:maintenance|down-?time|drill|exercise|game ?day|chaos (?:test|experiment))\b|\b(?:maintenance|down-?time|drill|exercise|game ?day|chaos (?:test|experiment))\b[^.;\n]{0,60}\b(?:announced|planned|scheduled|agreed)\b/i;
const OUT_OF_PLAN =
  /\b(?:un(?:announced|planned|scheduled)|not|never|no|without|over[- ]?(?:ran|runs?|due)|exceed\w{0,3}|longer|late|emergency|missed|ended|over)\b/i;

/** A service refused the request itself, or its mesh did, and its own line says that people had announced that. */
function isAnnouncedOutage(trace: Trace, lines: readonly CorrelatedLine[]): boolean {
  const failed = failedSpans(trace);
  const refused = failed.filter((span) => isRefused(trace, span));
  if (!refused.includes(trace.root)) return false;
  const by = trace.service(refused.at(-1) ?? trace.root);
  if (!failed.every((span) => refused.includes(span) || isInside(trace, span, by))) return false;
  if (saysOfRequest(lines, { by, says: (said) => ANNOUNCED.test(said) && !OUT_OF_PLAN.test(said) })) return true;
  const isTimed = refused.some((span) => Object.keys(trace.attributesFor(span, RETRY_AFTER)).length > 0);
  return isTimed && lines.some((line) => line.service === by && saysPlannedMaintenance(harmlessMessage(line)));
}

/**
 * A service that is in maintenance tells every client when to come back, and wrote once that its mode is on: RFC 9110,
 * 10.2.3 and 15.6.4; https://laravel.com/docs/configuration#maintenance-mode
 */
const RETRY_AFTER = /(?:^|[._-])retry[._-]after$/i;
const MAINTENANCE = /\bmaintenance (?:mode|page|window)\b/i;
const PLANNED = /\b(?:announced|planned|scheduled|agreed)\b/i;

function saysPlannedMaintenance(said: string): boolean {
  return MAINTENANCE.test(said) && PLANNED.test(said) && !OUT_OF_PLAN.test(said);
}

function isRefused(trace: Trace, span: SpanIndex): boolean {
  return trace.httpStatus(span) === UNAVAILABLE || INJECTED.test(trace.text(span, 'envoy.response_flags'));
}

function isInside(trace: Trace, span: SpanIndex, service: string): boolean {
  return trace.isInternal(span) && !trace.isDatabaseCall(span) && trace.service(span) === service;
}

/** A harmless line of the service, written for this request. */
function saysOfRequest(
  lines: readonly CorrelatedLine[],
  { by, says }: Readonly<{ by: string; says(said: string): boolean }>,
): boolean {
  return lines.some((line) => line.service === by && isCertain(line) && says(harmlessMessage(line)));
}

const LONGEST_QUOTE = 120;

function saysMeant(line: CorrelatedLine): boolean {
  const message = harmlessMessage(line);
  if (MEANT.test(message)) return !NOT_MEANT.test(message);
  return MEANT_ABROAD.test(message) && !NOT_MEANT_ABROAD.test(message);
}

/** The line names the time that was lost, and the most that it may be: `init 690 ms (expected, below 1 s)`. */
function saysPartInTime(line: CorrelatedLine, us: number): boolean {
  return isCertain(line) && tellsPartInTime(harmlessMessage(line), us);
}

/** By the words of its service, in a line of this request, it took no longer than it may, or than always. */
function saysInTime(line: CorrelatedLine, us: number): boolean {
  return isCertain(line) && tellsInTime(harmlessMessage(line), us);
}

/** `feed rebuilt (nightly export)`: the line of the request itself calls it a job by schedule, which nobody waits for. */
function saysByPlan(line: CorrelatedLine, trace: Trace): boolean {
  if (!isCertain(line) || line.service !== trace.service(trace.root) || !namesSpan(line, trace.spanId(trace.root)))
    return false;
  const message = harmlessMessage(line);
  return BY_PLAN.test(message) && !OF_ANOTHER.test(message);
}

/** Empty for a warning or an error. */
function harmlessMessage(line: CorrelatedLine): string {
  return severityOf(line.level) >= WARN ? '' : logMessage(line).slice(0, LONGEST_READ);
}

const LONGEST_READ = 2_000;
const MEANT =
  /\bby (?:design|choice)\b|\bas (?:planned|intended|designed|agreed|expected|scheduled)\b|\bon purpose\b|\bintentional(?:ly)?\b|\bdeliberate(?:ly)?\b|\bexpected behaviou?r\b|\b(?:is|are) (?:expected|intended|planned|wanted|foreseen)(?=$|[,;.:)])|\b(?:this|that|which) is (?:normal|usual|fine|wanted|foreseen|harmless)\b|\bby policy\b|\bexpected (?:on|for|with) (?:this|that|such|these|so)\b|\bthat the (?:client|caller|user) (?:allows?|asked for|requested)\b|\b(?:allows?|supports?|offers?|has|takes?) no (?:bulk|batch)\b|\b(?:allows?|asks? for|permits?|quota|contract)\b.{0,40}\bone (?:call |request |batch )?at a time\b/i;
/** The same in German, French and Spanish. */
const MEANT_ABROAD =
  /\b(?:absichtlich|mit Absicht|beabsichtigt|planmäßig|gewollt|wie (?:geplant|vorgesehen|vereinbart|gewünscht))\b|\b(?:exprès|volontairement|comme (?:prévu|convenu|voulu))(?![\wé])|\b(?:a propósito|adrede|intencionalmente|(?:como|según) (?:lo )?(?:previsto|planeado|acordado))\b/i;
const NOT_MEANT_ABROAD = /\b(?:nicht|un(?:beabsichtigt|planmäßig|gewollt)|kein\w{0,2}|pas|non|no|aber|mais|pero)\b/i;
const BY_PLAN =
  /\b(?:nightly|hourly|daily|weekly|monthly|quarterly|yearly|periodic|scheduled) (?:\w{1,20} )?(?:export|import|batch|backup|job|run|rebuild|report|sync|snapshot|dump|archive|clean-?up|re-?index\w{0,3})\b/i;
/** Somebody else’s job is in the way. */
const OF_ANOTHER =
  /\b(?:wait\w{0,4}|blocked|behind|locks?|locked|held|holds|during|while|because|due to|after|before|until|late|slow\w{0,3}|delayed|overdue|contention|conflict\w{0,3})\b/i;
