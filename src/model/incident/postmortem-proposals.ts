/**
 * Action items that the record itself suggests: from the findings' remedies, from late detection, a late answer or a late
 * mitigation, from an operation that was slow, from requests whose senders nobody knows, and from gaps in the evidence. A person accepts one with an owner and a day, or declines it. Neither is
 * proposed again, also if the item was dropped later.
 */
import { taskProblem } from '#model/blameless/lint.ts';
import { type ItemType, proposedItemId } from '#model/incident/incident.ts';
import { remedyProposal } from '#model/incident/item-check.ts';
import { type ItemProbe, percentileName, probeText, probeWritten, readProbe } from '#model/incident/item-probe.ts';
import { didAlert } from '#model/incident/noted-signs.ts';
import type { Proposal } from '#model/incident/postmortem.ts';
import { deedsOf } from '#model/incident/postmortem-deeds.ts';
import { type Facts, marks, writtenUs } from '#model/incident/postmortem-facts.ts';
import { DETECTION_GOAL_MINUTES, minutesAfter, minutesText } from '#model/incident/postmortem-words.ts';
import { durationText } from '#model/text/duration.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';

/** A meeting decides about no more. */
const MOST = 5;
const REMEDIES = 2;
/** An id takes this much of a service’s name. */
const NAME_CHARS = 60;
/** As the form takes it. */
const TEXT_CHARS = 300;

export function proposalsOf(facts: Facts): readonly Proposal[] {
  const accepted = new Set(facts.actionItems.map(({ id }) => id));
  return [
    ...remedies(facts),
    ...lateDetection(facts),
    ...lateResponse(facts),
    ...lateMitigation(facts),
    ...slowOperation(facts),
    ...unknownSenders(facts),
    ...gaps(facts),
  ]
    .filter(({ id }) => !accepted.has(proposedItemId(facts.incident.id, id)) && !facts.declined.has(id))
    .filter(({ text }) => isTask(text))
    .slice(0, MOST);
}

function isTask(text: string): boolean {
  return text.length <= TEXT_CHARS && taskProblem(text) === undefined;
}

/** `what`: the names that tell it from the others. */
function proposal(type: ItemType, what: readonly string[], text: string, cites: readonly string[]): Proposal {
  const names = what.map((name) => encodeURIComponent(name.slice(0, NAME_CHARS).toWellFormed()));
  return { id: [type, ...names].join('-'), type, text: text.trim().replace(/\.$/, ''), cites };
}

/** Only a diagnosis that nobody doubts says what to build. */
function remedies({ lead, findings }: Facts): readonly Proposal[] {
  if (lead === undefined || lead.doubt !== undefined) return [];
  const own = findings.filter(({ evidenceMark, remedy }) => evidenceMark === lead.mark && remedy.trim() !== '');
  const distinct = own.filter(({ remedy }, at) => own.findIndex((other) => other.remedy === remedy) === at);
  return distinct.slice(0, REMEDIES).map(({ detector, service, remedy, mark }) => ({
    ...proposal('prevent', [], remedy, [mark]),
    id: remedyProposal(detector, service),
  }));
}

function lateDetection(facts: Facts): readonly Proposal[] {
  const { incident, metrics, milestones, origin, isNoticeKnown } = facts;
  const took = metrics.detectionMinutes ?? 0;
  if (incident.detectedBy !== 'alert' && isNoticeKnown) {
    const text = `Add an alert on ${symptomOf(facts)} that fires before a person reports it`;
    const rule = ruleFor(facts);
    const probe = rule === undefined ? {} : { probe: { kind: 'rule', rule } as const };
    return [{ ...proposal('detect', ['report'], text, marks(facts, milestones.declared)), ...probe }];
  }
  if (took <= DETECTION_GOAL_MINUTES || hasAlert(facts)) return [];
  const text = `Add an alert on ${symptomOf(facts)} that fires within ${DETECTION_GOAL_MINUTES} min of the start of the impact; this time it took ${minutesText(took)}`;
  return [proposal('detect', ['late'], text, marks(facts, milestones.impact, origin?.entry))];
}

/** An alert came, as people noted, or an action item adds one, or a check that is repeated. */
function hasAlert(facts: Facts): boolean {
  return (
    (!facts.isNoticeKnown && didAlert(facts)) ||
    facts.actionItems.some(({ text, type }) => type === 'detect' || ALERTING.test(text)) ||
    deedsOf(facts).some(({ text }) => BUILT.test(text))
  );
}

/** An alert that people added meanwhile: `all nodes have an alert at 250 ms`. */
const BUILT = /\b(?:an?|new|the) (?:new )?(?:alert|alarm|probe) (?:at|on|for|when|if|above|below|in place)\b/iu;

const ALERTING =
  /\b(?:alerts?|probes?|alarms?|pages?|pager|monitor(?:s|ing)?|heartbeats?|synthetic check)\b|Alarm|Alerte|Alerta|アラート|監視|告警|监控|(?<!\p{L})(?:(?:each|every|per) (?:\d{1,3} )?(?:min(?:ute)?s?|hours?|days?|shifts?|nights?|mornings?)|hourly|daily|nightly|(?:jede|alle) (?:\d{1,3} )?(?:Min|Stunde|Tag|Schicht)\p{L}{0,4}|stündlich|täglich|(?:chaque|toutes les|tous les) (?:\d{1,3} )?(?:min|heure|jour)\p{L}{0,4}|cada (?:\d{1,3} )?(?:min|hora|d[ií]a|turno)\p{L}{0,4})(?!\p{L})|毎(?:時|分|日|朝)|(?:時間|分)ごと|每(?:小时|分钟|天)/iu;

