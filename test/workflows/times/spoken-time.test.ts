import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readZone, UTC, type Zone } from '#utilities/time-zone.ts';
import { readWholeTime, resolveTime, splitTime } from '#workflows/times/spoken-time.ts';

/** A Tuesday. */
const NOW = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const BERLIN = zone('Europe/Berlin');

function zone(name: string): Zone {
  const found = readZone(name);
  if (found === undefined) throw new Error(`no zone ${name}`);
  return found;
}

function resolved(text: string, { nowUs = NOW, own = UTC } = {}) {
  const when = readWholeTime(text);
  if ('problem' in when) return undefined;
  const result = resolveTime(when, { nowUs, own });
  return 'us' in result ? new Date(result.us / 1_000).toISOString() : result.problem;
}

/** What becomes of a text: `instant + rest`, `text` where it begins with no time, else what is wrong with it. */
function split(text: string, { nowUs = NOW, own = UTC } = {}) {
  const { when, rest, problem } = splitTime(text);
  if (problem !== undefined) return problem;
  if (when === undefined) return rest === text ? 'text' : `text: ${rest}`;
  const result = resolveTime(when, { nowUs, own });
  if ('problem' in result) return result.problem;
  return `${new Date(result.us / 1_000).toISOString().slice(0, 16)}${result.isYesterday ? ' (yesterday)' : ''} + ${rest}`;
}

