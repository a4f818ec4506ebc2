/** The sections of a postmortem that describe the events: summary, impact, detection, resolution, messaging. */

import {
  declaredSeverity,
  incidentName,
  isImpactStart,
  severityBefore,
  severityIn,
  type TimelineEntry,
  wordsOfStatus,
} from '#model/incident/incident.ts';
import { isMerge } from '#model/incident/incident-link.ts';
import { alsoNoted, isExplaining, isOfBefore } from '#model/incident/noted/also-noted.ts';
import { numbersCorrected, withCorrections } from '#model/incident/noted/corrected-numbers.ts';
import { withoutLeft } from '#model/incident/noted/left-open.ts';
import { healedItself, toldIn } from '#model/incident/noted-ends.ts';
import { outcomeIn } from '#model/incident/noted-outcome.ts';
import { detectionSaid, type Sign, signIn } from '#model/incident/noted-signs.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import type { CountedRequests, DraftedSection, Statement, Words } from '#model/incident/postmortem.ts';
import { budgetUsed } from '#model/incident/postmortem-budget.ts';
import {
  changesNoted,
  deedsOf,
  endBefore,
  failedLater,
  nextTo,
  toldBefore,
  undoesVainTry,
} from '#model/incident/postmortem-deeds.ts';
import { type Facts, looksForFault, marks, opensAgain, writtenUs } from '#model/incident/postmortem-facts.ts';
import { countsHarm, isNobodyAffected, numbersIn, reasonOf } from '#model/incident/postmortem-numbers.ts';
import { answeredAfter, leftAtTheEnd } from '#model/incident/postmortem-open.ts';
import type { Question } from '#model/incident/postmortem-questions.ts';
import {
  after,
  apart,
  ask,
  at,
  content,
  counted,
  DETECTION_GOAL_MINUTES,
  impactSource,
  minutesAfter,
  minutesText,
  notedAt,
  numberEntries,
  numberQuoted,
  originName,
  peopleText,
  quoted,
  quotedParts,
  reachedAt,
  recorded,
  said,
  section,
  shareText,
  withReason,
} from '#model/incident/postmortem-words.ts';
import { isRaised } from '#model/incident/rights.ts';
import { durationText } from '#model/text/duration.ts';

/** When it was declared, and each change of its severity. */
function declaration(facts: Facts): readonly Statement[] {
  const { incident, milestones, entries } = facts;
  const { declared } = milestones;
  const severity = declared && declaredSeverity(declared);
  return [
    ...(declared === undefined
      ? []
      : [
          said(
            facts,
            [`${incidentName(incident)} was declared as ${severity} at `, at(declared.atUs), '.'],
            [declared],
          ),
        ]),
    ...entries.filter(({ kind }) => kind === 'severity').map((entry) => severityChanged(facts, entry)),
    ...entries.filter(isMerge).map((entry) => mergedIn(facts, entry)),
  ];
}

/** `text`: `INC-2 is merged into this incident: P2 Password mails do not arrive`. */
function mergedIn(facts: Facts, entry: TimelineEntry): Statement {
  const { name = 'Another incident', title = '' } = MERGED.exec(entry.text)?.groups ?? {};
  return said(facts, [`${name} was merged into it at `, at(entry.atUs), `${quotedParts(facts, title)}.`], [entry]);
}

const MERGED = /^(?<name>INC-\d{1,9}) is merged into this incident: (?<title>.{1,300}?)(?:\. Its roles were not|$)/u;

function severityChanged(facts: Facts, entry: TimelineEntry): Statement {
  const [from, to] = [severityBefore(entry), severityIn(entry.value)];
  const change =
    from === undefined || to === undefined
      ? `Its severity became ${entry.value}`
      : `It was ${isRaised(from, to) ? 'raised' : 'lowered'} from ${from} to ${to}`;
  const why = content(facts, { ...entry, text: reasonOf(entry) });
  const { text, by } = withCorrections(why, numbersCorrected(facts.entries), entry);
  return said(facts, [`${change} at `, at(entry.atUs), `${text}.`], [entry, ...by]);
}

