/**
 * A client sends SQL in place of a value, or other input of attackers that a guard noticed.
 *
 *   GET /users?id=1%27%20OR%20%271%27=%271                          the request
 *   {"error":"SQL syntax error","query":"… WHERE id = '1' OR '1'='1'"}   ← it reached the database
 *
 * Finds tautologies, UNION SELECT, stacked commands, comments, SLEEP and WAITFOR, and functions that leak data in their
 * error; plain, encoded once or twice, or with comments for spaces. It ignores logged statements, and names like O'Brien.
 */

import { defineDetector } from '#detect/detector.ts';
import { type Attack, attackIn } from '#detect/signs/attacks/attack-in.ts';
import { isHostile } from '#detect/signs/attacks/hostile-input.ts';
import { databaseComplains } from '#detect/signs/attacks/sql-attacks.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { citedLines, type FoundLine, linesWith, whenSaid, whoseLog } from '#model/logs/log-sighting.ts';
import { addressIn } from '#model/logs/login-attempt.ts';
import { inWords } from '#model/text/in-words.ts';

export const sqlInjection = defineDetector({
  id: 'sql-injection',
  title: 'Injection attack',
  why: 'One unchecked parameter in a statement can expose the whole database, mostly without an error.',
  runbook: 'runbooks/sql-injection.md',
  clear: 'no request contained input of an attacker',
  silent: [
    'It does not see a body that is not logged, and most logs contain no bodies.',
    'SQL that is also normal counts only in request data, not in statements that a program logs.',
    'Other hostile input (paths, Log4Shell, scripts, templates, shells, prompts) counts only in warnings and errors in which a service or a firewall takes it for an attack.',
    'It cannot separate an attack from your own scanner.',
  ],
  role: 'mechanism',
  field: 'security',
  coverage: 'lines',
  nextWhys: {
    unsaid: {
      ask: 'Why does input become part of a statement?',
      lookAt: 'The code that builds the statement, and the answer of the database.',
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
      means: 'Lines of one service that contain an attack',
      why: 'One successful attack is enough, and nobody types such a line by mistake.',
    },
  },

  detect({ logs }, { minLines }) {
    return [...linesWith(logs, attackIn)]
      .filter(([, attacks]) => attacks.length >= minLines)
      .map(([service, attacks]) => sightingOf(logs, service, attacks));
  },

  say({ service, forms, isSql, from, attempts, reached, when }) {
    const who = from === '' ? '' : ` from ${from}`;
    const end = reached === true ? '; it reached the database, which answered with an error' : '';
    const what = isSql === true ? 'SQL injection' : 'hostile input';
    return {
      title: `${whoseLog(String(service))}: ${what} attempted${who} (${forms})${end}`,
      headline: {
        what: `Somebody attacks ${inWords(whoseLog(String(service)))} with ${isSql === true ? what : String(forms)}${reached === true ? ' and reaches the database' : ''}`,
        isReading: true,
      },
      explanation: `${isSql === true ? 'SQL' : 'Input'} of ${Number(attempts) === 1 ? 'an attack' : 'attacks'} is ${when}.${reached === true ? ' A nearby line shows a database error, so the unchecked value became part of a statement.' : ' These lines do not show whether an attempt succeeded.'}`,
      remedy: `${from === '' ? '' : `Block ${from}. `}${isSql === true ? `Find the statement${service === '' ? '' : ` of ${service}`} that uses this value and bind it as a parameter. Then look in the database’s log for what the same session did next.` : `Find what${service === '' ? '' : ` ${service}`} does with this value, and let it accept only what it knows. Then look for what the same origin was answered with 200.`}`,
      check:
        'The origin is your own scanner, or the service takes the value only as text. Then the attack reached nothing.',
    };
  },
});

/** This many origins are named. */
const NAMED = 3;

function sightingOf(logs: readonly LogLine[], service: string, attacks: readonly FoundLine<Attack>[]): Sighting {
  const places = attacks.map(({ place }) => place);
  const lines = places.map((place) => logs[place]?.line ?? '');
  const origins = [...new Set(lines.map((line, i) => addressIn(line, logs[places[i] ?? 0]?.labels ?? {})))].filter(
    (address) => address !== '',
  );
  const more = origins.length > NAMED ? ` and ${origins.length - NAMED} more` : '';
  return {
    service,
    lines: places,
    facts: {
      forms: [...new Set(attacks.map(({ found }) => found))].sort().join(', '),
      isSql: attacks.some(({ found }) => !isHostile(found)),
      from: `${origins.slice(0, NAMED).join(', ')}${more}`,
      attempts: places.length,
      reached: lines.some(databaseComplains),
      when: whenSaid(logs, places),
    },
    evidence: citedLines(logs, places),
  };
}
