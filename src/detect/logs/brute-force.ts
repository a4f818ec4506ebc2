/**
 * An attacker guesses passwords, or other secrets: codes, tokens, keys, vouchers, cards.
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
import { attackIn } from '#detect/signs/attacks/attack-in.ts';
import type { Facts, Headline, Sighting } from '#model/finding/finding.ts';
import { triesIn } from '#model/logs/guessed-secrets.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { citedLines, whenSaid, whoseLog } from '#model/logs/log-sighting.ts';
import { logTimes } from '#model/logs/log-times.ts';
import { type LoginAttempt, loginAttempt } from '#model/logs/login-attempt.ts';
import { counted, countText } from '#model/text/count-text.ts';
import { inWords } from '#model/text/in-words.ts';

export const bruteForce = defineDetector({
  id: 'brute-force',
  title: 'Brute-force login',
  why: 'An attacker stops when a password works, and that line looks like any login.',
  runbook: 'runbooks/brute-force.md',
  clear: 'no origin failed to log in often enough for an attack',
  silent: [
    'It misses slow guessing, and guessing from ever new addresses on ever new accounts.',
    'A line must name an address or an account. Tries of other secrets than passwords count only where a line counts them itself.',
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
      const isNone = attempt === undefined || attackIn(line) !== undefined;
      return isNone ? [] : [{ ...attempt, place }];
    });
    const { at } = logTimes(logs);
    const known = attempts.filter(({ address, account }) => address !== '' || account !== '');
    const nameless = attempts.filter(({ failed, address }) => failed && address === '');
    const fromOne = groupsOf(known, 'address').flatMap((group) =>
      fromOneAddress(logs, at, { group, nameless }, thresholds),
    );
    const reported = new Set(fromOne.flatMap(({ lines = [] }) => lines));
    const onOne = groupsOf(known, 'account').flatMap((group) => onOneAccount(logs, at, group, thresholds));
    return [...fromOne, ...onOne.filter(({ lines = [] }) => !lines.every((line) => reported.has(line)))];
  },

  say(facts) {
    const { service, manner, what, who, succeeded, entered, when } = facts;
    const isOnOne = manner === 'stuffing' || manner === 'one account';
    const limit =
      what === 'passwords' ? 'require a second factor for the named accounts' : `limit how often ${what} may be tried`;
    const how = what === 'passwords' ? MANNERS[String(manner)] : `Somebody tries ${what}, one after another.`;
    return {
      title: titleOf(facts, isOnOne),
      headline: headlineOf(String(manner), String(what), whoseLog(String(service)), succeeded === true),
      explanation: `${how} The attempts are ${when}.${succeeded === true ? ' After the failures a login from the same origin succeeded. Treat the account as compromised.' : ' No login from the same origin succeeded in these lines.'}`,
      remedy:
        succeeded === true
          ? `End all sessions of ${entered === '' ? 'the account' : entered} and lock it now. Then block the origin and inform your security team.`
          : `Block ${isOnOne ? 'the addresses' : who} at the firewall or the gateway, ${limit}, and inform your security team.`,
      check: 'The origin is a test, your own scanner, or a client with an old password. Its owner can confirm it.',
    };
  },
});

/** `auth: 47 failed logins from 192.0.2.5 on 3 accounts (admin, support, root)` */
function titleOf(facts: Facts, isOnOne: boolean): string {
  const { service, what, who, failures, accounts, named, addresses, succeeded, entered } = facts;
  const attempts = counted(Number(failures), what === 'passwords' ? 'failed login' : 'refused try');
  const [ofAccounts, ofAddresses] = [Number(accounts), Number(addresses)];
  const from = ofAddresses > 0 ? ` from ${countText(ofAddresses)} ${ofAddresses === 1 ? 'address' : 'addresses'}` : '';
  const on = ofAccounts > 0 ? ` on ${counted(ofAccounts, 'account')} (${named})` : '';
  const end = succeeded === true ? `, then a login${entered === '' ? '' : ` as ${entered}`} succeeded` : '';
  return `${whoseLog(String(service))}: ${attempts} ${isOnOne ? `on ${who}${from}` : `from ${who}${on}`}${end}`;
}

