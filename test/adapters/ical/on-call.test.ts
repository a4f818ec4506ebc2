/** Who is on call in a calendar: recurrence, exceptions, zones, and feeds that are none. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { icalOnCall } from '#adapters/ical/on-call.ts';
import { later } from '#test/later.ts';
import { breakOff, huge, type Reply, refuse, replay, startRecordedServer } from '#test/recorded-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanhound-ical-'));
afterAll(() => rmSync(folder, { recursive: true }));

const calendar = (...events: readonly (readonly string[])[]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    ...events.flatMap((lines, at) => ['BEGIN:VEVENT', `UID:${at}`, ...lines, 'END:VEVENT']),
    'END:VCALENDAR',
    '',
  ].join('\r\n');

let files = 0;
const asked = async (text: string, iso: string, zone = 'Europe/Berlin') => {
  files += 1;
  const path = join(folder, `${files}.ics`);
  writeFileSync(path, text);
  const source = icalOnCall({ calendars: [`payments=${path}`], zone });
  return await source.onCall('payments', Date.parse(iso) * 1_000, later());
};
/** `kim@example.com 2026-01-12T08:00:00.000Z`, each on call. */
const on = async (text: string, iso: string, zone?: string) => {
  const answer = await asked(text, iso, zone);
  if (answer.kind === 'unknown') throw new Error(answer.reason);
  return answer.people.map(
    ({ name, email, untilUs = 0 }) => `${email || name} ${new Date(untilUs / 1_000).toISOString()}`,
  );
};

const KIM = 'ATTENDEE;CN=Kim:mailto:kim@example.com';
const WEEKLY = [
  'DTSTART;TZID=Europe/Berlin:20250106T090000',
  'DTEND;TZID=Europe/Berlin:20250113T090000',
  'RRULE:FREQ=WEEKLY;INTERVAL=2',
  'EXDATE;TZID=Europe/Berlin:20260202T090000',
  'SUMMARY:On call',
  KIM,
];

test.each([
  ['2026-01-05T07:59:59Z', []],
  ['2026-01-05T08:00:00Z', ['kim@example.com 2026-01-12T08:00:00.000Z']],
  ['2026-01-12T08:00:00Z', []],
  ['2026-02-03T08:00:00Z', []],
  // In summer, 09:00 in Berlin is an hour earlier in UTC.
  ['2026-03-30T06:59:59Z', []],
  ['2026-03-30T07:00:00Z', ['kim@example.com 2026-04-06T07:00:00.000Z']],
])('a shift that recurs, at %s: %o', async (now, people) => {
  expect(await on(calendar(WEEKLY), now)).toEqual(people);
});

test('a shift that was moved, and one that somebody else took', async () => {
  const moved = [
    'BEGIN:VEVENT',
    'UID:0',
    'RECURRENCE-ID;TZID=Europe/Berlin:20260119T090000',
    'DTSTART;TZID=Europe/Berlin:20260114T090000',
    'DTEND;TZID=Europe/Berlin:20260115T090000',
    'ATTENDEE:mailto:ana@example.com',
    'END:VEVENT',
  ].join('\r\n');
  const text = calendar(WEEKLY).replace('END:VCALENDAR', `${moved}\r\nEND:VCALENDAR`);
  expect(await on(text, '2026-01-14T12:00:00Z')).toEqual(['ana@example.com 2026-01-15T08:00:00.000Z']);
  expect(await on(text, '2026-01-20T12:00:00Z')).toEqual([]);
  expect(await on(text, '2026-01-06T12:00:00Z')).toEqual(['kim@example.com 2026-01-12T08:00:00.000Z']);
});

test.each([
  ['a whole day', ['DTSTART;VALUE=DATE:20260106', KIM], '2026-01-06T23:00:00.000Z'],
  ['two whole days', ['DTSTART;VALUE=DATE:20260106', 'DTEND;VALUE=DATE:20260108', KIM], '2026-01-07T23:00:00.000Z'],
  ['a time without a zone', ['DTSTART:20260106T090000', 'DTEND:20260106T180000', KIM], '2026-01-06T17:00:00.000Z'],
  ['a time of UTC', ['DTSTART:20260106T090000Z', 'DURATION:PT8H', KIM], '2026-01-06T17:00:00.000Z'],
  ['another zone', ['DTSTART;TZID=Asia/Tokyo:20260106T180000', 'DURATION:PT8H', KIM], '2026-01-06T17:00:00.000Z'],
  [
    'a zone of Windows',
    ['DTSTART;TZID=W. Europe Standard Time:20260106T090000', 'DURATION:PT8H', KIM],
    '2026-01-06T16:00:00.000Z',
  ],
])('%s is read in its zone, or that of the settings', async (_, lines, until) => {
  expect(await on(calendar(lines), '2026-01-06T12:00:00Z')).toEqual([`kim@example.com ${until}`]);
});

