import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type PageClaims, pageLinks } from '#core/page-link.ts';
import { auditEntries } from '#record/find-audit.ts';
import { addEntry } from '#record/timeline.ts';
import { CHANNEL, COMMANDER, guideIncident, ON_CALL, TEAM } from '#test/guide-incident.ts';
import { UTC, type Zone } from '#utilities/time-zone.ts';
import { personalDoor } from '#web/personal-door.ts';
import { listen, webApp } from '#web/server.ts';
import { serveTimelinePages } from '#web/timeline-page.ts';
import { timelinePages } from '#workflows/timeline/pages.ts';

const BERLIN: Zone = { kind: 'region', name: 'Europe/Berlin', otherwise: '' };
const DAY_US = 24 * 3_600e6;

/** `may`: who may read the channel; `members`: who has an open account. */
async function served({
  may = [ON_CALL],
  members = [ON_CALL],
  zone = BERLIN,
  mostRequests = 1_000,
}: {
  may?: string[];
  members?: string[];
  zone?: Zone | undefined;
  mostRequests?: number;
} = {}) {
  const { store, clock, incident } = await guideIncident();
  const links = pageLinks('xoxb-a-token');
  const pages = timelinePages({
    store,
    mayRead: async ({ userId }, channelId) => may.includes(userId) && channelId === CHANNEL,
    mayAct: async (userId) => members.includes(userId),
    mayShowIn: async () => true,
    cases: undefined,
    draw: async (svg) => new TextEncoder().encode(svg),
    pictureSeconds: 1,
    directory: {
      person: async (id) => ({ name: id === ON_CALL ? 'Sarah' : 'Kim', zone: id === ON_CALL ? zone : UTC }),
      permalink: async () => '',
    },
  });
  const web = webApp(async () => []);
  serveTimelinePages(web, { pages, door: personalDoor({ links, nowUs: async () => clock.nowUs(), mostRequests }) });
  const server = await listen(web, 0, '127.0.0.1');
  onTestFinished(() => server.stop());
  const claims: PageClaims = { incidentId: incident.id, workspaceId: TEAM, userId: ON_CALL, madeUs: clock.nowUs() };
  const get = (more = '', changed: Partial<PageClaims> = {}) =>
    fetch(`http://127.0.0.1:${server.port}/timeline/${links.made('timeline', { ...claims, ...changed })}${more}`);
  return { store, clock, incident, get };
}

let page: Awaited<ReturnType<typeof served>>;
beforeEach(async () => {
  page = await served();
});

describe('the page of a timeline', () => {
  test('has a section for each phase, with the times of its reader and the time between entries', async () => {
    const html = await (await page.get()).text();
    const titles = [...html.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, title]) => title);
    expect(titles).toEqual(expect.arrayContaining(['Detected', 'Confirmed', 'Mitigated', 'Resolved']));
    expect(html).toContain('All times are in Europe/Berlin.');
    expect(html).toContain('datetime="2025-01-06T14:30:00.000Z">2025-01-06 15:30:00</time>');
    expect(html).toMatch(/data-head="Since last">\+\d/);
    expect(html).toContain('<strong>Alert</strong>');
    for (const [, id] of html.matchAll(/href="#([^"]*)"/g)) expect(html).toContain(`<section id="${id}">`);
  });

  test('says that it has times of UTC if Slack does not tell the zone', async () => {
    page = await served({ zone: undefined as never });
    const { get } = await served({ members: [COMMANDER], may: [COMMANDER] });
    expect(await (await get('', { userId: COMMANDER })).text()).toContain('2025-01-06 14:30:00</time>');
  });

  test('shows words as they were written, and an entry that was noted late with both times', async () => {
    const note = { incidentId: page.incident.id, key: 'n', kind: 'note' as const, source: ON_CALL, link: '' };
    await page.store.transaction((tx) => addEntry(tx, { ...note, text: '<b>x</b>', atUs: tx.nowUs - 600e6 }));
    const html = await (await page.get()).text();
    expect(html).toContain('<strong>Note</strong> &lt;b&gt;x&lt;/b&gt;');
    expect(html).toMatch(/<span class="noted">noted 2025-01-06/);
  });
});

test('the same can be downloaded as a picture', async () => {
  const picture = await page.get('?as=picture');
  expect(picture.headers.get('content-type')).toBe('image/png');
  expect(picture.headers.get('content-disposition')).toContain('INC-1-timeline.png');
  expect(await picture.text()).toContain('Times in Europe/Berlin');
});

test('the same can be downloaded as Markdown and as JSON', async () => {
  const markdown = await page.get('?as=markdown');
  expect(markdown.headers.get('content-disposition')).toBe('attachment; filename="INC-1-timeline.md"');
  const text = await markdown.text();
  expect(text).toMatch(/^# INC-1 timeline: /);
  expect(text).toContain('\n## Confirmed\n');
  expect(text).toMatch(/\| 2025-01-06 15:30:00 \|[^|]*\| \*\*Alert\*\* /);

  const json = await page.get('?as=json');
  expect(json.headers.get('content-type')).toContain('application/json');
  const file = (await json.json()) as { incident: string; entries: { at: string; of: string }[] };
  expect(file).toMatchObject({ incident: 'INC-1', severity: expect.any(String), metrics: expect.any(Object) });
  expect(file.entries.map(({ of }) => of)).toContain('INC-1');
  expect(file.entries.map(({ at }) => at)).toContain('2025-01-06T14:30:00.000Z');

  expect((await page.get('?as=constructor')).headers.get('content-type')).toContain('text/html');
  const shown = await auditEntries(page.store, { action: 'incident.shown', limit: 10 });
  expect(shown.map(({ actor, detail }) => [actor, detail])).toEqual([
    [ON_CALL, { what: 'timeline as Markdown' }],
    [ON_CALL, { what: 'timeline as JSON' }],
    [ON_CALL, { what: 'page of the timeline' }],
  ]);
});

describe('nothing is shown', () => {
  const refused = async (one: typeof page, changed: Partial<PageClaims> = {}) => {
    const statuses: number[] = [];
    for (const form of ['', '?as=markdown', '?as=json']) {
      const answer = await one.get(form, changed);
      expect(await answer.text()).not.toContain('14:30:00');
      statuses.push(answer.status);
    }
    return statuses;
  };

  test('for a person who may not read the channel, whose account is closed, or of another workspace', async () => {
    expect(await refused(await served({ may: [] }))).toEqual([403, 403, 403]);
    expect(await refused(await served({ members: [] }))).toEqual([403, 403, 403]);
    expect(await refused(page, { workspaceId: 'T0OTHER001' })).toEqual([403, 403, 403]);
  });

  test('for a link of last week', async () => {
    expect(await refused(page, { madeUs: page.clock.nowUs() - 8 * DAY_US })).toEqual([404, 404, 404]);
  });

  test('to one person more often than the limit', async () => {
    const { get } = await served({ mostRequests: 2 });
    const statuses = [await get(), await get('?as=json'), await get()].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});

test('the answer is kept nowhere, runs nothing, and names its address to no other site', async () => {
  const { headers } = await page.get();
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('referrer-policy')).toBe('same-origin');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
});
