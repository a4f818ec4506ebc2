/**
 * A log contains a credential: everybody with access to the log, or to a copy of it, can read it.
 *
 *   14:30:07 payment DEBUG  calling bank with Authorization: Bearer eyJhbG…      ← in 1,204 lines of one template
 *
 * The rules are those of redaction (`model/redaction/redaction.ts`). The finding names the kind, the service, the message
 * and the number of lines, never the value. A placeholder from the store or an earlier run counts, too.
 */

import { defineDetector } from '#detect/detector.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { citedLines, whenSaid, whoseLog } from '#model/logs/log-sighting.ts';
import type { LogTemplates } from '#model/logs/log-templates.ts';
import { MARK_START } from '#model/redaction/mark.ts';
import { redactionsIn, secretsIn } from '#model/redaction/redaction.ts';
import { inWords } from '#model/text/in-words.ts';

export const secretExposure = defineDetector({
  id: 'secret-exposure',
  title: 'Credential in the log',
  why: 'More people and programs can read a log than should know a credential.',
  runbook: 'runbooks/secret-exposure.md',
  clear: 'no line holds a credential of a known form',
  silent: [
    'It finds credentials by their form or by the name beside them. A password in a sentence looks like any word.',
    'Long random words without a name may be ids. They are redacted but not reported.',
    'Email addresses, cards and account numbers are also redacted, but they are no credentials.',
    'It does not see lines that the log store truncates or drops.',
  ],
  role: 'mechanism',
  field: 'security',
  coverage: 'harmless-lines',
  nextWhys: {
    unsaid: {
      ask: 'Why does a log contain the secret?',
      lookAt: 'The code that logs it, who could read the log, and whether the secret was replaced.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'never',
  // It needs an action, but no user is affected yet.
  logSeverity: () => 'medium',
  needs: ['logs', 'templates'],
  thresholds: {
    minLines: {
      default: 1,
      min: 1,
      unit: 'lines',
      means: 'Lines of one service that contain a credential of one kind',
      why: 'A single line exposes it.',
    },
  },

  detect({ logs, templates }, { minLines }) {
    const exposures = new Map<string, Exposure>();
    logs.forEach((line, place) => {
      for (const kind of kindsIn(line.line)) {
        const key = `${kind}\n${line.service}`;
        const known = exposures.get(key);
        if (known === undefined) exposures.set(key, { kind, places: [place] });
        else known.places.push(place);
      }
    });
    return [...exposures.values()]
      .filter(({ places }) => places.length >= minLines)
      .map((exposure) => sightingOf(logs, templates, exposure));
  },

  say({ service, kind, message, count, when }) {
    const what = `${String(kind).replaceAll('-', ' ')}`;
    return {
      title: `${whoseLog(String(service))}: the log contains a credential (${what})`,
      headline: { what: `The log of ${inWords(whoseLog(String(service)))} contains a credential`, isReading: true },
      explanation: `It is ${when}, ${Number(count) === 1 ? 'in' : 'mostly in'} lines like “${message}”. Everybody who can read this log can use it.`,
      remedy: `Replace the credential (${what}) that ${service === '' ? 'the service' : service} logged: deleting the lines does not make it secret again. Then stop logging it, and delete the lines if the log store allows it.`,
      check: 'It is an example, or its issuer confirms that it was revoked long ago.',
    };
  },
});

type Exposure = { kind: string; places: number[] };

/** Tokens that only look random, and data that identifies people: these may be no credentials. */
const NO_CREDENTIAL: ReadonlySet<string> = new Set([
  'address',
  'birth-date',
  'card',
  'email',
  'iban',
  'national-id',
  'person-name',
  'ssn',
  'token',
]);

function kindsIn(line: string): ReadonlySet<string> {
  const kinds = [...secretsIn(line), ...(line.includes(MARK_START) ? redactionsIn(line) : [])].map(({ kind }) => kind);
  return new Set(kinds.filter((kind) => !NO_CREDENTIAL.has(kind)));
}

function sightingOf(logs: readonly LogLine[], templates: LogTemplates, { kind, places }: Exposure): Sighting {
  const [first = 0] = mostFrequent(places, templates);
  const line = logs[first];
  return {
    service: line?.service ?? '',
    lines: places,
    facts: {
      kind,
      message: withoutSecrets(templates.templateOf(first).text),
      count: places.length,
      when: whenSaid(logs, places),
    },
    evidence: line === undefined ? [] : citedLines([{ ...line, line: withoutSecrets(line.line) }], [0]),
  };
}

/** The lines of the most frequent message. */
function mostFrequent(places: readonly number[], templates: LogTemplates): readonly number[] {
  const groups = [...Map.groupBy(places, (place) => templates.templateOf(place).id).values()];
  return groups.reduce((most, group) => (group.length > most.length ? group : most), groups[0] ?? []);
}

/** Redacts all secrets, whatever the settings allow elsewhere. */
function withoutSecrets(text: string): string {
  let clean = '';
  let done = 0;
  for (const { kind, start, end } of secretsIn(text)) {
    clean += `${text.slice(done, start)}${MARK_START}${kind}]`;
    done = end;
  }
  return clean + text.slice(done);
}