function detectedBy(facts: Facts): readonly Statement[] {
  const { incident, milestones } = facts;
  const { detected, alert, declared } = milestones;
  const by = { alert: 'An alert', customer: 'A customer', employee: 'An employee' }[incident.detectedBy];
  const how = `${quoted(facts, incident.detection)}.`;
  const known = detected ?? (incident.detectedBy === 'alert' ? alert : undefined);
  if (!facts.isNoticeKnown) return declaredBySomebody(facts);
  if (known !== undefined) return [said(facts, [`${by} detected it at `, at(known.atUs), how], [known])];
  const when: Words = declared === undefined ? [] : [', as the declaration of ', at(declared.atUs), ' says'];
  return [said(facts, [`${by} detected it`, ...when, how], [declared])];
}

/** Where no entry says it either, the reader should know that the declaration does not. */
function declaredBySomebody(facts: Facts): readonly Statement[] {
  const { detected, declared } = facts.milestones;
  const when = detected && said(facts, ['It was detected at ', at(detected.atUs), '.'], [detected]);
  // The words with the time of the detection tell how.
  const told = detected === undefined ? '' : quotedParts(facts, detectionSaid(detected));
  if (detected !== undefined && told !== '')
    return [said(facts, ['It was detected at ', at(detected.atUs), `${told}.`], [detected])];
  const nobody = said(facts, ['The declaration names no alert and no customer that reported it.'], [declared]);
  return [...(when === undefined ? [] : [when]), ...(noticed(facts).length > 0 ? [] : [nobody])];
}

/** Where people noted how it was noticed. */
function noticed(facts: Facts): readonly Statement[] {
  const sign = facts.isNoticeKnown ? undefined : signIn(facts);
  if (sign === undefined) return [];
  const { entry, how } = sign;
  const corrected = withCorrections(quotedParts(facts, wordsOfStatus(entry)), numbersCorrected(facts.entries), entry);
  const words = corrected.text;
  // The first note need not speak of the sign.
  if (how === 'first') return [];
  return [
    said(facts, [...notedAt(facts, entry), `${SIGNS[how]}${words}.`], [...withReason(facts, entry), ...corrected.by]),
  ];
}

const SIGNS: Readonly<Record<Exclude<Sign['how'], 'first'>, string>> = {
  reported: ' that somebody reported it',
  alert: ' that an alert came',
  seen: ' what they saw',
};

/** What people counted, in their words. */
function numbers(facts: Facts): readonly Statement[] {
  return numbersIn(facts).flatMap((entry) => {
    const words = isOfCause(facts, entry) ? '' : numberQuoted(facts, entry);
    return words === '' ? [] : [said(facts, [...notedAt(facts, entry), `${words}.`], numberEntries(facts, entry))];
  });
}

/** A number beside the confirmed cause, without a harm, counts what broke: `31 million session files`. */
function isOfCause(facts: Facts, entry: TimelineEntry): boolean {
  const { identified } = facts.milestones;
  if (identified === undefined || countsHarm(entry)) return false;
  return [...nextTo(facts, identified), ...toldBefore(facts, identified)].includes(entry);
}

/** How it turned out, unless it stands among the numbers. */
function turnedOut(facts: Facts): readonly Statement[] {
  const outcome = outcomeIn(facts);
  if (outcome === undefined || numbersIn(facts).includes(outcome.entry)) return [];
  const words = quotedParts(facts, outcome.text);
  if (words === '') return [];
  return [
    said(facts, [...notedAt(facts, outcome.entry), ` how it turned out${words}.`], withReason(facts, outcome.entry)),
  ];
}

export function impact(facts: Facts): DraftedSection {
  const { metrics, milestones, start, evidence } = facts;
  const statements: Statement[] = [...impactBegan(facts)];
  if (metrics.durationMinutes !== undefined && start !== undefined) {
    const lasted = minutesText(metrics.durationMinutes);
    const words = `The duration, from ${start.name} to the confirmed end, is ${lasted}.`;
    statements.push(said(facts, [words], [start.entry, milestones.resolved]));
  }
  const counts = evidence.flatMap(({ mark, affected }) => (affected === undefined ? [] : [{ mark, affected }]));
  for (const { mark, affected } of counts) {
    statements.push({ words: countWords(affected), cites: [mark] });
    const more = [...failingWords(affected), ...byOperation(affected).map((text) => [text]), ...peopleWords(affected)];
    statements.push(...more.map((words) => ({ words, cites: [mark] })));
  }
  statements.push(...budgetUsed(facts));
  statements.push(...requestsRead(facts));
  const isCounted = counts.length > 0;
  statements.push(...numbers(facts), ...turnedOut(facts));
  const hasPeople = counts.some(({ affected }) => affected.people !== undefined);
  return section('Impact', {
    statements,
    missing: notCounted(facts, { isCounted, hasPeople }),
    questions: [
      ask(
        'customers',
        isCounted
          ? `What number of customers was affected${hasPeople ? ' in all' : ''}, from when to when?`
          : 'What share of the requests and what number of customers was affected, from when to when?',
      ),
      ask('harm', 'What could a customer not do meanwhile, and what did they see instead?'),
    ],
  });
}