const RESPONSE_GOAL_MINUTES = 5;
const MITIGATION_GOAL_MINUTES = 15;

function lateResponse(facts: Facts): readonly Proposal[] {
  const { alert, acknowledged } = facts.milestones;
  if (alert === undefined || acknowledged === undefined) return [];
  const took = minutesAfter(writtenUs(acknowledged), alert.atUs);
  if (took <= RESPONSE_GOAL_MINUTES) return [];
  const text = `Page the next person if nobody acknowledges this alert within ${RESPONSE_GOAL_MINUTES} min; this time it took ${minutesText(took)}`;
  return [proposal('respond', ['late'], text, marks(facts, alert, acknowledged))];
}

function lateMitigation(facts: Facts): readonly Proposal[] {
  const { milestones, origin, metrics } = facts;
  const took = metrics.repairMinutes ?? 0;
  if (origin === undefined || milestones.mitigated !== undefined || took <= MITIGATION_GOAL_MINUTES) return [];
  const text = `Write into the runbook how to reduce the impact of ${symptomOf(facts)} before it is fixed; this time the fix took ${minutesText(took)}`;
  return [proposal('mitigate', ['late'], text, marks(facts, origin.entry, milestones.fixed))];
}

/** As for windows: slower than twice what is healthy. */
const SLOW_RATIO = 2;

/** Only for an operation that a search can find again: its name has no id, and the form can show the check. */
function slowOperation({ lead }: Facts): readonly Proposal[] {
  const { request, healthy, doubt } = lead ?? {};
  if (lead?.diagnosis === undefined || request === undefined || healthy === undefined || doubt !== undefined) return [];
  const belowUs = limitUs(healthy.durationUs);
  if (request.durationUs <= belowUs || !isOneOperation(request.operation)) return [];
  const probe: ItemProbe = { kind: 'p99', operation: request.operation, service: request.service, belowUs };
  const times = `${durationText(request.durationUs)} in this incident, and ${durationText(healthy.durationUs)} when it was healthy`;
  const text = `Bring ${percentileName(probe)} back under ${durationText(belowUs)}; a request took ${times}`;
  return checked(proposal('prevent', ['p99', probe.service, probe.operation], text, [lead.mark]), probe);
}

/** In two digits, at least a millisecond. */
function limitUs(healthyUs: number): number {
  return Number(Math.max(1, (SLOW_RATIO * healthyUs) / 1_000).toPrecision(2)) * 1_000;
}

/** Where requests failed or were slow, and no attribute says whose. */
function unknownSenders({ lead, evidence }: Facts): readonly Proposal[] {
  const counted = [...(lead ? [lead] : []), ...evidence].find(({ affected }) => affected !== undefined);
  const { affected, request, mark = '' } = counted ?? {};
  if (affected === undefined || affected.people !== undefined || request === undefined) return [];
  const harmed = affected.failed + (affected.slow ?? 0);
  if (harmed === 0 || request.service !== affected.service || !isOneOperation(request.operation)) return [];
  const { operation, service } = request;
  const text = `Write the tenant of each request as tenant.id on “${operation}” in ${service}; no attribute says whose ${harmed} of ${affected.requests} requests failed or were slow`;
  const probe: ItemProbe = { kind: 'attribute', attribute: 'tenant.id', operation, service };
  return checked(proposal('respond', ['tenant', service, operation], text, [mark]), probe);
}

function isOneOperation(operation: string): boolean {
  return operationTemplate(operation) === operation;
}

/** Nothing where the form could not show the check as a person writes it. */
function checked(proposed: Proposal, probe: ItemProbe): readonly Proposal[] {
  const read = readProbe(probe.kind, probeWritten(probe));
  return 'probe' in read && probeText(read.probe) === probeText(probe) ? [{ ...proposed, probe }] : [];
}

function gaps({ evidence }: Facts): readonly Proposal[] {
  const [first] = evidence.flatMap(({ mark, gaps: own }) => own.map((gap) => ({ mark, ...gap })));
  if (first === undefined) return [];
  const { mark, source, problem } = first;
  const text = `Close this gap in the evidence: ${source} ${problem}`;
  return [proposal('respond', ['gap', source], text, [mark])];
}

/** A name for the missing rule, which the person may change: `CheckoutSlowQuery`, `CheckoutErrors`. */
function ruleFor({ lead, services }: Facts): string | undefined {
  const { diagnosis, doubt } = lead ?? {};
  if (diagnosis !== undefined && doubt === undefined) return inOneWord(diagnosis.service, diagnosis.kind);
  return services[0] === undefined ? undefined : inOneWord(services[0], 'errors');
}

/** As rules are named: https://prometheus.io/docs/practices/alerting/#naming */
function inOneWord(...names: readonly string[]): string {
  const words = names.flatMap((name) => name.slice(0, NAME_CHARS).split(/[^\p{L}\p{N}]+/u));
  return words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
}

function symptomOf({ lead, rejected, services }: Facts): string {
  const { diagnosis, doubt } = lead ?? {};
  if (diagnosis !== undefined && doubt === undefined)
    return `“${diagnosis.title ?? diagnosis.kind}” in ${diagnosis.service}`;
  const named = services.find((service) => !NO_SERVICE.test(service));
  return named === undefined || rejected !== undefined ? 'the first symptom of it' : `errors and latency of ${named}`;
}

/** What stands in place of a name where telemetry has none. */
const NO_SERVICE = /^(?:unknown[_-]?)?service(?::.{0,100})?$/i;
