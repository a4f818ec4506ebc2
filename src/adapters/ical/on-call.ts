/**
 * Reads who is on call from the events of a calendar: RFC 5545, from an address or a file. The attendees of an event that
 * covers the instant are on call; without attendees, whoever its title names.
 */
import { open } from 'node:fs/promises';
import ical, { type EventInstance, type VEvent } from 'node-ical';
import { openOnCallApi, unknown } from '#adapters/on-call-answer.ts';
import { SpanhoundError } from '#core/errors.ts';
import {
  type OnCallAnswer,
  type OnCallPerson,
  type OnCallSource,
  personEmail,
  personName,
} from '#model/incident/on-call.ts';
import { readZone } from '#utilities/time-zone.ts';
import { relevantEvents } from './relevant-events.ts';

export type IcalOptions = Readonly<{
  /** `payments=https://…` */
  calendars: readonly string[];
  zone: string;
}>;

/** Years of a team's shifts. */
const MAX_BYTES = 2_000_000;
/** A shift that was moved by more days is not found. */
const AROUND_MS = 31 * 86_400_000;

export function icalOnCall({ calendars, zone }: IcalOptions): OnCallSource {
  const places = new Map(
    calendars.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
  return {
    id: 'ical',
    title: 'The calendar',
    async onCall(name, nowUs, signal) {
      const at = places.get(name);
      if (at === undefined) return unknown(`ICAL_CALENDARS has no calendar ${name}: correct the name, or add it.`);
      const text = at.startsWith('/') ? await ofFile(name, at) : await ofAddress(name, new URL(at), signal);
      return typeof text === 'string' ? read(text, { name, zone, nowMs: nowUs / 1_000 }) : text;
    },
  };
}

/** Its address is a secret, and so is what a server says about it. */
async function ofAddress(name: string, url: URL, signal: AbortSignal): Promise<string | OnCallAnswer> {
  const slash = url.pathname.lastIndexOf('/');
  const base = new URL(url);
  base.pathname = url.pathname.slice(0, slash + 1);
  const api = openOnCallApi(`The calendar ${name}`, { url: base });
  try {
    const path = url.pathname.slice(slash + 1);
    const answer = await api.get(path, { signal, search: [...url.searchParams] });
    if (answer.kind === 'page') return unknown(`The address of the calendar ${name} leads to a web page. ${CHECK}`);
    if (answer.kind === 'refusal') return unknown(`The calendar ${name} answered HTTP ${answer.status}. ${CHECK}`);
    const parts: Uint8Array[] = [];
    for await (const part of answer.chunks) parts.push(part);
    return Buffer.concat(parts).toString('utf8');
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    return unknown(`The calendar ${name} could not be read: it is down, too slow, or larger than 2 MB. ${CHECK}`);
  }
}

const CHECK = 'Check ICAL_CALENDARS.';

async function ofFile(name: string, path: string): Promise<string | OnCallAnswer> {
  try {
    await using file = await open(path);
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(MAX_BYTES + 1), position: 0 });
    if (bytesRead > MAX_BYTES) return unknown(`The file of the calendar ${name} is larger than 2 MB.`);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return unknown(`The file of the calendar ${name} cannot be read. ${CHECK}`);
  }
}

function read(
  text: string,
  { name, zone, nowMs }: Readonly<{ name: string; zone: string; nowMs: number }>,
): OnCallAnswer {
  const events = relevantEvents(text, { zone, nowMs });
  if (events === undefined)
    return unknown(`The calendar ${name} is no iCal calendar, or has more than 1,000 events or 200 rules.`);
  const people = new Map<string, OnCallPerson>();
  for (const component of Object.values(ical.sync.parseICS(events))) {
    if (component?.type !== 'VEVENT') continue;
    const strange = strangeZone(component);
    if (strange !== '') return unknown(`The calendar ${name} uses a time zone without meaning here: ${strange}.`);
    for (const instance of covering(component, nowMs)) {
      for (const person of peopleOf(instance)) people.set(person.email || person.name, person);
    }
  }
  return { kind: 'known', place: `the calendar ${name}`, people: [...people.values()] };
}

function covering(event: VEvent, nowMs: number): readonly EventInstance[] {
  const [from, to] = [new Date(nowMs - AROUND_MS), new Date(nowMs + AROUND_MS)];
  const all = ical.expandRecurringEvent(event, { from, to, expandOngoing: true });
  return all.filter(
    ({ start, end, event: { status } }) =>
      status !== 'CANCELLED' && start.getTime() <= nowMs && nowMs < (end?.getTime() ?? start.getTime()),
  );
}

/** The parser reads a zone that it does not know as the machine's own. '' where all is known. */
function strangeZone({ start }: VEvent): string {
  const { tz } = start as Date & Readonly<{ tz?: string }>;
  return tz === undefined || readZone(tz) !== undefined ? '' : personName(tz);
}

function peopleOf({ event, summary, end }: EventInstance): readonly OnCallPerson[] {
  const untilUs = end === undefined ? undefined : end.getTime() * 1_000;
  const attendees = [event.attendee ?? []].flat().flatMap((attendee) => {
    const { val, params } = typeof attendee === 'string' ? { val: attendee, params: undefined } : attendee;
    const email = personEmail(`${val}`.replace(/^mailto:/i, ''));
    const name = personName((params as Readonly<Record<string, unknown>> | undefined)?.CN);
    return email === '' && name === '' ? [] : [{ name, email, slackId: '', untilUs }];
  });
  if (attendees.length > 0) return attendees;
  const title = personName(typeof summary === 'string' ? summary : summary?.val);
  const email =
    title
      .split(/[\s<>()]/)
      .map(personEmail)
      .find((one) => one !== '') ?? '';
  return title === '' ? [] : [{ name: title, email, slackId: '', untilUs }];
}
