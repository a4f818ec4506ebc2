import { describe, expect, test } from 'vitest';
import { type Incident, incidentMetrics, type TimelineEntry } from '#model/incident/incident.ts';
import { ADDRESS_CHARS, LABEL_CHARS, LINK } from '#model/incident/incident-link.ts';
import { ROLES } from '#model/incident/roles.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { incidentSays, updateAnswered, updateDue, updateMissed } from '#present/slack/incident-messages.ts';
import { type Overview, overviewMessage } from '#present/slack/incident-overview.ts';
import { timelinePage } from '#present/slack/timeline.ts';
import { peopleIn, withNames } from '#present/words/people-names.ts';
import { blockText } from '#test/block-text.ts';

const MINUTE_US = 60_000_000;
const START_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;

const INCIDENT: Incident = {
  id: '019b9000-0000-7000-8000-000000000001',
  workspaceId: 'T1',
  number: 4,
  title: 'Checkout is slow',
  severity: 'P1',
  status: 'identified',
  channelId: 'C1',
  declaredBy: 'U012ABC',
  declaredUs: START_US,
  detectedBy: 'alert',
  detection: 'pagerduty: p95 of checkout over 2 s',
  roles: { commander: 'U012ABC' },
};

const NAMES = new Map([['U012ABC', 'Kim Lee']]);

function entry(text: string, more: Partial<TimelineEntry> = {}): TimelineEntry {
  const atUs = more.atUs ?? START_US;
  return { id: text, atUs, notedUs: atUs, kind: 'note', text, source: 'U012ABC', link: '', value: '', ...more };
}

function overview(more: Partial<Overview> = {}) {
  return overviewMessage({
    incident: INCIDENT,
    entries: [entry('restarted the pool')],
    names: NAMES,
    lastUpdateUs: START_US,
    nextUpdateUs: START_US + 30 * MINUTE_US,
    originUrl: '',
    related: [],
    merged: [],
    mergedInto: undefined,
    problem: '',
    ...more,
  });
}

/** What somebody may write anywhere: it pings, links, formats, and is long. */
const HOSTILE = `<!channel> <@U012ABC> *bold* \`code\` <https://evil.example|click> token=sk-1234567890abcdef ${'x'.repeat(5_000)}`;

const read = (value: unknown): string => JSON.stringify(value);

const flat = (blocks: Parameters<typeof blockText>[0]) => blockText(blocks).replaceAll('\n', ' ').replace(/ +/g, ' ');

