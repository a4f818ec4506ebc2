import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Incident,
  incidentMetrics,
  incidentName,
  inTimelineOrder,
  ONSET,
  readIncidentNumber,
  type TimelineEntry,
} from '#model/incident/incident.ts';

/** A Monday, in the afternoon. */
const at = (time: string) => Date.parse(`2025-01-06T${time}Z`) * 1_000;

const INCIDENT: Incident = {
  id: 'i',
  workspaceId: 'T1',
  number: 12,
  title: 'Logins time out',
  severity: 'P0',
  status: 'resolved',
  channelId: 'C1',
  declaredBy: 'U1',
  declaredUs: at('14:30:15'),
  detectedBy: 'alert',
  detection: 'Login latency above 2 s',
  resolvedUs: at('15:00:00'),
  roles: {},
};

function entry(time: string, kind: TimelineEntry['kind'], value = ''): TimelineEntry {
  const atUs = at(time);
  return { id: `${kind} ${value} ${time}`, atUs, notedUs: atUs, kind, text: '', source: 'U1', link: '', value };
}

const ENTRIES = [
  entry('14:30:00', 'alert', 'triggered'),
  entry('14:30:15', 'status', 'investigating'),
  entry('14:31:00', 'note'),
  entry('14:33:00', 'status', 'identified'),
  entry('14:35:00', 'status', 'mitigated'),
  entry('14:40:00', 'status', 'fixed'),
  entry('15:00:00', 'status', 'resolved'),
];

describe('the metrics of an incident', () => {
  test('of a login outage that the alert saw at once: 0, 3, 10 and 30 minutes', () => {
    expect(incidentMetrics(INCIDENT, ENTRIES)).toEqual({
      detectionMinutes: 0,
      confirmationMinutes: 3,
      repairMinutes: 10,
      durationMinutes: 30,
    });
  });

  test('do not depend on the order in which the entries come', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(ENTRIES, { minLength: ENTRIES.length }), (shuffled) => {
        expect(incidentMetrics(INCIDENT, shuffled)).toEqual(incidentMetrics(INCIDENT, ENTRIES));
      }),
    );
  });

  test('take the beginning of the impact from a person, else from the evidence, else from the first alert', () => {
    const withOnset = [...ENTRIES, entry('14:28:30', 'finding', ONSET)];

    const said = { ...INCIDENT, impactStartUs: at('14:25:00') };
    expect(incidentMetrics(said, withOnset).detectionMinutes).toBe(5);
    expect(incidentMetrics(INCIDENT, withOnset).detectionMinutes).toBe(1.5);
    expect(incidentMetrics(INCIDENT, ENTRIES).detectionMinutes).toBe(0);
  });

  test('are negative where the alert came before the impact', () => {
    expect(incidentMetrics({ ...INCIDENT, impactStartUs: at('14:32:00') }, ENTRIES).detectionMinutes).toBe(-2);
  });

  test('count the first time that the cause was found and the fix was in, and the last time that it was over', () => {
    const reopened = [
      ...ENTRIES,
      entry('15:10:00', 'status', 'investigating'),
      entry('15:20:00', 'status', 'identified'),
      entry('15:30:00', 'status', 'fixed'),
      entry('15:40:00', 'status', 'resolved'),
    ];
    expect(incidentMetrics({ ...INCIDENT, resolvedUs: at('15:40:00') }, reopened)).toMatchObject({
      confirmationMinutes: 3,
      repairMinutes: 10,
      durationMinutes: 70,
    });
  });

  test('are missing for phases that have not happened, and a mitigation is no fix', () => {
    const open: Incident = { ...INCIDENT, status: 'mitigated', resolvedUs: undefined };
    expect(incidentMetrics(open, ENTRIES.slice(0, 5))).toEqual({
      detectionMinutes: 0,
      confirmationMinutes: 3,
      repairMinutes: undefined,
      durationMinutes: undefined,
    });
  });

  test('count from the declaration where no system raised an alert', () => {
    const reported: Incident = { ...INCIDENT, detectedBy: 'customer', impactStartUs: at('14:10:15') };
    expect(incidentMetrics(reported, ENTRIES.slice(1))).toMatchObject({
      detectionMinutes: 20,
      confirmationMinutes: 2.75,
    });
  });

  test('count from the earliest of several alerts, and not from the word that one is over', () => {
    const entries = [...ENTRIES, entry('14:29:00', 'alert', 'triggered'), entry('14:28:00', 'alert', 'resolved')];
    expect(incidentMetrics(INCIDENT, entries).confirmationMinutes).toBe(4);
  });
});

test('a timeline is in the order of what happened, then of what was noted, then of ids', () => {
  const [a, b, c, d] = [
    { ...entry('14:30:00', 'note'), id: 'a' },
    { ...entry('14:30:00', 'note'), id: 'b' },
    { ...entry('14:30:00', 'note'), id: '0', notedUs: at('14:50:00') },
    { ...entry('14:31:00', 'note'), id: '1', notedUs: at('14:30:00') },
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray([a, b, c, d], { minLength: 4 }), (shuffled) => {
      expect(inTimelineOrder(shuffled)).toEqual([a, b, c, d]);
    }),
  );
});

describe('the name of an incident', () => {
  test('is read back as it is written, in any case', () => {
    expect(readIncidentNumber(incidentName(INCIDENT))).toBe(12);
    expect(readIncidentNumber(' inc-7 ')).toBe(7);
  });

  test.each(['12', 'INC-0', 'INC-012', 'INC 12', 'INC-12x', 'PINC-12', 'INC-', 'INC--1', 'INC-99999999999'])(
    'is not %s',
    (text) => {
      expect(readIncidentNumber(text)).toBeUndefined();
    },
  );
});
