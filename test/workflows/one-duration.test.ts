/** One incident has one duration: each view counts it from the same start, also after somebody corrects that start, or the end. */
import { beforeEach, describe, expect, test } from 'vitest';
import { DEFAULTS } from '#config/defaults.ts';
import { IMPACT_START, ONSET, START_NAMES, type StartBasis, type Status } from '#model/incident/incident.ts';
import { durationText } from '#model/text/duration.ts';
import { postmortemMarkdown } from '#present/documents/postmortem-markdown.ts';
import { incidentJson } from '#present/json/incident-json.ts';
import { postmortemJson } from '#present/json/postmortem-json.ts';
import { incidentBlocks } from '#present/slack/home-incidents.ts';
import { overviewMessage } from '#present/slack/incident-overview.ts';
import { START_WORDS } from '#present/words/incident-start.ts';
import { isoInstant } from '#present/words/instant.ts';
import { statusDraft } from '#present/words/status-draft.ts';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import type { Store } from '#record/store.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { incidentsFor } from '#workflows/home/home-incidents.ts';
import { countIncidents } from '#workflows/incidents/incident-stats.ts';
import { listIncidents } from '#workflows/incidents/list-incidents.ts';
import { readIncident } from '#workflows/incidents/read-incident.ts';
import { readPostmortem } from '#workflows/postmortem/read-postmortem.ts';
import { SHOW_ALL } from '#workflows/rights/may-show.ts';
import { readTimeline } from '#workflows/timeline/read-timeline.ts';

const PERSON = 'U0READER1';
const MINUTE_US = 60_000_000;
const ENDED = 30;

let store: Store;
let clock: SteppedClock;
/** When the alert came; it was declared a minute later. */
let alertUs = 0;
let steps = 0;

beforeEach(async () => {
  clock = steppedClock();
  store = await opened(sqlitePlace(), clock);
  alertUs = clock.nowUs() - MINUTE_US;
  await store.transaction(async (tx) => {
    await declareIncident(tx, {
      ...{ id: 'i', workspaceId: 'T1', title: 'Logins fail', severity: 'P1', channelId: 'C1' },
      ...{ declaredBy: PERSON, detectedBy: 'alert', detection: '' },
    });
    const alert = { kind: 'alert', text: 'Errors over 5 %', source: 'pagerduty', value: 'triggered' } as const;
    await addEntry(tx, { incidentId: 'i', key: 'alert', atUs: alertUs, link: '', ...alert });
  });
});

/** `at` counts minutes from the alert. */
async function begins(at: number) {
  steps += 1;
  const change = { incidentId: 'i', by: PERSON, key: `impact-${steps}`, impactStartUs: alertUs + at * MINUTE_US };
  await store.transaction((tx) => changeIncident(tx, change));
}

async function isDetected(at: number) {
  steps += 1;
  const change = { incidentId: 'i', by: PERSON, key: `detected-${steps}`, detectedUs: alertUs + at * MINUTE_US };
  await store.transaction((tx) => changeIncident(tx, change));
}

async function comparedRequestsShow(at: number) {
  const onset = { kind: 'finding', text: 'Trouble began', source: 'spanhound', value: ONSET } as const;
  const entry = { incidentId: 'i', key: 'onset', atUs: alertUs + at * MINUTE_US, link: '', ...onset };
  await store.transaction((tx) => addEntry(tx, entry));
}

/** The first call ends it; a later one corrects that. */
async function ends(at = ENDED, status: Status = 'resolved') {
  steps += 1;
  const change = { incidentId: 'i', by: PERSON, key: `end-${steps}`, status, atUs: alertUs + at * MINUTE_US };
  await store.transaction((tx) => changeIncident(tx, change));
}

type Case = Readonly<{
  name: string;
  happens: () => Promise<void>;
  /** In minutes from the alert. */
  start: number;
  /** In minutes from the alert, where people set it right. */
  end?: number;
  basis: StartBasis;
  /** In minutes; undefined where nobody knows it. */
  detected?: number;
}>;

const CASES: readonly Case[] = [
  { name: 'nobody knows the start of the impact', happens: async () => {}, start: 0, basis: 'alert' },
  {
    name: 'the compared requests show it',
    happens: () => comparedRequestsShow(-7),
    ...{ start: -7, basis: 'impact', detected: 7 },
  },
  { name: 'a person enters it', happens: () => begins(-660), start: -660, basis: 'impact', detected: 660 },
  {
    name: 'a person knows better than the requests',
    happens: async () => {
      await comparedRequestsShow(-7);
      await begins(-20);
    },
    ...{ start: -20, basis: 'impact', detected: 20 },
  },
  {
    name: 'a person corrects it to an earlier time',
    happens: async () => {
      await begins(-5);
      await begins(-45);
    },
    ...{ start: -45, basis: 'impact', detected: 45 },
  },
  {
    name: 'a person corrects it to a time after the alert',
    happens: async () => {
      await begins(-5);
      await begins(10);
    },
    ...{ start: 10, basis: 'impact' },
  },
  {
    name: 'a person corrects the end to an earlier time, before another status',
    happens: async () => {
      await ends(ENDED - 5, 'identified');
      await ends(20);
    },
    ...{ start: 0, end: 20, basis: 'alert' },
  },
  {
    name: 'a person corrects the end to a later time',
    happens: async () => {
      await begins(-5);
      await ends(50);
    },
    ...{ start: -5, end: 50, basis: 'impact', detected: 5 },
  },
  {
    name: 'a person noticed it before the alert, and says so',
    happens: async () => {
      await isDetected(-1);
      await isDetected(-3);
    },
    ...{ start: -3, basis: 'detection' },
  },
  {
    name: 'people enter when it began and when it was detected',
    happens: async () => {
      await begins(-10);
      await isDetected(-3);
    },
    ...{ start: -10, basis: 'impact', detected: 7 },
  },
  { name: 'it stands after the end, by mistake', happens: () => begins(ENDED + 15), start: 0, basis: 'alert' },
];

