/**
 * An attacker guesses passwords.
 *
 *   14:15:02  login failed for admin   from 192.0.2.5   ┐
 *   14:15:41  login failed for support from 192.0.2.5   │ one address, 47 times, three accounts
 *   14:16:17  login failed for root    from 192.0.2.5   ┘
 *   14:44:58  login ok     for support from 192.0.2.5   ← one worked: the finding is critical
 *
 * Finds one address that tries few accounts (guessing) or many accounts a few times each (spraying), and one account tried
 * from many addresses (stuffing). People mistype about three times; a client with an old password tries at even intervals.
 */

import { defineDetector } from '#detect/detector.ts';
import type { Headline, Sighting } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { citedLines, whenSaid, whoseLog } from '#model/logs/log-sighting.ts';
import { logTimes } from '#model/logs/log-times.ts';
import { type LoginAttempt, loginAttempt } from '#model/logs/login-attempt.ts';
import { counted, countText } from '#model/text/count-text.ts';
import { inWords } from '#model/text/in-words.ts';
import { usPerLongUnit } from '#model/trace/wait-amounts.ts';

export const bruteForce = defineDetector({
  id: 'brute-force',
  title: 'Brute-force login',
  why: 'An attacker stops when a password works, and that line looks like any login.',
  runbook: 'runbooks/brute-force.md',
  clear: 'no origin failed to log in often enough for an attack',
  silent: [
    'It misses slow guessing, and guessing from ever new addresses on ever new accounts.',
    'A line must name an address or an account; otherwise there is nothing to count.',
    'Behind a proxy that hides addresses all people look like one. It ignores that address while most logins succeed.',
    'It ignores a client that repeats one wrong password at even intervals: its password is outdated.',
  ],
  role: 'mechanism',
  field: 'security',
  coverage: 'lines',
  nextWhys: {
    unsaid: {
      ask: 'Why are so many attempts possible?',
      lookAt: 'Rate limits and lockout of the sign-in, and whether an attempt succeeded.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'never',
  // Only a successful attack is critical by its log alone.
  logSeverity: ({ succeeded }) => (succeeded === true ? 'critical' : 'high'),
  needs: ['logs'],
  thresholds: {
    minFailures: {
      default: 10,
      min: 3,
      unit: 'attempts',
      means: 'Failed logins from one address, or on one account, within the time',
      why: 'Fail2ban locks after 5 in ten minutes, and people who forgot a password stop sooner. The guide’s attack has 47 in 30 minutes.',
    },
    windowMinutes: {
      default: 30,
      min: 1,
      unit: 'minutes',
      means: 'Time in which they are counted',
      why: 'The guide’s attack took 30 minutes, and lockout rules count over ten to thirty minutes.',
    },
    minFailedShare: {
      default: 0.5,
      min: 0,
      max: 1,
      unit: 'share of the attempts of the address',
      means: 'Share of the address’s attempts that failed',
      why: 'Most logins from a company’s address or a proxy succeed.',
    },
    minAddresses: {
      default: 5,
      min: 2,
      unit: 'addresses',
      means: 'Addresses that try one account',
      why: 'A person has a phone, a laptop and an office. Five failing addresses at once are no person.',
    },
  },

  detect({ logs }, thresholds) {
    const attempts = logs.flatMap((line, place): Attempt[] => {
      const attempt = loginAttempt(line);
      return attempt === undefined ? [] : [{ ...attempt, place }];
    });
    const { at } = logTimes(logs);
    const known = attempts.filter(({ address, account }) => address !== '' || account !== '');
    const fromOne = groupsOf(known, 'address').flatMap((group) => fromOneAddress(logs, at, group, thresholds));
    const reported = new Set(fromOne.flatMap(({ lines = [] }) => lines));
    const onOne = groupsOf(known, 'account').flatMap((group) => onOneAccount(logs, at, group, thresholds));
    return [...fromOne, ...onOne.filter(({ lines = [] }) => !lines.every((line) => reported.has(line)))];
  },

  say({ service, manner, who, failures, accounts, named, addresses, succeeded, entered, when }) {
    const where = whoseLog(String(service));
    const attempts = counted(Number(failures), 'failed login');
    const attack =
      manner === 'stuffing'
        ? `${attempts} on ${who} from ${counted(Number(addresses), 'address').replace('addresss', 'addresses')}`
        : `${attempts} from ${who}${Number(accounts) > 0 ? ` on ${countText(Number(accounts))} ${Number(accounts) === 1 ? 'account' : 'accounts'} (${named})` : ''}`;
    const end = succeeded === true ? `, then a login${entered === '' ? '' : ` as ${entered}`} succeeded` : '';
    return {
      title: `${where}: ${attack}${end}`,
      headline: headlineOf(String(manner), where, succeeded === true),
      explanation: `${MANNERS[String(manner)]} The attempts are ${when}.${succeeded === true ? ' After the failures a login from the same origin succeeded. Treat the account as compromised.' : ' No login from the same origin succeeded in these lines.'}`,
      remedy:
        succeeded === true
          ? `End all sessions of ${entered === '' ? 'the account' : entered} and lock it now. Then block the origin and inform your security team.`
          : `Block ${manner === 'stuffing' ? 'the addresses' : who} at the firewall or the gateway, require a second factor for the named accounts, and inform your security team.`,
      check: 'The origin is a test, your own scanner, or a client with an old password. Its owner can confirm it.',
    };
  },
});

type Attempt = LoginAttempt & Readonly<{ place: number }>;
type Thresholds = Readonly<Record<'minFailures' | 'windowMinutes' | 'minFailedShare' | 'minAddresses', number>>;

function headlineOf(manner: string, where: string, succeeded: boolean): Headline {
  const what = manner === 'stuffing' ? 'tries stolen passwords' : 'guesses passwords';
  return {
    what: `Somebody ${what} at ${inWords(where)}${succeeded ? ', and a login succeeded' : ''}`,
    isReading: true,
  };
}

const MANNERS: Readonly<Record<string, string>> = {
  guessing: 'One origin tries passwords on a few accounts.',
  spraying: 'One origin tries a few passwords on many accounts, so that no account is locked.',
  stuffing: 'Many origins try one account, so that no address stands out.',
};

/** The time of a line, in milliseconds. */
type At = (place: number) => number;

/** Attempts by address or account, in order of the first attempt. */
function groupsOf(attempts: readonly Attempt[], by: 'address' | 'account'): Attempt[][] {
  return [...Map.groupBy(attempts, (attempt) => attempt[by])].flatMap(([key, group]) => (key === '' ? [] : [group]));
}

/** At least this many accounts, tried this few times each, are spraying. */
const MANY_ACCOUNTS = 8;
const FEW_TIMES = 4;

function fromOneAddress(
  logs: readonly LogLine[],
  at: At,
  group: readonly Attempt[],
  thresholds: Thresholds,
): Sighting[] {
  const said = saidFailures(logs, group, thresholds);
  const isSaid = said >= thresholds.minFailures;
  const failures = isSaid ? group.filter(({ failed }) => failed) : densest(at, group, thresholds);
  const count = Math.max(failures.length, said);
  if (count < thresholds.minFailures || failures.length < thresholds.minFailedShare * group.length) return [];
  const accounts = namesOf(failures, 'account');
  if (accounts.length <= 1 && isEven(at, failures)) return [];
  const manner =
    accounts.length >= MANY_ACCOUNTS && failures.length <= FEW_TIMES * accounts.length ? 'spraying' : 'guessing';
  return [sightingOf(logs, { group, failures, count, manner, who: failures[0]?.address ?? '' })];
}

function onOneAccount(logs: readonly LogLine[], at: At, group: readonly Attempt[], thresholds: Thresholds): Sighting[] {
  const failures = densest(at, group, thresholds);
  const addresses = namesOf(failures, 'address');
  if (failures.length < thresholds.minFailures || addresses.length < thresholds.minAddresses) return [];
  return [
    sightingOf(logs, { group, failures, count: failures.length, manner: 'stuffing', who: failures[0]?.account ?? '' }),
  ];
}

/** `attempt 217 in 60 s`, `611 in 5 min`, `900 failed logins within 5 minutes`: what is not logged is counted in one line. */
const SAID_ATTEMPTS =
  /\b(?:attempts?|failures?|tries|no\.|number|#) ?#?(\d[\d,]{0,8}) (?:in|within|during|over) (?:the (?:last|past) )?(\d{1,4}) ?(s|secs?|seconds?|m|min|minutes?|h|hours?)\b/i;
const COUNTED_ATTEMPTS =
  /\b(\d[\d,]{0,8})(?: (?:[a-z-]{1,20} ){0,4}(?:log[- ]?ins?|sign[- ]?ins?|attempts?|failures?|tries|tried|guesses|passwords|codes|accounts?|users?|names)\b[^\n]{0,80}?)? (?:in|within|during|over) (?:the (?:last|past) )?(\d{1,4}) ?(s|secs?|seconds?|m|min|minutes?|h|hours?)\b/i;

/** The most attempts that a failed one says, within the time; 0 where none says it. */
function saidFailures(logs: readonly LogLine[], group: readonly Attempt[], { windowMinutes }: Thresholds): number {
  const counts = group.map(({ failed, place }) => {
    const line = failed ? (logs[place]?.line.slice(0, LONGEST) ?? '') : '';
    const [, count, time, unit = ''] = SAID_ATTEMPTS.exec(line) ?? COUNTED_ATTEMPTS.exec(line) ?? [];
    const minutes = (Number(time) * usPerLongUnit(unit)) / 60_000_000;
    return minutes <= windowMinutes ? Number(count?.replaceAll(',', '')) : 0;
  });
  return Math.max(0, ...counts);
}

const LONGEST = 2_000;

/** All failures, if enough of them lie within the time; the attack may last longer. */
function densest(at: At, group: readonly Attempt[], { minFailures, windowMinutes }: Thresholds): readonly Attempt[] {
  const failures = group.filter(({ failed }) => failed);
  const isDense = failures.some((failure, i) => {
    const last = failures[i + minFailures - 1];
    return last !== undefined && at(last.place) - at(failure.place) <= windowMinutes * 60_000;
  });
  return isDense ? failures : [];
}

/** Nine of ten gaps differ from the median by at most a tenth: only a timer is so even. */
const EVEN = 0.1;

function isEven(at: At, attempts: readonly Attempt[]): boolean {
  const gaps = attempts.slice(1).map(({ place }, i) => at(place) - at(attempts[i]?.place ?? 0));
  const usual = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  const apart = gaps.map((gap) => Math.abs(gap - usual)).sort((a, b) => a - b)[Math.floor(0.9 * gaps.length)] ?? 0;
  return usual >= 1000 && apart <= EVEN * usual;
}

function namesOf(attempts: readonly Attempt[], by: 'address' | 'account'): string[] {
  return [...new Set(attempts.map((attempt) => attempt[by]).filter((name) => name !== ''))];
}

/** This many accounts are named, the rest counted. */
const NAMED = 5;
/** After fewer failures, somebody remembered the password. */
const BEFORE_SUCCESS = 5;

function sightingOf(
  logs: readonly LogLine[],
  {
    group,
    failures,
    count,
    manner,
    who,
  }: Readonly<{
    group: readonly Attempt[];
    failures: readonly Attempt[];
    count: number;
    manner: string;
    who: string;
  }>,
): Sighting {
  const entered = group.find(
    ({ failed, place }) => !failed && failures.filter((failure) => failure.place < place).length >= BEFORE_SUCCESS,
  );
  const places = [...failures.map(({ place }) => place), ...(entered ? [entered.place] : [])].sort((a, b) => a - b);
  // Beside one request, its own attempt comes first.
  const own = places.filter((place) => logs[place]?.rung === 'trace-id').slice(0, 1);
  const accounts = namesOf(failures, 'account');
  const more = accounts.length > NAMED ? `, and ${accounts.length - NAMED} more` : '';
  return {
    service: logs[places[0] ?? 0]?.service ?? '',
    lines: places,
    facts: {
      manner,
      who,
      failures: count,
      accounts: accounts.length,
      named: `${accounts.slice(0, NAMED).join(', ')}${more}`,
      addresses: namesOf(failures, 'address').length,
      succeeded: entered !== undefined,
      entered: entered?.account ?? '',
      when: whenSaid(
        logs,
        failures.map(({ place }) => place),
      ),
    },
    evidence: citedLines(logs, [...own, places[0] ?? 0, ...(entered ? [entered.place] : []), ...places.slice(1)]),
  };
}
