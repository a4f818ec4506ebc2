import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type PageClaims, pageLinks } from '#core/page-link.ts';
import { sha256 } from '#core/sha256.ts';
import { commentsOf } from '#model/incident/postmortem-comments.ts';
import { ownDesk } from '#model/incident/postmortem-desk.ts';
import { answersIn } from '#model/incident/postmortem-questions.ts';
import type { PostmortemTemplate } from '#model/incident/postmortem-template.ts';
import { declareIncident } from '#record/incidents.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry, editEntry, removeEntry, timelineOf } from '#record/timeline.ts';
import { CHANNEL, COMMANDER, guideIncident, ON_CALL, TEAM } from '#test/guide-incident.ts';
import { personalDoor } from '#web/personal-door.ts';
import { servePostmortemPages } from '#web/postmortem-page.ts';
import { listen, webApp } from '#web/server.ts';
import { editPages } from '#workflows/postmortem/edit-page.ts';

const SECRET = 'xoxb-a-token';
const HOUR_MS = 3_600_000;

/** `may`: who may read the channel; `members`: who has an open account. */
async function served({
  may = [ON_CALL],
  members = [ON_CALL, COMMANDER],
  templates = [],
  mostRequests = 1_000,
}: {
  may?: string[];
  members?: string[];
  templates?: PostmortemTemplate[];
  mostRequests?: number;
} = {}) {
  const { store, clock, incident } = await guideIncident();
  const links = pageLinks(SECRET);
  const pages = editPages({
    store,
    jobs: tableJobs,
    mayRead: async ({ userId }, channelId) => may.includes(userId) && channelId === CHANNEL,
    mayAct: async (userId) => members.includes(userId),
    mayShowIn: async () => true,
    postmortemDesk: ownDesk,
    directory: {
      person: async (id: string) => ({ id, name: id === ON_CALL ? 'Sarah' : 'Kim', isBot: false }),
      namesOf: async (id: string) => (id === COMMANDER ? ['kim', 'Kim Lee'] : undefined),
      permalink: async () => '',
    } as never,
    templates,
    kick: () => undefined,
  });
  const web = webApp(async () => []);
  servePostmortemPages(web, { pages, door: personalDoor({ links, nowUs: async () => clock.nowUs(), mostRequests }) });
  const server = await listen(web, 0, '127.0.0.1');
  onTestFinished(() => server.stop());
  const claims: PageClaims = { incidentId: incident.id, workspaceId: TEAM, userId: ON_CALL, madeUs: clock.nowUs() };
  const urlFor = (changed: Partial<PageClaims> = {}) =>
    `http://127.0.0.1:${server.port}/postmortem/${links.made('postmortem', { ...claims, ...changed })}`;
  const entries = () => timelineOf(store, incident.id);
  return { store, clock, incident, links, urlFor, entries };
}

type Served = Awaited<ReturnType<typeof served>>;

/** The fields of a page by name, as a browser would send them back. */
function formOf(html: string): URLSearchParams {
  const unescaped = (text: string) =>
    text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  const form = new URLSearchParams();
  for (const [, name = '', value = ''] of html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g))
    form.set(unescaped(name), unescaped(value));
  for (const [, name = '', text = ''] of html.matchAll(
    /<textarea id="f\d+" name="([^"]+)"[^>]*>\n([^<]*)<\/textarea>/g,
  ))
    form.set(unescaped(name), unescaped(text));
  return form;
}

const send = (url: string, form: URLSearchParams, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body: form, headers, redirect: 'manual' });

const text = async (response: Response | Promise<Response>) => (await response).text();

let page: Served;
beforeEach(async () => {
  page = await served();
});