describe.each(CASES)('where $name', ({ happens, start, end = ENDED, basis, detected }) => {
  const minutes = end - start;
  const lasted = durationText(minutes * MINUTE_US);
  const startUs = () => alertUs + start * MINUTE_US;
  const clockOf = (us: number) => isoInstant(us).slice(11, 16);

  beforeEach(async () => {
    await ends();
    await happens();
  });

  const resolved = () => readIncident(store, 'INC-1', SHOW_ALL);

  test('the metrics, the API and the list have the duration and its start', async () => {
    const read = await resolved();
    expect(read.metrics.durationMinutes).toBe(minutes);
    expect(read.start).toEqual({ atUs: startUs(), basis });
    expect(incidentJson(read)).toMatchObject({
      impactStartAt: basis === 'impact' ? isoInstant(startUs()) : null,
      durationFrom: basis,
      metrics: { durationMinutes: minutes },
    });
    expect(await readTimeline(store, 'INC-1')).toMatchObject({ metrics: read.metrics, start: read.start });
    expect(await listIncidents(store)).toMatchObject([
      { metrics: read.metrics, start: read.start, lastedUs: minutes * MINUTE_US },
    ]);
  });

  test('the overview says it, with the word for its start', async () => {
    const { incident } = await resolved();
    const { blocks } = overviewMessage({
      ...{ incident, entries: await timelineOf(store, 'i'), names: new Map(), lastUpdateUs: 0 },
      ...{ nextUpdateUs: undefined, originUrl: '', related: [], merged: [], mergedInto: undefined, problem: '' },
    });
    const text = JSON.stringify(blocks);
    expect(text).toContain(` after ${lasted} · `);
    expect(text).toContain(`"${START_WORDS[basis]} "`);
    expect(text).toContain(`"timestamp":${startUs() / 1e6}`);
  });

  test('the draft for customers says when it began, or only when it was noticed', async () => {
    const { incident } = await resolved();
    const endUs = alertUs + end * MINUTE_US;
    const entries = await timelineOf(store, 'i');
    const { text } = statusDraft({ incident, entries, last: undefined, everyMinutes: 30, nowUs: endUs });
    const [began, ended] = [clockOf(startUs()), clockOf(endUs)];
    expect(text).toContain(
      basis === 'impact'
        ? `lasted from ${began} to ${ended} UTC`
        : `noticed it at ${began}, and it ended at ${ended} UTC`,
    );
  });

  test('the postmortem says it everywhere, and no other duration', async () => {
    const { incident } = await resolved();
    const compared = { similar: [], others: 0 };
    const postmortem = await readPostmortem(store, incident, { names: new Map(), compared });
    const shown = { postmortem, names: new Map() };
    const text = postmortemMarkdown(shown);
    const from = START_NAMES[basis];
    expect(text).toContain(`How long: ${lasted}, from ${from} to the confirmed end.`);
    expect(text).toContain(`The duration, from ${from} to the confirmed end, is ${lasted}.`);
    expect(text).toMatch(new RegExp(`The end was confirmed at .{1,60}, ${lasted} after ${from}`));
    expect(text).toContain(`What ended it: the end was confirmed, ${lasted} after ${from}`);
    expect(postmortem.metricRows.find(({ name }) => name === 'Duration')).toMatchObject({
      value: lasted,
      means: `from ${from} until the end was confirmed`,
    });
    expect(postmortemJson(shown).metrics.durationMinutes).toBe(minutes);
    // The time between the alert and the end is no number of its own.
    if (basis === 'impact') expect(text).not.toMatch(new RegExp(`(?<! h )\\b${end} min\\b`));
  });

  test('the statistics count the detection from the same start', async () => {
    const stats = await countIncidents(store, { period: { days: 90 }, service: '' });
    const { medians } = stats;
    expect(medians.duration).toEqual({ us: minutes * MINUTE_US, p90Us: minutes * MINUTE_US, of: 1 });
    expect(stats.durationsFromImpact).toBe(basis === 'impact' ? 1 : 0);
    const us = detected === undefined ? undefined : detected * MINUTE_US;
    expect(medians.detect).toEqual({ us, p90Us: us, of: us === undefined ? 0 : 1 });
  });
});

test('the Home tab says since when an open incident lasts, and follows a correction', async () => {
  const shown = async () => {
    const who = { userId: PERSON, workspaceId: 'T1', channelId: '' };
    const access = { isMember: async () => true, mayRead: async () => true };
    const minutes = DEFAULTS.incidents.reminderMinutes;
    const home = incidentsFor({ store, minutes, permalink: async () => '', access });
    return JSON.stringify(incidentBlocks(await home(who)));
  };
  const age = (word: string, us: number) => `· ${word} "},{"type":"date","timestamp":${us / 1e6}`;
  expect(await shown()).toContain(age('first alert', alertUs));
  await comparedRequestsShow(-3);
  expect(await shown()).toContain(age('began', alertUs - 3 * MINUTE_US));
  await begins(-40);
  expect(await shown()).toContain(age('began', alertUs - 40 * MINUTE_US));
  expect((await timelineOf(store, 'i')).filter(({ value }) => value === IMPACT_START)).toHaveLength(1);
});
