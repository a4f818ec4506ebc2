/**
 * Somebody sends SQL where a value belongs.
 *
 *   GET /users?id=1%27%20OR%20%271%27=%271                          what was sent
 *   {"error":"SQL syntax error","query":"… WHERE id = '1' OR '1'='1'"}   ← it reached the database
 *
 * Tautologies, UNION SELECT, stacked commands, comments, SLEEP and WAITFOR, functions that fail with what they read; as
 * they are, encoded once or twice, with comments for spaces. Statements that a program logs, and O'Brien, are none.
 */
import { defineDetector } from '#detect/detector.ts';
import { addressIn } from '#detect/signs/log-attempts.ts';
import { databaseComplains, type SqlAttack, sqlAttack } from '#detect/signs/sql-attacks.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { byService, citedLines, whenSaid, whoseLog } from '#model/logs/log-sighting.ts';
import { counted } from '#model/text/count-text.ts';

export const sqlInjection = defineDetector({
  id: 'sql-injection',
  title: 'SQL injection',
  why: 'One parameter that is put into a statement unchecked gives away the whole database, most often without an error.',
  runbook: 'runbooks/sql-injection.md',
  clear: 'no request held SQL that an attacker would write',
  silent: [
    'A body that is not logged is not seen, and most logs hold no bodies.',
    'Forms that an ordinary statement has as well count only in what was sent, not in the statements that a program logs.',
    'Other injections (scripts, templates, shells, LDAP) are not looked for.',
    'It cannot tell an attack from a scanner of your own.',
  ],
  role: 'mechanism',
  field: 'security',
  coverage: 'lines',
  nextWhys: {
    unsaid: {
      ask: 'Why does input reach a statement?',
      lookAt: 'The code that builds the statement, and what the database answered.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['logs'],
  thresholds: {
    minLines: {
      default: 1,
      min: 1,
      unit: 'lines',
      means: 'Lines of one service that hold an attack',
      why: 'One that works is enough, and nobody types such a line by mistake.',
    },
  },

  detect({ logs }, { minLines }) {
    const attacks = new Map<number, SqlAttack>();
    logs.forEach(({ line }, place) => {
      const attack = sqlAttack(line);
      if (attack !== undefined) attacks.set(place, attack);
    });
    return [...byService(logs, [...attacks.keys()])]
      .filter(([, places]) => places.length >= minLines)
      .map(([service, places]) => sightingOf(logs, service, places, attacks));
  },

  say({ service, forms, from, attempts, reached, when }) {
    const who = from === '' ? '' : ` from ${from}`;
    const end = reached === true ? '; the database answered with an error, so it was reached' : '';
    return {
      title: `${whoseLog(String(service))}: SQL injection attempted${who} (${forms}), ${when}${end}`,
      explanation: `${counted(Number(attempts), 'line')} ${Number(attempts) === 1 ? 'holds' : 'hold'} SQL that belongs to an attack.${reached === true ? ' A line beside it shows an error of the database: the value stands in a statement unchecked.' : ' Whether one of them got through does not stand in these lines.'}`,
      remedy: `Block ${from === '' ? 'the origin' : from}, then find the statement that takes this value and bind it as a parameter; look in the database’s log for what the same session did next.`,
      check: 'The origin is a scanner of your own, or the value is bound as a parameter: then nothing was reached.',
    };
  },
});

/** Origins that are named. */
const NAMED = 3;

function sightingOf(
  logs: readonly LogLine[],
  service: string,
  places: readonly number[],
  attacks: ReadonlyMap<number, SqlAttack>,
): Sighting {
  const lines = places.map((place) => logs[place]?.line ?? '');
  const origins = [...new Set(lines.map((line, i) => addressIn(line, logs[places[i] ?? 0]?.labels ?? {})))].filter(
    (address) => address !== '',
  );
  const more = origins.length > NAMED ? ` and ${origins.length - NAMED} more` : '';
  return {
    service,
    operation: '',
    spans: [],
    lines: places,
    wastedUs: 0,
    facts: {
      forms: [...new Set(places.map((place) => attacks.get(place) ?? ''))].sort().join(', '),
      from: `${origins.slice(0, NAMED).join(', ')}${more}`,
      attempts: places.length,
      reached: lines.some(databaseComplains),
      when: whenSaid(logs, places),
    },
    evidence: citedLines(logs, places),
  };
}