describe('a person with a link of their own', () => {
  test('saves an answer, which is an entry with their name, and reads it again', async () => {
    const url = page.urlFor();
    const form = formOf(await text(fetch(url)));
    form.set('text:answer:luck', 'The nightly import\r\nhad not begun.');
    const saved = await send(url, form, { 'sec-fetch-site': 'same-origin' });
    expect([saved.status, saved.headers.get('location')]).toEqual([303, '?saved=1']);
    expect(answersIn(await page.entries()).get('luck')).toMatchObject({
      source: ON_CALL,
      text: 'Luck: The nightly import\nhad not begun.',
    });
    const again = await text(fetch(`${url}?saved=1`));
    expect(again).toContain('Saved. The timeline and the draft have your words.');
    expect(formOf(again).get('text:answer:luck')).toBe('The nightly import\nhad not begun.');
    const odd = await fetch(`${url}?saved=constructor`);
    expect([odd.status, await odd.text()]).toEqual([200, expect.not.stringContaining('native code')]);
  });

  test('changes what they wrote, and withdraws what they empty; the record keeps each step', async () => {
    const url = page.urlFor();
    const put = async (words: string) => {
      const form = formOf(await text(fetch(url)));
      form.set('text:answer:luck', words);
      return (await send(url, form)).status;
    };
    expect([await put('No luck.'), await put('Much luck.')]).toEqual([303, 303]);
    expect(answersIn(await page.entries()).get('luck')?.text).toBe('Luck: Much luck.');
    expect(await put('')).toBe(303);
    expect(answersIn(await page.entries()).get('luck')).toBeUndefined();
    const rows = await page.store.db.selectFrom('timeline_entries').select('text').execute();
    expect(rows.map((row) => row.text)).toEqual(expect.arrayContaining(['Luck: No luck.', 'Luck: Much luck.']));
  });

  test('comments on a section, reads it with its author, and resolves it; a new draft keeps it', async () => {
    const url = page.urlFor();
    const form = formOf(await text(fetch(url)));
    form.set('text:comment:impact', 'How many of them in the EU?');
    expect((await send(url, form)).status).toBe(303);
    expect((await send(url, form)).status).toBe(200); // the same form again adds nothing
    const comments = async () => commentsOf(await page.entries());
    expect(await comments()).toMatchObject([{ section: 'impact', title: 'Impact', by: ON_CALL, resolved: undefined }]);
    const html = await text(fetch(url));
    expect(html).toContain('Comment of Sarah, ');
    expect(html).toContain('How many of them in the EU?');
    const [{ id } = { id: '' }] = await comments();
    expect(html).toContain(`<input type="checkbox" name="text:resolve:${id}" value="resolved"> Resolve this comment`);
    const resolving = formOf(html);
    resolving.set(`text:resolve:${id}`, 'resolved');
    expect((await send(url, resolving)).status).toBe(303);
    expect(await comments()).toMatchObject([{ resolved: { by: ON_CALL } }]);
    const after = await text(fetch(url));
    expect(after).toContain(' · resolved: Sarah, ');
    expect(after).not.toContain('text:resolve:');
  });

  test('saves nothing where nothing was edited', async () => {
    const before = (await page.entries()).length;
    const url = page.urlFor();
    const unchanged = await send(url, formOf(await text(fetch(url))));
    expect(await unchanged.text()).toContain('Nothing was changed.');
    expect(await page.entries()).toHaveLength(before);
  });

  test('reads what the lint says beside the words', async () => {
    const url = page.urlFor();
    const form = formOf(await text(fetch(url)));
    form.set('text:answer:improve', 'Somebody should have looked at the query.');
    await send(url, form);
    const html = await text(fetch(url));
    expect(html).toMatch(
      /<textarea id="(f\d+)" name="text:answer:improve" maxlength="2000" aria-describedby="\1-about">[\s\S]{0,300}<p class="lint">“Somebody should have looked at the query.” judges by what was known only afterwards/,
    );
  });
});

test('the lint reads a name that Slack knows as a person, in any case, and leaves what only sounds like one', async () => {
  const url = page.urlFor();
  const lintOf = async (words: string) => {
    const form = formOf(await text(fetch(url)));
    form.set('text:answer:improve', words);
    await send(url, form);
    return /<p class="lint">([^<]*)/.exec(await text(fetch(url)))?.[1];
  };
  expect(await lintOf('KIM LEE forgot the index.')).toMatch(
    /^“the incident commander forgot the index.” looks for a person at fault/,
  );
  expect(await lintOf('kim-service lost the index.')).toBeUndefined();
});