function notCounted(facts: Facts, { isCounted, hasPeople }: Readonly<Record<'isCounted' | 'hasPeople', boolean>>) {
  if (facts.answers.has('customers')) return [];
  if (isCounted) return [`The record does not count ${hasPeople ? 'all' : 'the'} affected customers.`];
  if (numbersIn(facts).length > 0) return [];
  return ['The record does not count the affected requests and customers.'];
}

/** What a rejected diagnosis read may have nothing to do with it. */
function requestsRead({ evidence, rejected }: Facts): readonly Statement[] {
  return evidence.slice(0, REQUESTS).flatMap(({ mark, request, spanCount, errorCount }) => {
    if (request === undefined || mark === rejected?.mark) return [];
    const did = ` took ${durationText(request.durationUs)}; ${errorCount} of its ${counted(spanCount, 'span')} failed.`;
    return [
      {
        words: [`The request ${request.operation} to ${request.service} of `, at(request.startUs), did],
        cites: [mark],
      },
    ];
  });
}

/** No statement where the first alert stands in for the start of the impact. */
function impactBegan(facts: Facts): readonly Statement[] {
  const { milestones, origin } = facts;
  const { impact } = milestones;
  if (impact === undefined) return [];
  const gap = origin && `, ${apart(minutesAfter(impact.atUs, origin.entry.atUs))} ${origin.name}`;
  return [
    said(
      facts,
      ['The impact began at ', at(impact.atUs), `${gap ?? ''}, ${impactSource(impact)}.`],
      [impact, origin?.entry],
    ),
  ];
}

/** `3 of 12 requests to user-service failed between … and …, counted among the traces that were read.` */
function countWords({ service, fromUs, toUs, requests, failed, slow }: CountedRequests): Words {
  const whose = service === '' ? '' : ` to ${service}`;
  const others = slow === null || failed === requests ? '' : slowerWords(slow);
  return [
    `${failed} of ${counted(requests, 'request')}${whose} (${shareText(failed, requests)}) failed between `,
    at(fromUs),
    ' and ',
    at(toUs),
    `${others}, counted among the traces that were read.`,
  ];
}

/** `The first failed request began on …, the last one on ….` The traces that were read may lack others. */
function failingWords({ failing }: CountedRequests): readonly Words[] {
  if (failing === undefined) return [];
  const { firstUs, lastUs } = failing;
  return [
    firstUs === lastUs
      ? ['The failed request that was read began at ', at(firstUs), '.']
      : [
          'The first of the failed requests that were read began at ',
          at(firstUs),
          ', and the last at ',
          at(lastUs),
          '.',
        ],
  ];
}

/** `At least 12 users and 3 tenants had a failed or slow request, as attributes of the traces say.` */
function peopleWords({ people }: CountedRequests): readonly Words[] {
  if (people === undefined) return [];
  return [[`At least ${peopleText(people)} had a failed or slow request, as attributes of the traces say.`]];
}

/** `GET /orders: 3 of 4 requests failed (75 %), and 1 was slow.` */
function byOperation({ service, operations = [] }: CountedRequests): readonly string[] {
  return operations.map(({ operation, requests: own, failed, slow = 0 }) => {
    const name = operation.startsWith(`${service} `) ? operation.slice(service.length + 1) : operation;
    const parts = [
      ...(failed > 0 ? [`${failed} of ${counted(own, 'request')} failed (${shareText(failed, own)})`] : []),
      ...(failed > 0 && slow > 0 ? [`and ${slow} ${slow === 1 ? 'was' : 'were'} slow`] : []),
      ...(failed === 0 ? [`${slow} of ${counted(own, 'request')} ${slow === 1 ? 'was' : 'were'} slow`] : []),
    ];
    return `${name}: ${parts.join(', ')}.`;
  });
}

