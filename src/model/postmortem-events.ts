/** The sections of a postmortem that tell what happened: summary, impact, how it was seen, how it ended, who was told. */
import { durationText } from '#model/duration.ts';
import { incidentName } from '#model/incident.ts';
import type { PostmortemSection, Statement } from '#model/postmortem.ts';
import {
  at,
  counted,
  DETECTION_GOAL_MINUTES,
  ended,
  type Facts,
  minutesText,
  origin,
  reachedAt,
  recorded,
  rootMark,
  said,
  section,
  withoutNames,
} from '#model/postmortem-facts.ts';

export function summary(facts: Facts): PostmortemSection {
  const { incident, milestones, lead } = facts;
  return section('Summary', {
    table: 'metrics',
    statements: [
      said(
        facts,
        [`${incidentName(incident)} was declared at ${incident.severity} on `, at(incident.declaredUs), '.'],
        [milestones.declared],
      ),
      detectedBy(facts),
      ...(lead?.diagnosis === undefined
        ? []
        : [
            {
              words: [`The diagnosis is ${lead.diagnosis.status}: ${ended(lead.diagnosis.verdict)}`],
              cites: [rootMark(facts), lead.mark],
            },
          ]),
      ending(facts),
    ],
    missing: lead === undefined ? ['The record holds no diagnosis with a verdict.'] : [],
  });
}

function detectedBy(facts: Facts): Statement {
  const { incident, milestones } = facts;
  const by = { alert: 'an alert', customer: 'a customer', employee: 'an employee' }[incident.detectedBy];
  const how = withoutNames(incident.detection, facts);
  return said(
    facts,
    [how === '' ? `It was detected by ${by}.` : `It was detected by ${by}: ${ended(how)}`],
    [milestones.alert ?? milestones.declared],
  );
}

function ending(facts: Facts): Statement {
  const { incident, milestones, metrics } = facts;
  if (incident.resolvedUs === undefined || metrics.durationMinutes === undefined) {
    const status = facts.entries.findLast(({ kind }) => kind === 'status');
    return said(facts, [`Its end is not confirmed: the status is ${incident.status}.`], [status]);
  }
  return said(
    facts,
    [
      'Its end was confirmed on ',
      at(incident.resolvedUs),
      `, ${minutesText(metrics.durationMinutes)} after ${origin(facts)}.`,
    ],
    [milestones.resolved],
  );
}

export function impact(facts: Facts): PostmortemSection {
  const { metrics, milestones, evidence } = facts;
  const statements: Statement[] = [];
  if (metrics.durationMinutes !== undefined) {
    statements.push(
      said(
        facts,
        [`It lasted ${minutesText(metrics.durationMinutes)}, from ${origin(facts)} to the confirmed end.`],
        [milestones.alert ?? milestones.declared, milestones.resolved],
      ),
    );
  }
  for (const { mark, request, spanCount, errorCount } of evidence.slice(0, REQUESTS)) {
    if (request === undefined) continue;
    statements.push({
      words: [
        `The request ${request.operation} to ${request.service} of `,
        at(request.startUs),
        ` took ${durationText(request.durationUs)}; ${errorCount} of its ${counted(spanCount, 'span')} failed.`,
      ],
      cites: [mark],
    });
  }
  return section('Impact', {
    statements,
    missing: ['The record holds no count of the requests and the customers that were affected.'],
    questions: [
      'What share of the requests and what number of customers was affected, from when to when?',
      'What could a customer not do meanwhile, and what did they see instead?',
    ],
  });
}

/** Requests shown under "Impact"; the evidence has them all. */
const REQUESTS = 3;

export function whatHappened(facts: Facts): PostmortemSection {
  const { alert, response, identified } = facts.milestones;
  const statements = [
    ...(alert === undefined ? [] : [said(facts, ['The first alert came on ', at(alert.atUs), '.'], [alert])]),
    ...(response === undefined
      ? []
      : [said(facts, ['A responder made the first entry on ', at(response.atUs), '.'], [response])]),
    ...(identified === undefined ? [] : [reachedAt(facts, 'The cause was confirmed', identified)]),
  ];
  return section('What happened', {
    statements,
    missing: identified === undefined ? ['No entry says that the cause was confirmed.'] : [],
  });
}

export function leadUp(facts: Facts): PostmortemSection {
  const { entries, milestones, incident } = facts;
  const untilUs = milestones.alert?.atUs ?? incident.declaredUs;
  const before = entries.filter(({ atUs }) => atUs < untilUs);
  return section('Lead-up', {
    level: 3,
    statements: before.map((entry) => recorded(facts, entry)),
    missing: before.length === 0 ? [`The record holds nothing from before ${origin(facts)}.`] : [],
    questions: before.some(({ kind }) => kind === 'change')
      ? []
      : ['What was deployed, configured, migrated or scaled on the day before?'],
  });
}

export function detection(facts: Facts): PostmortemSection {
  const { metrics, milestones } = facts;
  const gap = metrics.detectionMinutes;
  const isMeasured = milestones.impact !== undefined;
  return section('Detection', {
    level: 3,
    statements: [
      detectedBy(facts),
      ...(isMeasured && gap !== undefined
        ? [
            said(
              facts,
              [`From the start of the impact to ${origin(facts)} it took ${minutesText(gap)}.`],
              [milestones.impact, milestones.alert ?? milestones.declared],
            ),
          ]
        : []),
    ],
    missing: isMeasured
      ? []
      : [`Nobody has entered when the impact began, so that ${origin(facts)} counts as its start.`],
    questions: [
      ...(isMeasured ? [] : ['What was the first request that failed or was late, and when was it?']),
      'What signal shows this in half the time?',
      ...(facts.incident.detectedBy !== 'alert' || (gap ?? 0) > DETECTION_GOAL_MINUTES
        ? ['What action item closes the gap in detection?']
        : []),
    ],
  });
}

export function resolution(facts: Facts): PostmortemSection {
  const { mitigated, fixed, resolved } = facts.milestones;
  const steps = [
    {
      entry: mitigated,
      reached: 'The impact was mitigated',
      question: 'What reduced the impact before the fix, and when?',
    },
    { entry: fixed, reached: 'The fix was applied', question: 'What fixed it, and when was it applied?' },
    { entry: resolved, reached: 'The end was confirmed', question: 'What shows that it is over, and since when?' },
  ];
  return section('Resolution', {
    level: 3,
    statements: steps.flatMap(({ entry, reached }) => (entry === undefined ? [] : [reachedAt(facts, reached, entry)])),
    missing: steps.flatMap(({ entry, reached }) =>
      entry === undefined ? [`No entry says that ${reached.charAt(0).toLowerCase()}${reached.slice(1)}.`] : [],
    ),
    questions: steps.flatMap(({ entry, question }) => (entry === undefined ? [question] : [])),
  });
}

export function messaging(facts: Facts): PostmortemSection {
  const updates = facts.entries.filter(({ kind, text }) => kind === 'update' && !text.startsWith(NEW_TITLE));
  return section('Messaging', {
    level: 3,
    statements: updates.map((entry) => recorded(facts, entry)),
    missing: updates.length === 0 ? ['The record holds no update to customers or stakeholders.'] : [],
    questions: updates.length === 0 ? ['What were customers and stakeholders told, and when?'] : [],
  });
}

/** What the record says of a change of the title: nobody was told anything by it. */
const NEW_TITLE = 'Title: ';

export function timeline(facts: Facts): PostmortemSection {
  return section('Timeline', {
    level: 3,
    table: 'timeline',
    missing: facts.entries.length === 0 ? ['The record holds no entry.'] : [],
  });
}