describe('a time alone', () => {
  test.each([
    ['14:20', '2026-01-06T14:20:00.000Z'],
    ['14:20:15', '2026-01-06T14:20:15.000Z'],
    ['at 9:05', '2026-01-06T09:05:00.000Z'],
    ['2:20pm', '2026-01-06T14:20:00.000Z'],
    ['12:05 am', '2026-01-06T00:05:00.000Z'],
    ['9.30', '2026-01-06T09:30:00.000Z'],
    ['1420', '2026-01-06T14:20:00.000Z'],
    ['since 14:20', '2026-01-06T14:20:00.000Z'],
    ['14:20 UTC', '2026-01-06T14:20:00.000Z'],
    ['2026-01-05T23:59:01Z', '2026-01-05T23:59:01.000Z'],
    ['2026-01-05T23:59:01.250Z', '2026-01-05T23:59:01.250Z'],
    ['2026-01-05 23:59', '2026-01-05T23:59:00.000Z'],
    ['2026-01-06T12:00+02:30', '2026-01-06T09:30:00.000Z'],
    ['2026-01-06T12:00-00:30', '2026-01-06T12:30:00.000Z'],
    ['now', '2026-01-06T14:30:00.000Z'],
    ['-20m', '2026-01-06T14:10:00.000Z'],
    ['1h30m ago', '2026-01-06T13:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(resolved(text)).toBe(expected);
  });

  test.each([
    '25:00',
    '14:60',
    '13:00pm',
    '2026-02-31T10:00Z',
    'half past two',
    'noon',
    '14',
    'at 14',
    '',
    'yesterday',
    '2026-01-05',
    '14:20 x',
    '14:20 14:20',
    '-20m x',
    '9'.repeat(40_000),
  ])('%.40s is none', (text) => {
    expect(readWholeTime(text)).toMatchObject({ problem: expect.stringMatching(/^.{1,160}14:35.{1,100}$/) });
  });

  test('is read with the summer time of its own day', () => {
    const summer = Date.parse('2026-03-29T10:00:00Z') * 1_000;
    const at = (text: string, own = BERLIN, nowUs = summer) => resolved(text, { nowUs, own });
    expect(at('yesterday 10:00')).toBe('2026-03-28T09:00:00.000Z');
    expect(at('today 10:00')).toBe('2026-03-29T08:00:00.000Z');
    // That night the clocks went from 02:00 to 03:00.
    expect(at('02:30')).toContain('I cannot place 02:30: on 2026-03-29 the clock was set forward over it');
    expect(at('3 days ago at 02:30', BERLIN, Date.parse('2026-04-01T10:00:00Z') * 1_000)).toContain('set forward');
    expect(at('3 days ago at 10:00', BERLIN, Date.parse('2026-10-25T12:00:00Z') * 1_000)).toBe(
      '2026-10-22T08:00:00.000Z',
    );
    expect(at('01:50', zone('Australia/Sydney'), Date.parse('2026-10-03T16:10:00Z') * 1_000)).toBe(
      '2026-10-03T15:50:00.000Z',
    );
    // That night they showed 02:30 twice, first at 00:30 UTC.
    expect(at('02:30', BERLIN, Date.parse('2026-10-25T00:50:00Z') * 1_000)).toBe('2026-10-25T00:30:00.000Z');
    expect(at('02:30', BERLIN, Date.parse('2026-10-25T01:50:00Z') * 1_000)).toContain(
      'The clock showed 02:30 twice: at 2026-10-25T00:30Z and 2026-10-25T01:30Z',
    );
  });

  test('is read on the clock of the one who wrote it, unless it names its zone', () => {
    expect(resolved('15:20', { own: BERLIN })).toBe('2026-01-06T14:20:00.000Z');
    expect(resolved('2026-01-06 15:20', { own: BERLIN })).toBe('2026-01-06T14:20:00.000Z');
    expect(resolved('14:20Z', { own: BERLIN })).toBe('2026-01-06T14:20:00.000Z');
    expect(resolved('09:20 EST', { own: BERLIN })).toBe('2026-01-06T14:20:00.000Z');
    expect(resolved('15:20 Europe/Berlin')).toBe('2026-01-06T14:20:00.000Z');
  });

  test('of a zone with several meanings is read if it is the zone of the one who wrote it, and asked about otherwise', () => {
    expect(resolved('08:20 CST', { own: zone('America/Chicago') })).toBe('2026-01-06T14:20:00.000Z');
    expect(resolved('08:20 CST', { own: zone('Asia/Shanghai') })).toContain('it may be China standard time (+08:00)');
    expect(resolved('08:20 IST', { own: zone('Asia/Kolkata') })).toBe('2026-01-06T02:50:00.000Z');
    expect(resolved('08:20 IST', { own: BERLIN })).toContain('Israel standard time');
  });

  test('that the clock shows only later today was yesterday just after midnight, and is refused otherwise', () => {
    const afterMidnight = Date.UTC(2026, 0, 6, 0, 10) * 1_000;
    expect(resolved('23:55', { nowUs: afterMidnight })).toBe('2026-01-05T23:55:00.000Z');
    expect(resolved('14:35')).toContain('is in the future');
    expect(resolved('2026-01-06T14:32Z')).toContain('is in the future');
    expect(resolved('tomorrow 10:00')).toContain('is in the future');
    expect(resolved('next Friday 10:00')).toContain('is in the future');
  });

  test('that is ahead by less than clocks differ is now', () => {
    expect(resolved('14:31')).toBe('2026-01-06T14:30:00.000Z');
  });

  test('before times are kept is none', () => {
    expect(resolved('99999 weeks ago')).toContain('I cannot read the time');
    expect(resolved('1969-12-31 10:00')).toBeUndefined();
  });
});

describe('a time before a text', () => {
  test.each([
    ['at 14:20 the pool is full', '2026-01-06T14:20 + the pool is full'],
    ['at 2026-01-06T14:20Z: rolled back', '2026-01-06T14:20 + rolled back'],
    ['at 14:20', '2026-01-06T14:20 + '],
    ['14:10 restarted the pool', '2026-01-06T14:10 + restarted the pool'],
    ['14:10 – restarted', '2026-01-06T14:10 + restarted'],
    ['[14:10] restarted', '2026-01-06T14:10 + restarted'],
    ['14:10 -5 % traffic', '2026-01-06T14:10 + -5 % traffic'],
    ['at 9.30am restarted', '2026-01-06T09:30 + restarted'],
    ['9:30\u202fAM restarted', '2026-01-06T09:30 + restarted'],
    ['10 Uhr restarted', '2026-01-06T10:00 + restarted'],
    ['about 10:00 it began', '2026-01-06T10:00 + it began'],
    ['1410Z restarted', '2026-01-06T14:10 + restarted'],
    ['14:10 ist der Pool voll', '2026-01-06T14:10 + ist der Pool voll'],
    ['yesterday at 10:00 restarted', '2026-01-05T10:00 + restarted'],
    ['yesterday, 9 pm: restarted', '2026-01-05T21:00 + restarted'],
    ['10:00 yesterday restarted', '2026-01-05T10:00 + restarted'],
    ["14:10 yesterday's release was rolled back", "2026-01-06T14:10 + yesterday's release was rolled back"],
    ['the day before yesterday 10:00 restarted', '2026-01-04T10:00 + restarted'],
    ['this morning at 9:05 restarted', '2026-01-06T09:05 + restarted'],
    ['last night at 23:10 restarted', '2026-01-05T23:10 + restarted'],
    ['last night at 2:30 restarted', '2026-01-06T02:30 + restarted'],
    ['on Monday 10:00 restarted', '2026-01-05T10:00 + restarted'],
    ['Wed 10:00 restarted', '2025-12-31T10:00 + restarted'],
    ['last Tuesday at 10:00 restarted', '2025-12-30T10:00 + restarted'],
    ['10:00 on Monday restarted', '2026-01-05T10:00 + restarted'],
    ['2026-01-05 10:00 UTC rollback', '2026-01-05T10:00 + rollback'],
    ['5.1. 10:00 restarted', '2026-01-05T10:00 + restarted'],
    ['31.12. 10:00 restarted', '2025-12-31T10:00 + restarted'],
    ['Dec 31 10:00 restarted', '2025-12-31T10:00 + restarted'],
    ['31 December 2025, 10:00 restarted', '2025-12-31T10:00 + restarted'],
    ['20 min ago restarted', '2026-01-06T14:10 + restarted'],
    ['an hour and 20 minutes ago: restarted', '2026-01-06T13:10 + restarted'],
    ['half an hour ago restarted', '2026-01-06T14:00 + restarted'],
    ['vor 10 Minuten neu gestartet', '2026-01-06T14:20 + neu gestartet'],
    ['vor einer halben Stunde neu gestartet', '2026-01-06T14:00 + neu gestartet'],
    ['gestern um 10 Uhr neu gestartet', '2026-01-05T10:00 + neu gestartet'],
    ['(14:10) restarted', '2026-01-06T14:10 + restarted'],
    ['*14:10* restarted', '2026-01-06T14:10 + restarted'],
    ['`14:10:05` restarted', '2026-01-06T14:10 + restarted'],
    ['"14:10": restarted', '2026-01-06T14:10 + restarted'],
    ['- 14:10 restarted', '2026-01-06T14:10 + restarted'],
    ['• *14:10* – restarted', '2026-01-06T14:10 + restarted'],
    ['> 20 min ago restarted', '2026-01-06T14:10 + restarted'],
    ['1. yesterday 10:00 restarted', '2026-01-05T10:00 + restarted'],
    ['5. Jan 10:00 restarted', '2026-01-05T10:00 + restarted'],
    ['time: 14:10 restarted', '2026-01-06T14:10 + restarted'],
    ['earlier, 14:10 restarted', '2026-01-06T14:10 + restarted'],
  ])('%s', (text, expected) => {
    expect(split(text)).toBe(expected);
  });

  test('says that it was yesterday where nobody said so', () => {
    const nowUs = Date.UTC(2026, 0, 6, 0, 10) * 1_000;
    expect(split('23:55 restarted', { nowUs })).toBe('2026-01-05T23:55 (yesterday) + restarted');
    expect(split('00:05 restarted', { nowUs })).toBe('2026-01-06T00:05 + restarted');
    // 01:10 on their clock
    expect(split('23:55 restarted', { nowUs, own: BERLIN })).toBe('2026-01-05T22:55 (yesterday) + restarted');
  });

  test.each([
    'at peak load it breaks',
    '- 3 pods restarted',
    '1. restarted the pool',
    '(20 % of requests)',
    '"14:10 it worked", says Jonas',
    '"yesterday it worked", says Jonas',
    '20 min back to normal',
    'time: 300 ms',
    'when: the deploy began',
    'T-800 nodes are gone',
    'at 3 nodes it breaks',
    'at 1410 requests it breaks',
    'attached a graph',
    'saw it at 14:20',
    '5 nodes restarted',
    '3 of 4 pods are down',
    '3/4 of the pods are down',
    '10 connections left',
    '2 min latency on checkout',
    '4.52 s at p99',
    '99.95 % fail',
    'a deploy 20 min ago broke it',
    '20 nodes died an hour ago',
    'the 14:10 deploy',
    'since 10:00 no errors',
    'now it works',
    'may be the pool',
    'sat down and looked',
    'monday.com is down, too',
    'sun is shining',
    'March release rolled back',
    'second replica is down',
    "Monday's release was it",
    "last night's backup failed",
    'this morning’s deploy was it',
    'v1.2.3 is deployed',
    '1.2.34 is deployed',
    '10.0.0.1 is down',
    '2001:db8::1 is down',
    '80:8080 is the mapping',
  ])('is not seen in %s', (text) => {
    expect(split(text)).toBe('text');
  });

  test.each([
    ['at 14:75 the pool is full', '14:75'],
    ['14:75 the pool is full', '14:75'],
    ['at 2026-13-01 10:00 x', '2026-13-01'],
    ['yesterday 25:00 restarted', 'time of day behind yesterday'],
    ['yesterday restarted the pool', 'time of day behind yesterday'],
    ['last night the pool was full', 'time of day behind last night'],
    ['last night at 10:00 restarted', 'time of day behind last night'],
    ['on Monday restarted', 'time of day behind Monday'],
    ['2026-01-05 restarted', 'time of day behind 2026-01-05'],
    ['at 9 restarted', 'at 9 restarted'],
    ['9.30 restarted', '9.30 restarted'],
    ['-20m restarted', '-20m restarted'],
    ['noon restarted', 'noon restarted'],
    ['quarter past ten restarted', 'quarter past ten'],
    ['a few minutes ago restarted', 'a few minutes ago'],
    ['5 min back restarted', '5 min back'],
    ['10 minutes earlier restarted', '10 minutes earlier'],
    ['the other day restarted', 'the other day'],
    ['yday 10:00 restarted', 'yday 10:00'],
    ['T-20m restarted', 'T-20m'],
    ['- yesterday restarted', 'time of day behind yesterday'],
    ['vor einigen Minuten neu gestartet', 'vor einigen'],
    ['5/1 10:00 restarted', 'the day from the month'],
    ['05-01-2026 10:00 restarted', 'the day from the month'],
    ['14:10-14:20 the pool was full', 'a time window'],
    ['14:10 to 14:20 the pool was full', 'a time window'],
    ['14:10..14:20 the pool was full', 'a time window'],
    ['at 10:30:00.5x faster', '10:30:00.5x'],
    ['13:00pm restarted', '13:00pm'],
  ])('that cannot be read is told and not taken for words: %s', (text, part) => {
    expect(splitTime(text).problem).toContain(part);
    expect(splitTime(text).problem).toContain('write `now:` before it');
    expect(splitTime(text).rest).toBe(text);
  });

  test('is text behind `now:`', () => {
    expect(split('now: 14:10 is when the log ends')).toBe('text: 14:10 is when the log ends');
  });

  test('is quoted so that it can neither format nor mention, and in short', () => {
    const { problem = '' } = splitTime(`at 9:99<!channel>\`*${'9'.repeat(40_000)}`);
    expect(problem.replace('`now:`', '')).not.toMatch(/[<>`*]/);
    expect(problem.length).toBeLessThan(250);
  });
});

describe('a day counted back', () => {
  test.each([
    ['3 days ago at 10:00 x', '2026-01-03T10:00 + x'],
    ['2 days ago 10:00 x', '2026-01-04T10:00 + x'],
    ['a day ago at 9.30pm x', '2026-01-05T21:30 + x'],
    ['two weeks ago, 10:00: x', '2025-12-23T10:00 + x'],
    ['one week and 2 days ago at 10:00 x', '2025-12-28T10:00 + x'],
    ['about 2 days ago around 10am x', '2026-01-04T10:00 + x'],
    ['2 days ago in the evening at 8pm x', '2026-01-04T20:00 + x'],
    ['vor 2 Tagen um 14 Uhr x', '2026-01-04T14:00 + x'],
    ['vor zwei Tagen, 14:05 x', '2026-01-04T14:05 + x'],
    ['last friday at 9 restarted', '2026-01-02T09:00 + restarted'],
    ['last friday ~16:15 x', '2026-01-02T16:15 + x'],
    ['10:00 last friday x', '2026-01-02T10:00 + x'],
    ['yesterday 23:59 x', '2026-01-05T23:59 + x'],
    ['earlier today at 11:20 x', '2026-01-06T11:20 + x'],
  ])('has the clock time behind it: %s', (text, expected) => {
    expect(split(text)).toBe(expected);
  });

  test.each(['3 days ago x', 'a week ago x', 'vor 2 Tagen x', '1.5 days ago x', '3 days ago in the evening x'])(
    'is asked about without one: %s',
    (text) => {
      expect(split(text)).toMatch(/^I (?:find no time of day behind |read 3 days ago, but not in the evening)/);
    },
  );

  test('is enough for the beginning of a window', () => {
    const when = readWholeTime('2 days ago');
    const result = 'problem' in when ? when : resolveTime(when, { nowUs: NOW, own: UTC, mayBeAhead: true });
    expect(result).toMatchObject({ us: NOW - 2 * 86_400_000_000 });
  });
});

describe('what follows a time and changes it is asked about', () => {
  test.each([
    ['10:00 3 days ago x', '10:00', '3 days ago'],
    ['2 hours ago at 10:00 x', '2 hours ago', 'at 10:00'],
    ['10:00 Monday x', '10:00', 'Monday x'],
    ['9:30 in the evening x', '9:30', 'in the evening'],
    ['yesterday 9:30 at night x', 'yesterday 9:30', 'at night'],
    ['10:00 last week x', '10:00', 'last week'],
    ['10:00 PT deploy', '10:00', 'PT deploy'],
    ['10:00 eastern time deploy', '10:00', 'eastern time'],
    ['10:00 server time deploy', '10:00', 'server time'],
    ['10:00 zulu deploy', '10:00', 'zulu deploy'],
    ['10:00 pst deploy', '10:00', 'pst deploy'],
    ['Jan 5 10:00:00 2025 restarted', 'Jan 5 10:00:00', '2025 restarted'],
    ['10:00 or 10:30 restarted', '10:00', 'or 10:30'],
    ['vor einer Stunde oder zwei neu gestartet', 'vor einer Stunde', 'oder zwei'],
    ['10:00 11:00 x', '10:00', '11:00 x'],
    ['14:10 +0200 restarted', '14:10', '+0200 restarted'],
    ['14:10 -0800 restarted', '14:10', '-0800 restarted'],
    ['2026-01-06T10:00:00 -0800 restarted', '2026-01-06T10:00:00', '-0800 restarted'],
    ['14:10 (UTC) restarted', '14:10', '(UTC) restarted'],
    ['14:10 [CET] restarted', '14:10', '[CET] restarted'],
    ['14:10 (yesterday) restarted', '14:10', '(yesterday) restarted'],
    ['14:10 america/lima restarted', '14:10', 'america/lima restarted'],
    ['1:30 ago restarted', '1:30', 'ago restarted'],
    ['1h30 ago restarted', '1h30', 'ago restarted'],
  ])('%s', (text, read, unread) => {
    const { problem = '' } = splitTime(text);
    expect(problem).toMatch(/^I read /);
    expect(problem).toContain(`I read ${read}, but not ${unread}`);
    expect(problem).toContain('colon');
  });

  test.each([
    ['14:10 PTO calendar is down', 'PTO calendar is down'],
    ['14:10 at night-batch speed', 'at night-batch speed'],
    ["14:10 this morning's change did it", "this morning's change did it"],
    ['14:10 last replica gone', 'last replica gone'],
    ['14:10 west region is down', 'west region is down'],
    ['14:10 sun server is down', 'sun server is down'],
    ['14:10 at 95 % cpu', 'at 95 % cpu'],
    ['14:10 +2 pods', '+2 pods'],
    ['14:10 (3 of 5 pods) down', '(3 of 5 pods) down'],
    ['14:10 (the API) down', '(the API) down'],
    ['14:10 api/orders is slow', 'api/orders is slow'],
    ['14:10 ago-service is down', 'ago-service is down'],
    ['14:10 2 min latency', '2 min latency'],
    ['14:10: 10:00 deploy did it', '10:00 deploy did it'],
    ['20 min ago 500s began', '500s began'],
  ])('and the text is not: %s', (text, rest) => {
    expect(splitTime(text)).toMatchObject({ rest, when: {} });
  });

  test('and says what was read of a time alone', () => {
    expect(readWholeTime('14:20 give or take')).toMatchObject({
      problem: expect.stringMatching(/^I read 14:20, but not give or take behind it\. Write the time as [^:]*:35/),
    });
  });
});

describe('a time in words that cannot be read', () => {
  test.each([
    'at 9ish x',
    '10:00ish x',
    '0840 x',
    '10 past 3 x',
    'ten past three x',
    '2 months ago x',
    'a year ago at 10:00 x',
    'fourteen minutes ago x',
    '5-10 min ago x',
    '2 or 3 hours ago x',
    '½ hour ago x',
    '1/2 hour ago x',
    'an hour or so ago x',
    'an hour or two ago x',
    'vor 2 Monaten x',
    'on the 21st at 10:00 x',
    'last week x',
    'just after 2pm x',
    'maybe 20 min ago x',
    'вчера в 14:10 x',
    '昨日 14:10 x',
    '14時10分 x',
    '下午2点 x',
    'hier à 14h10 x',
    'ayer a las 14:10 x',
    'kl. 14:10 x',
    'gisteren om 14:10 x',
    '20260106T140000Z x',
    '2026-W02-2 10:00 x',
    'Feb 30 10:00 x',
  ])('is asked about: %s', (text) => {
    expect(split(text)).toMatch(/^I (?:cannot read the time|find no time of day|read )/);
  });

  test.each([
    '3 of 5 failed a week ago',
    '21st replica is down',
    '2 to 3 pods fail',
    "last week's release is the cause",
    'before the deploy all was well',
    'from 3.20 to 3.21 upgraded',
    'by 10.30 percent more',
    'a 14 node cluster',
    'between 3 and 5 pods fail',
    'after 10 retries it gave up',
    '2026.1.6 rolled out',
  ])('is not seen in %s', (text) => {
    expect(split(text)).toBe('text');
  });

  test.each([
    ['six minutes ago x', '2026-01-06T14:24 + x'],
    ['twenty min ago x', '2026-01-06T14:10 + x'],
    ['vor etwa 10 Minuten x', '2026-01-06T14:20 + x'],
    ['roughly 14:10 x', '2026-01-06T14:10 + x'],
    ['circa 20 min ago x', '2026-01-06T14:10 + x'],
    ['exactly 14:10 x', '2026-01-06T14:10 + x'],
    ['2026.1.6 14:10 x', '2026-01-06T14:10 + x'],
  ])('is not: %s', (text, expected) => {
    expect(split(text)).toBe(expected);
  });
});

describe('a weekday and a date', () => {
  test.each([
    ['Sat Jan 3 03:10', '2026-01-03T03:10:00.000Z'],
    ['Saturday, January 3, 2026 at 3:10 AM', '2026-01-03T03:10:00.000Z'],
    ['Sat, 03 Jan 2026 03:10:00 GMT', '2026-01-03T03:10:00.000Z'],
    ['Samstag, 3.1. um 3:10 Uhr', '2026-01-03T03:10:00.000Z'],
  ])('are one day: %s', (text, expected) => {
    expect(resolved(text)).toBe(expected);
  });

  test('that contradict each other are asked about', () => {
    expect(resolved('Fri Jan 3 03:10')).toBe('2026-01-03 is a Saturday, not the day that Fri Jan 3 03:10 names.');
  });
});

describe('characters of other keyboards', () => {
  test.each([
    ['１４：１０ x', '2026-01-06T14:10 + x'],
    ['𝟭𝟰:𝟭𝟬 x', '2026-01-06T14:10 + x'],
    ['١٤:١٠ x', '2026-01-06T14:10 + x'],
    ['१४:१० x', '2026-01-06T14:10 + x'],
    ['at\u00a014:10\u00a0x', '2026-01-06T14:10 + x'],
    ['last\u00a0night\u3000at 23:10 x', '2026-01-05T23:10 + x'],
    ['\u200b14:10 x', '2026-01-06T14:10 + x'],
    ['\u200e1/\u200e5/\u200e2026 14:10 x', 'day from the month'],
    ['２0 min ago x', '2026-01-06T14:10 + x'],
    ['14∶10 x', '2026-01-06T14:10 + x'],
    ['2026−01−06 14:10 x', '2026-01-06T14:10 + x'],
    ['2026‑01‑06 14:10 x', '2026-01-06T14:10 + x'],
    ['14:10 １２ pods ＡＰＩ', '2026-01-06T14:10 + １２ pods ＡＰＩ'],
    ['３ pods are down', 'text'],
  ])('are read, and the text keeps its own: %s', (text, expected) => {
    expect(split(text)).toContain(expected);
  });
});

test('any text can be read, and nothing of it is lost', () => {
  const words = fc.constantFrom(
    'at ',
    '10:00',
    ' 9',
    '.',
    ':',
    '-',
    'yesterday ',
    'an hour and ',
    'ago',
    'vor ',
    '1h',
    ' ',
    '\n',
    'x',
    '2026-01-05',
    '/',
    'Mon ',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (written) => {
      const { when, rest, problem } = splitTime(written);
      if (problem === undefined && !/^\s*now\s*:/i.test(written)) {
        expect(written.trim()).toContain(when?.said ?? '');
        expect(written.trim().endsWith(rest)).toBe(true);
      }
    }),
  );
});