test('attendees are on call, else whoever the title names; lines go on', async () => {
  const day = 'DTSTART;VALUE=DATE:20260106';
  const both = [day, 'ATTENDEE;CN=Kim:mail\r\n to:KIM@example.com', 'ATTENDEE:mailto:ana@example.com'];
  const until = '2026-01-06T23:00:00.000Z';
  expect(await on(calendar(both), '2026-01-06T12:00:00Z')).toEqual([
    `kim@example.com ${until}`,
    `ana@example.com ${until}`,
  ]);
  expect(await on(calendar([day, 'SUMMARY:Lea Meier']), '2026-01-06T12:00:00Z')).toEqual([`Lea Meier ${until}`]);
  expect(await on(calendar([day, 'SUMMARY:On call: <lea@example.com>']), '2026-01-06T12:00:00Z')).toEqual([
    `lea@example.com ${until}`,
  ]);
  expect(await on(calendar([day, 'STATUS:CANCELLED', KIM]), '2026-01-06T12:00:00Z')).toEqual([]);
});

test('a rule by minutes is no shift, and keeps nobody waiting', async () => {
  const rules = ['FREQ=SECONDLY', 'INTERVAL=1;FREQ=MINUTELY', 'FREQ=DAILY;BYHOUR=1,2;BYMINUTE=1,2'];
  const events = rules.map((rule) => ['DTSTART:19700101T000000Z', 'DURATION:PT1M', `RRULE:${rule}`, KIM]);
  expect(await on(calendar(...events), '2026-01-06T12:00:00Z')).toEqual([]);
});

test.each([
  ['no calendar', '{"ok":true}', 'is no iCal calendar'],
  ['nothing', '', 'is no iCal calendar'],
  [
    'a zone that nobody knows',
    calendar(['DTSTART;TZID=Nowhere/Land:20260106T090000', 'DURATION:PT8H', KIM]),
    'Nowhere/Land',
  ],
  ['too many events', calendar(...Array.from({ length: 1_001 }, () => ['DTSTART:20260106T090000Z'])), '1,000 events'],
])('%s is said', async (_, text, why) => {
  expect(await asked(text, '2026-01-06T12:00:00Z')).toMatchObject({
    kind: 'unknown',
    reason: expect.stringContaining(why),
  });
});

test('what is no event leaves the others', async () => {
  const text = calendar(['DTSTART:nonsense', KIM], ['DTSTART;VALUE=DATE:20260106', KIM]).replace(
    'BEGIN:VEVENT',
    'BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT',
  );
  expect(await on(text, '2026-01-06T12:00:00Z')).toEqual(['kim@example.com 2026-01-06T23:00:00.000Z']);
});

const feed = async (reply: Reply) => {
  await using server = await startRecordedServer(() => reply);
  const source = icalOnCall({ calendars: [`payments=${server.url.href}s3cret/basic.ics?key=s3cret`], zone: 'UTC' });
  const answer = await source.onCall('payments', Date.UTC(2026, 0, 6, 12) * 1_000, later());
  return { ...answer, path: server.requests.map(({ path, search }) => `${path}?${search}`) };
};
const ICS = {
  status: 200,
  headers: { 'content-type': 'text/calendar' },
  body: Buffer.from(calendar(['DTSTART;VALUE=DATE:20260106', KIM])),
};

test('a calendar at an address is read', async () => {
  expect(await feed(replay(ICS))).toMatchObject({
    place: 'the calendar payments',
    people: [{ email: 'kim@example.com', name: 'Kim' }],
    path: ['/s3cret/basic.ics?key=s3cret'],
  });
});

test.each([
  ['401', refuse(401, {}, 's3cret'), 'HTTP 401'],
  ['404', refuse(404), 'HTTP 404'],
  ['a redirect', refuse(302, { location: 'http://169.254.169.254/' }), 'HTTP 302'],
  ['500', refuse(500), 'HTTP 500'],
  ['a web page', refuse(200, { 'content-type': 'text/html' }, '<html>'), 'leads to a web page'],
  ['10 MB', huge(10_000_000), 'larger than 2 MB'],
  ['an answer that breaks off', breakOff(ICS), 'could not be read'],
])('an address that answers %s: a sentence without the address', async (_, reply, why) => {
  const answer = await feed(reply);
  const reason = answer.kind === 'unknown' ? answer.reason : '';
  expect(reason).toContain(why);
  expect(reason).not.toContain('s3cret');
});

test('a name that no calendar has, and a file that is not there, are said', async () => {
  const source = icalOnCall({ calendars: ['payments=/nowhere/s3cret.ics'], zone: 'UTC' });
  expect(await source.onCall('shop', 0, later())).toMatchObject({
    reason: expect.stringContaining('no calendar shop'),
  });
  expect(await source.onCall('payments', 0, later())).toMatchObject({
    reason: 'The file of the calendar payments cannot be read. Check ICAL_CALENDARS.',
  });
});