function slowerWords(slow: number): string {
  return `, and ${slow} ${slow === 1 ? 'other' : 'others'} took more than twice as long as nearly all healthy ones`;
}

/** How many requests "Impact" shows; the evidence has them all. */
const REQUESTS = 3;

export function whatHappened(facts: Facts): DraftedSection {
  const { alert, response, identified, declared, impact } = facts.milestones;
  const unseen = facts.rows.flatMap(([entry]) =>
    entry.atUs < (facts.origin?.entry.atUs ?? 0) && !isImpactStart(entry) && isWithin(entry, impact) ? [entry] : [],
  );
  const statements = [
    ...unseen.map((entry) => recorded(facts, entry)),
    ...declaration(facts),
    ...(alert === undefined ? [] : [said(facts, ['The first alert came at ', at(alert.atUs), '.'], [alert])]),
    ...(response === undefined || response === declared || !isFirst(facts, response)
      ? []
      : [said(facts, ['A responder made the first entry at ', at(writtenUs(response)), '.'], [response])]),
    ...(identified === undefined
      ? []
      : [reachedAt(facts, confirmedWords(facts), identified, content(facts, identified))]),
  ];
  return section('What happened', {
    statements,
    missing: [
      ...(facts.milestones.declared === undefined ? ['No entry says when it was declared, or at which severity.'] : []),
      ...(identified === undefined ? ['No entry says that the cause was confirmed.'] : []),
    ],
  });
}

/** Whether no person wrote anything before it, also from before the detection. */
function isFirst({ entries, milestones: { declared } }: Facts, response: TimelineEntry): boolean {
  const firstUs = writtenUs(response);
  if (declared !== undefined && isPersonId(declared.source) && writtenUs(declared) < firstUs) return false;
  return !entries.some((entry) => isPersonId(entry.source) && writtenUs(entry) < firstUs);
}

/** The status `identified` counts as the confirmation, unless people doubt the diagnosis. */
function confirmedWords({ lead }: Facts): string {
  return lead?.doubt === undefined ? 'The cause was confirmed' : 'A responder set the status to identified';
}

export function leadUp(facts: Facts): DraftedSection {
  const { rows, origin, milestones } = facts;
  const untilUs = origin?.entry.atUs ?? Number.NEGATIVE_INFINITY;
  // The impact has its own section.
  const early = rows.flatMap(([entry]) =>
    entry.atUs < untilUs && !isImpactStart(entry) && !isToldElsewhere(entry) ? [entry] : [],
  );
  const before = early.filter((entry) => !isWithin(entry, milestones.impact));
  const noted = changesNoted(facts);
  const notedLater =
    noted.length === 0 ? [] : [said(facts, ['What people noted later about changes stands under “Trigger”.'], noted)];
  const older = alsoNoted(
    facts,
    ' what was so before',
    isOfBefore,
    (entry) => isExplaining(facts)(entry) && !noted.includes(entry),
  );
  return section('Lead-up', {
    level: 3,
    statements: [...before.map((entry) => recorded(facts, entry)), ...notedLater, ...older],
    missing:
      before.length + notedLater.length + older.length === 0
        ? [`The record holds nothing from before ${originName(facts)}.`]
        : [],
    questions: before.some(({ kind }) => kind === 'change')
      ? []
      : [ask('before', 'What was deployed, configured, migrated or scaled on the day before?')],
  });
}

/** The declaration, a severity and a role lead to nothing, and stand under “What happened” and “Responders”. */
function isToldElsewhere(entry: TimelineEntry): boolean {
  return entry.kind === 'status' || entry.kind === 'severity' || entry.kind === 'role';
}

/** Whether people noted it as of a time after the impact began: it leads to nothing. */
function isWithin({ kind, atUs }: TimelineEntry, impact: TimelineEntry | undefined): boolean {
  return impact !== undefined && atUs >= impact.atUs && (kind === 'note' || kind === 'message');
}