describe('words that somebody else changed since', () => {
  const note = async (words: string) => {
    const { store, incident } = page;
    const entry = { incidentId: incident.id, key: 'n', kind: 'note' as const, source: COMMANDER, link: '' };
    await store.transaction((tx) => addEntry(tx, { ...entry, text: words, atUs: tx.nowUs }));
    return `entry:${(await page.entries()).find((one) => one.text === words)?.id}`;
  };

  test('are shown beside one’s own, nothing is saved, and the next save has both', async () => {
    const name = await note('the cache was cold');
    const url = page.urlFor();
    const form = formOf(await text(fetch(url)));
    await page.store.transaction((tx) =>
      editEntry(tx, { incidentId: page.incident.id, key: 'n', text: 'the cache was <b>warm</b>', by: COMMANDER }),
    );
    form.set(`text:${name}`, 'the cache was empty');
    form.set('text:answer:luck', 'No luck.');
    const conflict = await send(url, form);
    const html = await conflict.text();
    expect(conflict.status).toBe(409);
    expect(html).toContain('<blockquote>the cache was &lt;b&gt;warm&lt;/b&gt;</blockquote>');
    const shownAgain = formOf(html);
    expect(shownAgain.get(`text:${name}`)).toBe('the cache was empty');
    expect(shownAgain.get('text:answer:luck')).toBe('No luck.');
    expect((await page.entries()).map((entry) => entry.text)).toContain('the cache was <b>warm</b>');
    expect(answersIn(await page.entries()).get('luck')).toBeUndefined();

    expect((await send(url, shownAgain)).status).toBe(303);
    expect((await page.entries()).map((entry) => entry.text)).toContain('the cache was empty');
    expect(answersIn(await page.entries()).get('luck')?.text).toBe('Luck: No luck.');
  });

  test('and one’s own words are equal: nobody has to put anything together', async () => {
    const name = await note('cold');
    const url = page.urlFor();
    const form = formOf(await text(fetch(url)));
    await page.store.transaction((tx) =>
      editEntry(tx, { incidentId: page.incident.id, key: 'n', text: 'warm', by: COMMANDER }),
    );
    form.set(`text:${name}`, 'warm');
    expect(await text(send(url, form))).toContain('Nothing was changed.');
  });

  test('and withdrew: one’s own words come back as a new entry only with the next save', async () => {
    const name = await note('cold');
    const url = page.urlFor();
    const form = formOf(await text(fetch(url)));
    await page.store.transaction((tx) => removeEntry(tx, { incidentId: page.incident.id, key: 'n', by: COMMANDER }));
    form.set(`text:${name}`, 'colder');
    const conflict = await send(url, form);
    const html = await conflict.text();
    expect(conflict.status).toBe(409);
    expect(html).toContain('It was withdrawn.');
    expect(formOf(html).get(`text:${name}`)).toBe('colder');
    expect((await page.entries()).map((entry) => entry.text)).not.toContain('colder');

    const newest = formOf(html);
    expect((await send(url, newest)).status).toBe(303);
    // A browser that sends the form again, as after a lost answer, adds nothing.
    expect(await text(send(url, newest))).toContain('Nothing was changed.');
    expect((await page.entries()).filter((entry) => entry.text === 'colder')).toHaveLength(1);
  });
});

describe('a form with fields that no page has', () => {
  const sentWith = async (fields: Readonly<Record<string, string>>, url = page.urlFor()) => {
    const form = formOf(await text(fetch(url)));
    for (const [name, words] of Object.entries(fields)) {
      form.set(`text:${name}`, words);
      form.set(`base:${name}`, sha256(''));
    }
    return await text(send(url, form));
  };

  test('adds no entry for an id that the record does not have, nor for one of another incident', async () => {
    const { store, incident } = page;
    const other = await store.transaction((tx) =>
      declareIncident(tx, {
        ...{ id: 'other', workspaceId: TEAM, channelId: CHANNEL, declaredBy: ON_CALL, title: 'Other' },
        ...{ severity: 'P1', detectedBy: 'employee', detection: '' },
      }),
    );
    const there = { incidentId: other.id, key: 'n', kind: 'note' as const, source: ON_CALL, link: '' };
    await store.transaction((tx) => addEntry(tx, { ...there, text: 'theirs', atUs: tx.nowUs }));
    const [theirs] = (await timelineOf(store, other.id)).filter(({ kind }) => kind === 'note');
    await store.transaction((tx) => removeEntry(tx, { incidentId: other.id, key: 'n', by: ON_CALL }));
    const before = await page.entries();
    const invented = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`entry:made-${at}`, `words ${at}`]));
    const answered = await sentWith({ ...invented, [`entry:${theirs?.id}`]: 'from elsewhere' });
    expect(answered).toContain('Nothing was changed.');
    expect(await page.entries()).toEqual(before);
    expect(await timelineOf(store, incident.id)).toEqual(before);
  });

  test('adds no answer to a section that no template has', async () => {
    const before = await page.entries();
    expect(await sentWith({ 'answer:own:Advertisement': 'buy' })).toContain('Nothing was changed.');
    expect(await page.entries()).toEqual(before);
    const templates = [{ sections: [{ title: 'Regulator', text: 'What does the regulator have to know?' }] }];
    page = await served({ templates });
    await sentWith({ 'answer:own:Regulator': 'Nothing.', 'answer:own:Advertisement': 'buy' });
    expect([...answersIn(await page.entries()).keys()]).toEqual(['own:Regulator']);
  });
});