type Attempt = LoginAttempt & Readonly<{ place: number }>;
type Thresholds = Readonly<Record<'minFailures' | 'windowMinutes' | 'minFailedShare' | 'minAddresses', number>>;

function headlineOf(manner: string, what: string, where: string, succeeded: boolean): Headline {
  const does = manner === 'stuffing' ? 'tries stolen passwords' : what === 'cards' ? 'tries cards' : `guesses ${what}`;
  return {
    what: `Somebody ${does} at ${inWords(where)}${succeeded ? ', and a login succeeded' : ''}`,
    isReading: true,
  };
}

const MANNERS: Readonly<Record<string, string>> = {
  guessing: 'One origin tries passwords on a few accounts.',
  spraying: 'One origin tries a few passwords on many accounts, so that no account is locked.',
  stuffing: 'Many origins try one account, so that no address stands out.',
  'one account': 'Somebody tries many passwords on one account.',
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

/**
 * `nameless`: failures without an address. Where a line of the same service counts many failures from one address, these
 * failures count as attempts from that address.
 */
function fromOneAddress(
  logs: readonly LogLine[],
  at: At,
  { group, nameless }: Readonly<Record<'group' | 'nameless', readonly Attempt[]>>,
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
  const { place: first = 0, address: who = '' } = failures[0] ?? {};
  const isOwn = ({ place }: Attempt) =>
    logs[place]?.service === logs[first]?.service &&
    Math.abs(at(place) - at(first)) <= thresholds.windowMinutes * 60_000;
  const beside = isSaid ? nameless.filter(isOwn) : [];
  return [sightingOf(logs, { group, failures: inOrder([...failures, ...beside]), count, manner, who })];
}

function inOrder(attempts: readonly Attempt[]): readonly Attempt[] {
  return attempts.toSorted((a, b) => a.place - b.place);
}

function onOneAccount(logs: readonly LogLine[], at: At, group: readonly Attempt[], thresholds: Thresholds): Sighting[] {
  const who = group[0]?.account ?? '';
  const said = saidFailures(logs, group, thresholds);
  const tried = group.filter(({ failed }) => failed);
  if (said >= thresholds.minFailures && tried.length >= thresholds.minFailedShare * group.length && !isEven(at, tried))
    return [sightingOf(logs, { group, failures: tried, count: said, manner: 'one account', who })];
  const failures = densest(at, group, thresholds);
  const addresses = namesOf(failures, 'address');
  if (failures.length < thresholds.minFailures || addresses.length < thresholds.minAddresses) return [];
  return [sightingOf(logs, { group, failures, count: failures.length, manner: 'stuffing', who })];
}

/** The most attempts that a failed one says, within the time; 0 where none says it. */
function saidFailures(logs: readonly LogLine[], group: readonly Attempt[], { windowMinutes }: Thresholds): number {
  const counts = group.map(({ failed, place }) => {
    const tries = failed ? triesIn(logs[place]?.line.slice(0, LONGEST) ?? '') : undefined;
    return tries !== undefined && (tries.minutes ?? 0) <= windowMinutes ? tries.count : 0;
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
const FEWEST_GAPS = 3;

function isEven(at: At, attempts: readonly Attempt[]): boolean {
  const gaps = attempts.slice(1).map(({ place }, i) => at(place) - at(attempts[i]?.place ?? 0));
  const usual = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  const apart = gaps.map((gap) => Math.abs(gap - usual)).sort((a, b) => a - b)[Math.floor(0.9 * gaps.length)] ?? 0;
  return gaps.length >= FEWEST_GAPS && usual >= 1000 && apart <= EVEN * usual;
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
      what: failures.find(({ what }) => what !== 'passwords')?.what ?? 'passwords',
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
