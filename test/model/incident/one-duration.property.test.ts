import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IMPACT_START, type Incident, incidentMetrics, ONSET, type TimelineEntry } from '#model/incident/incident.ts';
import { postmortemOf } from '#model/incident/postmortem-draft.ts';
import { minutesText } from '#model/incident/postmortem-words.ts';

const SECOND_US = 1_000_000;
const ALERT_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;

function entry(seconds: number, more: Partial<TimelineEntry>): TimelineEntry {
  const atUs = ALERT_US + seconds * SECOND_US;
  const id = `${more.kind} ${more.value} ${seconds}`;
  return { id, atUs, notedUs: atUs, kind: 'note', text: '', source: 'U0SARAH01', link: '', value: '', ...more };
}

const status = (seconds: number, value: string) =>
  entry(seconds, { kind: 'status', text: `investigating → ${value}`, value });

/** Where a postmortem says how long the incident lasted: the time, and what it counts from. */
const SAYS = [
  /^How long: (?<time>.+?), from (?<from>.+?) to the confirmed end\./,
  /^The duration, from (?<from>.+?) to the confirmed end, is (?<time>.+?)\.$/,
  /^What ended it: the end was confirmed, (?<time>.+?) after (?<from>.+?)\./,
  /^The end was confirmed at <at>, (?<time>.+?) after (?<from>.+?)\.$/,
];

const seconds = (min: number, max: number) => fc.integer({ min, max });
const ENDS = 90_000;

test('no postmortem has two durations, whatever its milestones are', () => {
  const milestones = fc.record({
    alerted: fc.boolean(),
    impact: fc.option(seconds(-ENDS, 2 * ENDS), { nil: undefined }),
    onset: fc.option(seconds(-ENDS, 60), { nil: undefined }),
    step: fc.option(seconds(61, ENDS - 1), { nil: undefined }),
    ended: seconds(120, ENDS),
  });
  fc.assert(
    fc.property(milestones, ({ alerted, impact, onset, step, ended }) => {
      const entries = [
        ...(alerted ? [entry(0, { kind: 'alert', source: 'pagerduty', value: 'triggered' })] : []),
        entry(60, { kind: 'status', text: 'Declared P1, investigating', value: 'investigating' }),
        ...(impact === undefined ? [] : [entry(impact, { text: 'Impact began', value: IMPACT_START })]),
        ...(onset === undefined ? [] : [entry(onset, { kind: 'finding', source: 'spanhound', value: ONSET })]),
        ...(step === undefined || step >= ended ? [] : [status(step, 'mitigated')]),
        status(ended, 'resolved'),
      ];
      const incident: Incident = {
        ...{ id: 'i', workspaceId: 'T1', number: 7, title: 'Orders fail', severity: 'P1', status: 'resolved' },
        ...{ channelId: 'C1', declaredBy: 'U0SARAH01', detectedBy: 'alert', detection: '', roles: {} },
        declaredUs: ALERT_US + 60 * SECOND_US,
        resolvedUs: ALERT_US + ended * SECOND_US,
        impactStartUs: impact === undefined ? undefined : ALERT_US + impact * SECOND_US,
      };
      const record = { actionItems: [], diagnoses: [], similar: [], others: 0, names: new Map() };
      const { sections, metricRows, metrics } = postmortemOf({ incident, entries, ...record });
      const texts = sections.flatMap(({ statements }) =>
        statements.map(({ words }) => words.map((word) => (typeof word === 'string' ? word : '<at>')).join('')),
      );
      const found = texts.flatMap((text) => {
        const said = SAYS.map((pattern) => pattern.exec(text)?.groups).find((groups) => groups !== undefined);
        return said === undefined ? [] : [`${said.time} from ${said.from}`];
      });
      const row = metricRows.find(({ name }) => name === 'Duration');
      const known = `${row?.value} ${row?.means.replace(' until the end was confirmed', '')}`;

      expect(found.length).toBeGreaterThanOrEqual(3);
      expect(new Set(found)).toEqual(new Set([known]));
      expect(row?.value).toBe(minutesText(metrics.durationMinutes ?? Number.NaN));
      // All other views take this number.
      expect(metrics).toEqual(incidentMetrics(incident, entries));
      expect(metrics.durationMinutes).toBeGreaterThanOrEqual(0);
    }),
  );
});
