/** Finds what is the same in all messages of one alert, in the message of an app without a reader. */
import { lastingPart } from './message-subject.ts';
import type { Field } from './payload-fields.ts';
import { pickText } from './pick-field.ts';
import { withoutState } from './state-words.ts';

/** An id of the alert: in a field, in its page's address, or in the title. Else what the title says apart from the state. */
export function keyOfMessage({
  title,
  service,
  url,
  fields,
}: Readonly<{ title: string; service: string; url: string; fields: readonly Field[] }>): string {
  const named = pickText(fields, {
    names: ID_FIELD,
    fits: ({ value }) => /\d/.test(value) && value.length <= 100,
  })?.value;
  const inTitle = idInText(title);
  const inAddress = idInAddress(url);
  return (
    named ??
    // incident.io's address has the number alone, its title `INC-7`.
    ((inTitle.endsWith(`-${inAddress}`) ? inTitle : inAddress) ||
      inTitle ||
      checkOfEntity(fields) ||
      [service, withoutState(lastingPart(title))].filter((part) => part !== '').join('/'))
  );
}

/**
 * An entity and its check, which Sensu shows as fields: the output of the check is another one at the end.
 * https://github.com/sensu/sensu-slack-handler/blob/main/main.go
 */
function checkOfEntity(fields: readonly Field[]): string {
  const at = (wanted: string) => fields.find(({ name }) => name === wanted)?.value ?? '';
  const parts = [at('entity'), at('check')];
  return parts.includes('') ? '' : parts.join('/');
}

const ID_FIELD =
  /^(?:(?:alert|incident|issue|problem|event|case)(?:id|key|number|no)|id|dedupkey|fingerprint|incident)$/;

/** What stands before the id in a path. */
const BEFORE_ID =
  /^(?:alerts?|alarms?|incidents?|issues?|problems?|outages?|faults?|items?|errors?|events?|cases?|violations?|a|i)$/i;
const ID =
  /^(?:\d{2,20}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{16,64}|[A-Z]{2,10}-\d{1,10}|(?=[A-Za-z]{0,30}\d)[A-Za-z0-9_-]{8,64})$/;

const SHORT_ID = /^(?=[a-z]{0,30}\d)[a-z0-9]{2,40}$/i;

/** A run of a check has an id of its own: `…/checks/12/results/34`. */
const RUN = /(\/(?:checks?|monitors?|tests?)\/[^/]{1,100})\/(?:results|runs|executions)\/[^/]{1,100}\/?$/;

/** `…/incidents/123`, `…/alert/view?id=123`; empty where the address names no id. */
function idInAddress(address: string): string {
  const url = URL.parse(address);
  if (url === null) return '';
  for (const name of [
    'id',
    'alertId',
    'alert_id',
    'incidentId',
    'incident_id',
    'issueId',
    'pid',
    'problemId',
    'eventid',
  ]) {
    const value = url.searchParams.get(name) ?? '';
    if (ID.test(value)) return value;
  }
  // Where the name says what it is, a short id counts, too.
  const short = ['incident', 'alert']
    .map((name) => url.searchParams.get(name) ?? '')
    .find((value) => SHORT_ID.test(value));
  if (short !== undefined) return short;
  const parts = `${url.pathname.replace(RUN, '$1')}/${url.hash.replace(/^#!?/, '').split('?', 1)[0] ?? ''}`
    .split(/[/;]/)
    .filter((part) => part !== '');
  const behind = parts.find((part, at) => isIdBehind(part, parts[at - 1] ?? ''));
  return behind ?? parts.toReversed().find((part) => /\d/.test(part) && ID.test(part) && part.length >= 6) ?? '';
}

/** Behind the word for an incident, a short id counts, too, and Google's: `0.n1abc`. */
function isIdBehind(part: string, before: string): boolean {
  if (/^incidents?$/i.test(before)) return ID.test(part) || /^(?:0\.)?(?=[a-z]{0,30}\d)[a-z0-9]{4,40}$/.test(part);
  return ID.test(part) && BEFORE_ID.test(before);
}

/** `INC-123: name`, `[#4711] name` */
function idInText(title: string): string {
  return /\b((?:INC|ALERT|PROB|IM|P|CASE)-\d{1,12})\b/.exec(title)?.[1] ?? /#(\d{2,15})\b/.exec(title)?.[1] ?? '';
}
