/**
 * Zabbix's webhook media type. Its script decides on the body: docs/zabbix.md has one, with Zabbix' macros under these
 * names; other common names of the same macros are read too.
 * https://www.zabbix.com/documentation/current/en/manual/appendix/macros/supported_by_location
 */
import { z } from 'zod';
import {
  deliveryOf,
  firstOf,
  Instant,
  labelsOf,
  linesOf,
  Name,
  Prose,
  serviceOf,
  stateIn,
  Tags,
  traceIdIn,
  unreadable,
} from '#adapters/alert-fields.ts';
import { readFormattedAlert } from '#adapters/formatted-alert.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { AlertState } from '#model/incident/alert.ts';

const ZabbixBody = z.object({
  event_id: Name,
  trigger_id: Name,
  event_name: Name,
  trigger: Name,
  alert_name: Name,
  trigger_name: Name,
  alert_subject: Name,
  subject: Name,
  event_status: Name,
  status: Name,
  /** 1 for a problem, 0 for its end. */
  event_value: Name,
  event_update_status: Name,
  event_ack_status: Name,
  event_severity: Name,
  severity: Name,
  trigger_severity: Name,
  host_name: Name,
  host: Name,
  hostname: Name,
  hardware: Name,
  service: Name,
  event_time: Instant,
  event_recovery_time: Instant,
  event_tags: Tags,
  event_message: Prose,
  alert_message: Prose,
  message: Prose,
  trigger_url: Name,
  event_url: Name,
  url: Name,
  link: Name,
  runbook_url: Name,
});

/** Names of other receivers' templates, with the page of the event in place of its id. */
const LinkedBody = z.looseObject({ trigger: z.string(), status: z.string(), link: z.string() });

/** The names of macros as those of parameters: `{"EVENT.ID": …}` is `event_id`, with the day and the time in one. */
function withoutMacros(body: unknown): unknown {
  const named = z.looseObject({ 'EVENT.ID': z.unknown() }).safeParse(body);
  if (!named.success) return body;
  const entries = Object.entries(named.data).map(([name, value]) => [name.toLowerCase().replaceAll('.', '_'), value]);
  const said = Object.fromEntries(entries) as Readonly<Record<string, unknown>>;
  const at = (part: string) => ({ [`${part}_time`]: `${said[`${part}_date`]} ${said[`${part}_time`]}` });
  return { ...said, ...at('event'), ...at('event_recovery') };
}

export function isZabbixBody(given: unknown): boolean {
  const body = withoutMacros(given);
  const linked = LinkedBody.safeParse(body);
  if (linked.success) return idsIn(linked.data.link).event !== '';
  const form = z.looseObject({ event_id: z.union([z.string(), z.number()]) });
  const parsed = form.safeParse(body);
  if (!parsed.success) return false;
  return ['event_status', 'event_value', 'trigger_id', 'hardware'].some((name) => name in parsed.data);
}

export function readZabbixWebhook(given: unknown, receivedUs: number): ReadDelivery {
  const body = withoutMacros(given);
  const formatted = readFormattedAlert(body, 'zabbix', receivedUs);
  if (formatted !== undefined) return formatted;
  const parsed = ZabbixBody.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const page = idsIn(firstOf(parsed.data.event_url, parsed.data.trigger_url, parsed.data.url, parsed.data.link));
  const { event_id, trigger_id } = parsed.data;
  const said = {
    ...parsed.data,
    event_id: firstOf(event_id, page.event),
    trigger_id: firstOf(trigger_id, page.trigger),
  };
  const { event_name, alert_name, trigger_name, trigger, alert_subject, subject } = said;
  const title = firstOf(event_name, alert_name, trigger_name, trigger, alert_subject, subject);
  if (said.event_id === '' || title === '') {
    const missing = said.event_id === '' ? 'event_id: {EVENT.ID}' : 'event_name: {EVENT.NAME}';
    return { kind: 'unreadable', why: `✖ a parameter is missing\n  → add ${missing} to the media type` };
  }
  const state = stateOf(said);
  if (state === undefined) {
    const why = '✖ neither a problem nor its end\n  → add event_value: {EVENT.VALUE} to the media type';
    return { kind: 'unreadable', why };
  }
  const host = firstOf(said.host_name, said.host, said.hostname, said.hardware);
  const labels = { ...said.event_tags, ...labelsOf({ host, trigger_id: said.trigger_id }) };
  const text = firstOf(said.event_message, said.alert_message, said.message);
  const atUs = said.event_time ?? receivedUs;
  const links = labelsOf({ runbook: said.runbook_url });
  return deliveryOf({
    source: 'zabbix',
    key: said.event_id,
    title,
    service: firstOf(said.service, serviceOf(labels), host),
    severity: firstOf(said.event_severity, said.severity, said.trigger_severity),
    state,
    atUs,
    saidUs: state === 'triggered' ? atUs : (said.event_recovery_time ?? Math.max(atUs, receivedUs)),
    url: firstOf(said.event_url, said.trigger_url, said.url, said.link),
    traceId: traceIdIn(text, linesOf(labels)),
    labels,
    ...(Object.keys(links).length > 0 && { links }),
  });
}

/** `…/tr_events.php?triggerid=14032&eventid=10528`: the page of an event in Zabbix' frontend. */
export function idsIn(address: string): Readonly<{ trigger: string; event: string }> {
  const asked = URL.parse(address)?.searchParams;
  const numberOf = (name: string) => /^\d{1,20}$/.exec(asked?.get(name) ?? '')?.[0] ?? '';
  return { trigger: numberOf('triggerid'), event: numberOf('eventid') };
}

function stateOf({
  event_value,
  event_status,
  status,
  event_update_status,
  event_ack_status,
}: z.output<typeof ZabbixBody>): AlertState | undefined {
  if (event_value === '0') return 'resolved';
  // {EVENT.UPDATE.STATUS} is 1 where a person acknowledged or commented.
  if (event_update_status === '1' || /^yes$/i.test(event_ack_status)) return 'acknowledged';
  return event_value === '1' ? 'triggered' : stateIn(firstOf(event_status, status));
}