test('one person makes a few requests a minute, whatever their links are; nobody else waits for that', async () => {
  page = await served({ mostRequests: 3, may: [ON_CALL, COMMANDER] });
  const { urlFor, clock } = page;
  const another = urlFor({ madeUs: clock.nowUs() - 1 });
  const read = async (url: string) => (await fetch(url)).status;
  expect([await read(urlFor()), await read(another), await read(urlFor())]).toEqual([200, 200, 200]);
  expect([await read(urlFor()), await read(another)]).toEqual([429, 429]);
  expect(await read(urlFor({ userId: COMMANDER }))).toBe(200);
  // Saving has a limit of its own.
  const save = () =>
    send(another, new URLSearchParams({ form: page.links.formToken(another.split('/').at(-1) ?? '') }));
  const saves = [await save(), await save(), await save(), await save()];
  expect(saves.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  expect(saves[3]?.headers.get('retry-after')).toBe('60');
  expect(await text(saves[3] as Response)).toContain('Nothing was saved');
});

describe('nothing is shown or saved', () => {
  const tries = async (one: Served, url: string) => {
    const before = (await one.entries()).length;
    const token = url.slice(url.lastIndexOf('/') + 1);
    const form = new URLSearchParams({
      form: one.links.formToken(token),
      'text:answer:luck': 'x',
      'base:answer:luck': '',
    });
    const [read, written] = [await fetch(url), await send(url, form)];
    expect(await read.text()).not.toContain('Users cannot sign in');
    expect((await one.entries()).length).toBe(before);
    return [read.status, written.status];
  };

  test.each([
    ['for a link that was changed', (one: Served) => one.urlFor().replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
    [
      'for a link with another secret',
      (one: Served) => {
        const claims = { incidentId: one.incident.id, workspaceId: TEAM, userId: ON_CALL, madeUs: one.clock.nowUs() };
        return one.urlFor().replace(/[^/]+$/, pageLinks('another').made('postmortem', claims));
      },
    ],
    [
      'for a link to another page',
      (one: Served) => {
        const claims = { incidentId: one.incident.id, workspaceId: TEAM, userId: ON_CALL, madeUs: one.clock.nowUs() };
        return one.urlFor().replace(/[^/]+$/, one.links.made('timeline', claims));
      },
    ],
    ['for a text that is no link', (one: Served) => one.urlFor().replace(/[^/]+$/, 'x')],
    ['after a week', (one: Served) => one.urlFor({ madeUs: one.clock.nowUs() - 8 * 24 * HOUR_MS * 1_000 })],
  ])('%s', async (_, urlOf) => {
    expect(await tries(page, urlOf(page))).toEqual([404, 403]);
  });

  test('for a person who may not read the channel any more', async () => {
    const one = await served({ may: [] });
    const [read] = await tries(one, one.urlFor());
    expect(read).toBe(403);
  });

  test('for a person whose account is closed', async () => {
    const one = await served({ members: [] });
    const [read] = await tries(one, one.urlFor());
    expect(read).toBe(403);
  });

  test('for an incident of another workspace', async () => {
    const [read] = await tries(page, page.urlFor({ workspaceId: 'T0OTHER001' }));
    expect(read).toBe(403);
  });
});

describe('nothing is saved', () => {
  const changed = async (url: string) => {
    const form = formOf(await text(fetch(url)));
    form.set('text:answer:luck', 'x');
    return form;
  };

  test('from another site, or without the token of the form', async () => {
    const url = page.urlFor();
    const form = await changed(url);
    expect((await send(url, form, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    form.set('form', page.links.formToken('another link'));
    expect((await send(url, form)).status).toBe(403);
    expect(answersIn(await page.entries()).get('luck')).toBeUndefined();
  });

  test('from a body that is too large, or is no form', async () => {
    const url = page.urlFor();
    const form = await changed(url);
    form.set('text:answer:luck', 'x'.repeat(1_600_000));
    expect((await send(url, form)).status).toBe(413);
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(415);
  });

  test('with a link older than 8 hours, which still shows the page without a form', async () => {
    const url = page.urlFor({ madeUs: page.clock.nowUs() - 9 * HOUR_MS * 1_000 });
    const html = await text(fetch(url));
    expect(html).toContain('Users cannot sign in');
    expect(html).toContain('This link is older than 8 hours.');
    expect(html).not.toContain('<form');
    const token = url.slice(url.lastIndexOf('/') + 1);
    const form = new URLSearchParams({ form: page.links.formToken(token), 'text:answer:luck': 'x' });
    expect((await send(url, form)).status).toBe(403);
  });
});

test('the answer is kept nowhere, runs nothing, and names its address to no other site', async () => {
  const { headers } = await fetch(page.urlFor());
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('referrer-policy')).toBe('same-origin');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('content-security-policy')).not.toContain('script-src');
  expect(headers.get('x-robots-tag')).toBe('noindex');
});