export function detection(facts: Facts): DraftedSection {
  const { metrics, milestones, earlierFailure } = facts;
  const gap = metrics.detectionMinutes;
  const isMeasured = milestones.impact !== undefined;
  return section('Detection', {
    level: 3,
    statements: [...detectedBy(facts), ...noticed(facts), ...detectionTook(facts), ...failedEarlier(facts)],
    missing: isMeasured
      ? earlierFailure === undefined
        ? []
        : [BEGAN_EARLIER]
      : isNobodyAffected(facts)
        ? []
        : [`Nobody has entered when the impact began, so ${originName(facts)} counts as its start.`],
    questions: [
      ...(isMeasured ? [] : [firstFailureQuestion(earlierFailure)]),
      ask('signal', 'What signal would show this in half the time?'),
      ...((facts.incident.detectedBy !== 'alert' && facts.isNoticeKnown) || (gap ?? 0) > DETECTION_GOAL_MINUTES
        ? [{ kind: 'action-item', text: 'What action item closes the gap in detection?' } as const]
        : []),
    ],
  });
}

function firstFailureQuestion(earlier: Facts['earlierFailure']): Question {
  const text =
    earlier === undefined
      ? 'What was the first request that failed or was late, and when was it?'
      : `What began the impact: the failure that ${earlier.evidenceMark} shows, or something earlier? (Enter it with /incident impact.)`;
  return { kind: 'impact-start', text, proposedUs: earlier?.atUs };
}

function failedEarlier({ earlierFailure, origin, milestones, markOf }: Facts): readonly Statement[] {
  const start = milestones.impact === undefined ? origin : { entry: milestones.impact, name: 'the entered start' };
  if (earlierFailure === undefined || start === undefined) return [];
  const { atUs, evidenceMark } = earlierFailure;
  const gap = apart(minutesAfter(atUs, start.entry.atUs));
  return [
    {
      words: ['The request of ', at(atUs), `, ${gap} ${start.name}, has a failure.`],
      cites: [evidenceMark, markOf.get(start.entry.id) ?? ''],
    },
  ];
}

/** Then every number that counts from the start is too small. */
const BEGAN_EARLIER =
  'A failure in the evidence is earlier than the start that somebody entered. The time of the detection counts from the entered start. If the impact began with that failure, correct it with /incident impact.';

function detectionTook(facts: Facts): readonly Statement[] {
  const { metrics, milestones, origin } = facts;
  const gap = metrics.detectionMinutes;
  if (milestones.impact === undefined || origin === undefined || gap === undefined) return [];
  const words =
    gap < 0
      ? `${origin.name.replace('the', 'The')} came ${minutesText(-gap)} before the start of the impact.`
      : `From the start of the impact to ${origin.name} it took ${minutesText(gap)}.`;
  return [said(facts, [words], [milestones.impact, origin.entry])];
}

export function resolution(facts: Facts): DraftedSection {
  const { mitigated, fixed, resolved } = facts.milestones;
  const notedFix = fixed === undefined ? notedFixOf(facts) : undefined;
  const healed = mitigated !== undefined && healedItself(wordsOfStatus(mitigated));
  const lessened = {
    entry: mitigated,
    reached: healed ? 'The impact ended by itself' : 'The impact was mitigated',
    question: ask('mitigation', 'What reduced the impact before the fix, and when?'),
  };
  const repaired = {
    entry: fixed,
    reached: 'The fix was applied',
    question: notedFix ?? ask('fix', 'What fixed it, and when was it applied?'),
  };
  const over = {
    entry: resolved,
    reached: 'The end was confirmed',
    question: ask('end', 'What shows that it is over, and since when?'),
  };
  const steps = [lessened, repaired, over];
  return section('Resolution', {
    level: 3,
    statements: [
      ...deedsOf(facts)
        .filter((entry) => !undoesVainTry(facts, entry))
        .map((entry) =>
          said(
            facts,
            [
              'What helped, at ',
              at(entry.atUs),
              `${after(facts.start, entry.atUs)}${content(facts, entry)}.`,
              ...notLasting(facts, entry),
            ],
            [entry, facts.start?.entry, failedLater(facts, entry)],
          ),
        ),
      ...earlierMitigations(facts),
      ...steps.flatMap(({ entry, reached }) => (entry === undefined ? [] : [reachedAt(facts, reached, entry)])),
      ...leftAtTheEnd(facts),
      ...answeredAfter(facts),
      ...openedAgain(facts),
    ],
    // The words with the end may be the fix: a question asks it.
    missing: steps.flatMap(({ entry, reached, question }) =>
      entry === undefined && question !== notedFix && !(question === lessened.question && isNobodyAffected(facts))
        ? [`No entry says that ${reached.charAt(0).toLowerCase()}${reached.slice(1)}.`]
        : [],
    ),
    // The fix matters most.
    questions: [repaired, lessened, over].flatMap(({ entry, question }) => (entry === undefined ? [question] : [])),
  });
}