describe('the overview', () => {
  test('shows the newest links with their hosts, because words may promise another page', () => {
    const linked = (text: string, link: string) => entry(text, { kind: 'message', value: LINK, link });
    const entries = [
      linked('wiki.example/a', 'https://wiki.example/a'),
      linked('the board', 'https://grafana.example/d/1'),
      linked('https://good.example', 'https://evil.example/x'),
      linked('b', 'https://b.example/'),
    ];
    const { blocks = [] } = overview({ entries });
    expect(flat(blocks)).toContain(
      'Links: b (b.example) · https://good.example (evil.example) · the board (grafana.example) and 1 more',
    );
    expect(read(blocks)).toContain('"action_id":"incident_link"');
  });

  test('has room for the longest links', () => {
    const entries = Array.from({ length: 5 }, (_, at) =>
      entry(`${at} ${'w'.repeat(LABEL_CHARS)}`, {
        kind: 'message',
        value: LINK,
        link: `https://host.example/${'x'.repeat(ADDRESS_CHARS - 21)}`,
      }),
    );
    const related = [1, 2, 3, 4].map((number) => ({
      incident: { ...INCIDENT, number, title: 't'.repeat(150) },
      url: 'https://acme.slack.com/archives/C0123456789/p1700000000000000',
    }));
    const { blocks = [] } = overview({ entries, related, originUrl: related[0]?.url ?? '' });
    expect(blockProblems(blocks)).toEqual([]);
    expect(flat(blocks)).toContain(' and 4 more');
    expect(flat(blocks)).toMatch(/Related: INC-1 P1 t+, identified · .* and 1 more/);
  });

  test('offers to verify the fix of its diagnosis once somebody says that it is fixed', () => {
    const buttons = (more: Partial<Incident>) => read(overview({ incident: { ...INCIDENT, ...more } }).blocks);
    expect(buttons({ status: 'fixed', investigationId: 'i-7' })).toMatch(/"action_id":"trace_verify".*?"value":"i-7"/);
    expect(buttons({ status: 'identified', investigationId: 'i-7' })).not.toContain('trace_verify');
    expect(buttons({ status: 'fixed' })).not.toContain('trace_verify');
  });

  test('counts from the first alert, as the postmortem does', () => {
    const alert = entry('p95 over 2 s', { kind: 'alert', value: 'triggered', atUs: START_US - 20_000_000 });
    const resolved = { ...INCIDENT, status: 'resolved', resolvedUs: START_US + 30 * MINUTE_US - 20_000_000 } as const;
    const said = read(overview({ incident: resolved, entries: [alert] }).blocks);
    expect(said).toContain('First alert ');
    expect(said).toContain('after 30 min · ');
    const metrics = incidentMetrics(resolved, [alert]);
    expect(metrics.durationMinutes).toBe(30);
    expect(read(overview({ incident: resolved, entries: [] }).blocks)).toContain('after 29 min 40 s · ');
    const began = { ...resolved, impactStartUs: START_US - 10 * MINUTE_US };
    expect(read(overview({ incident: began, entries: [alert] }).blocks)).toContain('Began ');
  });

  test('has title, severity, status, roles and the time of the next update', () => {
    const message = overview();
    expect(message.text).toBe('INC-4 P1 Checkout is slow: identified. Incident commander: Kim Lee');
    const said = read(message.blocks);
    for (const part of ['Technical lead ', '"open"', 'next update', 'restarted the pool', 'p95 of checkout']) {
      expect(said).toContain(part);
    }
    expect(blockProblems(message.blocks)).toEqual([]);
  });

  test('says whose the blamed service is, and where to look', () => {
    const owned = {
      service: 'payments-api',
      otherNames: [],
      owners: ['payments-team'],
      tier: '1',
      lifecycle: '',
      system: '',
      channels: ['#payments'],
      runbooks: ['https://wiki.example.com/pay'],
      dashboards: [],
      contradictions: [],
    };
    const { blocks } = overview({ owned });
    expect(read(blocks)).toMatch(
      /payments-api.*owner payments-team.*tier 1.*wiki\.example\.com\/pay.*channel #payments/,
    );
    expect(blockProblems(blocks)).toEqual([]);
  });

  test('offers the first role that nobody has, until the incident is over', () => {
    const buttons = (more: Partial<Incident>) => read(overview({ incident: { ...INCIDENT, ...more } }).blocks);
    expect(buttons({})).toMatch(/Nobody is technical lead yet.*?"Take it".*?"value":"[^"]*:technical-lead"/);
    expect(buttons({ roles: {} })).toMatch(/Nobody is incident commander yet.*?"value":"[^"]*:commander"/);
    expect(buttons({ status: 'resolved' })).not.toContain('Take it');
    const taken = Object.fromEntries(ROLES.map((role) => [role, 'U012ABC']));
    expect(buttons({ roles: taken })).not.toContain('Take it');
  });

  test('shows the newest five entries, the newest first, and how many there are', () => {
    const entries = Array.from({ length: 9 }, (_, n) => entry(`number ${n}`, { atUs: START_US + n * MINUTE_US }));
    const said = read(overview({ entries }).blocks);
    expect(said).toContain('(5 of 9)');
    expect(said.indexOf('number 8')).toBeLessThan(said.indexOf('number 4'));
    expect(said).not.toContain('number 3');
  });

  test('counts the later one of two entries of one instant as newer', () => {
    const entries = Array.from({ length: 6 }, (_, n) => entry(`number ${n}`));
    const said = read(overview({ entries }).blocks);
    expect(said.match(/number \d/g)).toEqual(['number 5', 'number 4', 'number 3', 'number 2', 'number 1']);
  });

  test('has no Resolve button and no update request for a resolved incident', () => {
    const resolved = { ...INCIDENT, status: 'resolved', resolvedUs: START_US + 30 * MINUTE_US } as const;
    const said = read(overview({ incident: resolved, nextUpdateUs: undefined }).blocks);
    expect(said).not.toContain('incident_resolve');
    expect(said).toContain('no more updates');
  });

  test('says how long it has lasted: Slack counts on until it is resolved', () => {
    expect(read(overview().blocks)).toContain('"format":"{ago}"');
    const resolved = { ...INCIDENT, status: 'resolved', resolvedUs: START_US + 34 * MINUTE_US } as const;
    const said = read(overview({ incident: resolved }).blocks);
    expect(said).toContain('after 34 min');
    expect(said).not.toContain('{ago}');
  });

  test('keeps any text within Slack’s limits, and pings nobody', () => {
    const incident = { ...INCIDENT, title: HOSTILE, detection: HOSTILE };
    const entries = Array.from({ length: 9 }, () => entry(HOSTILE, { link: `https://x.example/${'y'.repeat(900)}` }));
    const message = overview({ incident, entries, problem: HOSTILE, originUrl: 'https://x.example' });
    expect(blockProblems(message.blocks)).toEqual([]);
    expect(message.text).not.toMatch(/<[!@h]/);
    expect(read(message.blocks)).not.toContain('"mrkdwn"');
    expect(read(message.blocks)).not.toContain('sk-1234567890abcdef');
  });
});