/** `It did not last, as a responder noted at …: “rejects are back”.` */
function notLasting(facts: Facts, deed: TimelineEntry): Words {
  const note = failedLater(facts, deed);
  return note === undefined
    ? []
    : [' It did not last, as a responder noted at ', at(note.atUs), `${content(facts, note)}.`];
}

/** Words with the end, where nobody set the status `fixed`: people write the fix there, or how it stands. */
function notedFixOf(facts: Facts): Question | undefined {
  const { resolved, mitigated } = facts.milestones;
  const deed = deedsOf(facts).at(-1);
  const entry = [deed, resolved, mitigated].find(
    (one) => one !== undefined && withoutLeft(wordsOfStatus(one)) !== '' && !looksForFault(one),
  );
  if (entry === undefined) return undefined;
  const [mark = ''] = marks(facts, entry);
  const words = content(facts, entry);
  const quotation = words.startsWith(': ') ? `${words.replace(/^:/, ',')},` : '';
  const [what, does] = entry === deed ? ['what helped last', 'is'] : ['the words with the end', 'name'];
  return ask('noted-fix', `What confirms that ${what} (${mark})${quotation} ${does} the fix, and when was it applied?`);
}

/** The last one stands with the milestones. */
function earlierMitigations(facts: Facts): readonly Statement[] {
  const { mitigated } = facts.milestones;
  return facts.entries
    .filter((entry) => entry.kind === 'status' && entry.value === 'mitigated' && entry !== mitigated)
    .map((entry) =>
      said(facts, ['An earlier mitigation came at ', at(entry.atUs), `${content(facts, entry)}.`], [entry]),
    );
}

/** Each earlier end that did not last. */
function openedAgain(facts: Facts): readonly Statement[] {
  const steps = facts.entries.filter((entry) => entry.kind === 'status' && entry !== facts.milestones.declared);
  return steps.flatMap((entry, index) => {
    const before = endBefore(steps, index);
    if (before === undefined || !opensAgain(entry.value)) return [];
    const gap = minutesText(minutesAfter(entry.atUs, before.atUs));
    const words = ['It was reopened at ', at(entry.atUs), `, ${gap} after its end had been confirmed at `];
    return [said(facts, [...words, at(before.atUs), `${content(facts, entry)}.`], [entry, before])];
  });
}

export function messaging(facts: Facts): DraftedSection {
  const updates = facts.entries.filter(({ kind, text }) => kind === 'update' && !text.startsWith(NEW_TITLE));
  const told = updates.length === 0 ? toldIn(facts) : [];
  return section('Messaging', {
    level: 3,
    statements: [
      ...updates.map((entry) =>
        said(facts, [at(entry.atUs), `: an update was sent${content(facts, entry)}.`], [entry]),
      ),
      ...told.map((entry) =>
        said(
          facts,
          ['A responder noted at ', at(entry.atUs), ` that they informed others${content(facts, entry)}.`],
          [entry],
        ),
      ),
    ],
    missing: updates.length + told.length === 0 ? ['The record holds no update to customers or stakeholders.'] : [],
    questions:
      updates.length === 0 ? [ask('messages', 'What messages did customers and stakeholders get, and when?')] : [],
  });
}

/** The prefix of the entry for a changed title, which is no message to anybody. */
const NEW_TITLE = 'Title: ';

export function timeline(facts: Facts): DraftedSection {
  return section('Timeline', {
    level: 3,
    table: 'timeline',
    missing: facts.entries.length === 0 ? ['The record holds no entry.'] : [],
  });
}