describe('the timeline', () => {
  const late = entry('found the missing index', { atUs: START_US + 3 * MINUTE_US, notedUs: START_US + 9 * MINUTE_US });
  const alert = entry('p95 over 2 s', { kind: 'alert', source: 'pagerduty', link: 'https://pd.example/1' });
  const timeline = { incident: INCIDENT, entries: [alert, late], names: NAMES };

  test('says both times where something was noted later than it happened, and one where it was not', () => {
    const said = read(timelinePage(timeline, 1).blocks);
    expect(said.match(/"type":"date"/g)).toHaveLength(3);
    expect(said).toContain('2026-01-06 14:39:00 UTC');
    expect(said).toContain('https://pd.example/1');
  });

  test('has pages within the limits, and shows the nearest page for an invalid number', () => {
    const late = { notedUs: START_US + 60 * MINUTE_US, link: `https://x.example/${'y'.repeat(900)}` };
    const entries = Array.from({ length: 30 }, (_, n) => entry(`${n} ${HOSTILE}`, { ...late, id: `0199-${n}` }));
    const texts: string[] = [];
    for (const page of [-1, 1, 2, 3, 4, 5, 99, Number.NaN]) {
      const { text, blocks } = timelinePage({ ...timeline, entries }, page);
      expect(blockProblems(blocks)).toEqual([]);
      texts.push(text.slice(0, 30));
    }
    expect(texts.map((text) => /page \d of \d/.exec(text)?.[0])).toEqual(
      [1, 1, 2, 3, 4, 5, 5, 1].map((page) => `page ${page} of 5`),
    );
  });

  test('offers what people wrote and each status for correction, the newest first, then the other milestones', () => {
    const entries = [
      entry('restarted the pool', { id: 'e1' }),
      entry('P1 → P0', { id: 'e2', kind: 'severity', value: 'P0' }),
      entry('Title: a → b', { id: 'e3', kind: 'update', value: 'title' }),
      entry('U012ABC saw it', { id: 'e4', kind: 'update' }),
      entry('Declared P1, investigating', { id: 'e5', kind: 'status', value: 'investigating' }),
      entry('investigating → fixed', { id: 'e6', kind: 'status', value: 'fixed' }),
      entry('fixed → merged: into INC-2', { id: 'e7', kind: 'status', value: 'merged' }),
      entry('investigating → fixed', { id: 'e8', kind: 'status', value: 'fixed', from: 'INC-2' }),
    ];
    const [menu] = timelinePage({ ...timeline, entries }, 1).blocks.flatMap((block) =>
      block.type === 'actions' ? block.elements : [],
    );
    const options = ['e6', 'e4', 'e1', 'impact-start', 'detected'].map((value) => ({ value }));
    expect(menu).toMatchObject({ action_id: 'incident_correct', options });
    expect(JSON.stringify(menu)).not.toContain('U012ABC');
  });

  test('that is empty says so', () => {
    expect(read(timelinePage({ ...timeline, entries: [] }, 1))).toContain('The timeline is empty');
  });
});

describe('a question for an update', () => {
  test('pings the commander alone, and nobody where there is none', () => {
    const asked = updateDue({ incident: INCIDENT, lastUpdateUs: START_US, everyMinutes: 15 });
    expect(read(asked.blocks).match(/"type":"user"/g)).toHaveLength(1);
    const nobody = updateDue({ incident: { ...INCIDENT, roles: {} }, lastUpdateUs: START_US, everyMinutes: 15 });
    expect(read(nobody.blocks)).not.toContain('"type":"user"');
    expect(read(nobody.blocks)).toContain('anybody can post it');
    expect(read(asked.blocks)).toContain('Nothing new, next in 15 min');
  });

  test('says a change in one line: what, who, when', () => {
    const said = incidentSays(INCIDENT, { what: 'P1 → P0', by: 'Kim', atUs: START_US });
    expect(said.text).toBe('INC-4: P1 → P0 · Kim');
    const [line] = said.blocks;
    expect(blockText(said.blocks).trim()).toBe('P1 → P0 · Kim ·');
    expect(read(line)).toContain('"type":"date"');
  });

  test('has no buttons after an answer or a new request', () => {
    const incident = { ...INCIDENT, title: HOSTILE };
    for (const message of [
      updateAnswered({ incident, answeredUs: START_US }),
      updateMissed({ incident, askedAgainUs: START_US }),
    ]) {
      expect(read(message.blocks)).not.toContain('"actions"');
      expect(blockProblems(message.blocks)).toEqual([]);
    }
    expect(blockProblems(updateDue({ incident, lastUpdateUs: START_US, everyMinutes: 15 }).blocks)).toEqual([]);
    expect(blockProblems(incidentSays(incident, { what: HOSTILE, by: HOSTILE, atUs: START_US }).blocks)).toEqual([]);
  });
});

test('people are their ids with a digit in them, and no word in capitals', () => {
  expect(peopleIn(['U012ABC and W9ABCDE', 'UNREACHABLE, USA, U012ABC', 'UUID-4'])).toEqual(['U012ABC', 'W9ABCDE']);
  expect(withNames('nobody → U012ABC, U0SOMEONE1', NAMES)).toBe('nobody → Kim Lee, U0SOMEONE1');
});
