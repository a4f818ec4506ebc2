import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { STORE_FILE } from '#compose/store.ts';
import { post } from '#record/outbox.ts';
import type { Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import { fakeChromium } from '#test/fake-chromium.ts';
import { guideIncident } from '#test/guide-incident.ts';
import { POSTMORTEM_OF } from '#workflows/postmortem/postmortem-id.ts';
import { spanhound } from './run-spanhound.ts';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-postmortem-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The guide's incident in a data folder, as a bot left it. */
async function dataFolder(): Promise<string> {
  const folder = emptyFolder();
  const { store } = await guideIncident({ place: () => sqlite(join(folder, STORE_FILE)) });
  await store.close();
  return folder;
}

test('prints Markdown, HTML or JSON, with the same metrics in each', async () => {
  const env = { SPANHOUND_DATA: await dataFolder() };
  const [markdown, html, json] = await Promise.all([
    spanhound(['postmortem', 'INC-1'], { env }),
    spanhound(['postmortem', 'inc-1', '--format', 'html'], { env }),
    spanhound(['postmortem', 'INC-1', '--json'], { env }),
  ]);
  expect([markdown.code, html.code, json.code]).toEqual([0, 0, 0]);
  expect(markdown.stdout).toMatch(/^# Postmortem of INC-1: Users cannot sign in\n/);
  expect(html.stdout).toMatch(/^<!doctype html>[\s\S]+<\/html>\n$/);
  expect(JSON.parse(json.stdout).metrics).toEqual({
    detectionMinutes: 0,
    confirmationMinutes: 3,
    repairMinutes: 10,
    durationMinutes: 30,
  });
});

test('uses the template for the severity in SPANHOUND_POSTMORTEM_TEMPLATES, and names the mistake in one', async () => {
  const folder = await dataFolder();
  const file = join(folder, 'templates.yaml');
  const env = { SPANHOUND_DATA: folder, SPANHOUND_POSTMORTEM_TEMPLATES: file };
  const headings = async () => {
    const { code, stdout, stderr } = await spanhound(['postmortem', 'INC-1'], { env });
    return { code, stderr, headings: stdout.match(/^## .*$/gm) ?? [] };
  };
  const regulator = '{ title: Regulator, text: What does the regulator have to know? }';
  const ofAll = '  - sections: [summary, timeline, action-items, evidence]';
  await writeFile(
    file,
    `templates:\n  - severities: [P0, P1]\n    sections: [summary, ${regulator}, timeline, action-items, evidence]\n${ofAll}\n`,
  );
  const { code, headings: found } = await headings();
  expect(code).toBe(0);
  expect(found[1]).toBe('## Regulator');
  expect(found).not.toContain('## Impact');
  await writeFile(file, 'templates:\n  - sections: [sumary]\n');
  const wrong = await headings();
  expect(wrong.code).not.toBe(0);
  expect(wrong.stderr).toContain('Did you mean summary?');
});

test('takes the form from the ending of the file that it writes', async () => {
  const folder = await dataFolder();
  const file = join(folder, 'postmortem.html');
  const { code, stdout } = await spanhound(['postmortem', 'INC-1', '--out', file], { env: { SPANHOUND_DATA: folder } });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(await readFile(file, 'utf8')).toMatch(/^<!doctype html>/);
});

test('refuses other forms and names those that there are', async () => {
  const { code, stderr } = await spanhound(['postmortem', 'INC-1', '--format', 'png'], {
    env: { SPANHOUND_DATA: emptyFolder() },
  });
  expect(code).toBe(2);
  expect(stderr).toMatch(/'png' is invalid\. Allowed choices are md, html, pdf, json\./);
});

test.each(['INC-2', 'INC-99'])('says that there is no %s, also where nothing was ever stored', async (name) => {
  const stored = await spanhound(['postmortem', name], { env: { SPANHOUND_DATA: await dataFolder() } });
  const empty = await spanhound(['postmortem', name], { env: { SPANHOUND_DATA: emptyFolder() } });
  for (const { code, stderr } of [stored, empty]) {
    expect(code).toBe(3);
    expect(stderr).toContain(`there is no ${name}`);
  }
});

test.each(['1', '#1', 'INC 1', 'inc1'])('takes %s for INC-1', async (name) => {
  const env = { SPANHOUND_DATA: await dataFolder() };
  const [named, short] = [
    await spanhound(['postmortem', 'INC-1'], { env }),
    await spanhound(['postmortem', name], { env }),
  ];
  expect(named.code).toBe(0);
  expect(short.stdout.split('\n')[0]).toBe(named.stdout.split('\n')[0]);
});

test('takes nothing but a name for an incident', async () => {
  const { code, stderr } = await spanhound(['postmortem', 'the last one'], {
    env: { SPANHOUND_DATA: await dataFolder() },
  });
  expect(code).toBe(2);
  expect(stderr).toContain('names no incident');
});

test('lint names what to rewrite, with its line; its own draft has nothing', async () => {
  const folder = await dataFolder();
  const env = { SPANHOUND_DATA: folder };
  const draft = join(folder, 'draft.md');
  await spanhound(['postmortem', 'INC-1', '--out', draft], { env });
  const [text, clean] = [join(folder, 'written.md'), await spanhound(['postmortem', 'lint', draft], { env })];
  expect(clean.code).toBe(0);
  expect(clean.stdout).toMatch(/^\S+draft\.md: nothing found\n\nIt knows only common first names.*--names/);

  await writeFile(text, '## Summary\nKim forgot to drain the node.\nMany users waited.\n');
  const said = await spanhound(['postmortem', 'lint', text, '--names', 'Kim Lee', 'Bob'], { env });
  expect(said.code).toBe(5);
  expect(said.stdout).toMatch(/^\S+written\.md: 1 to mend, 1 to look at\n\nline 2: blame, to mend: /);
  const json = await spanhound(['postmortem', 'lint', '-', '--json'], { env, stdin: 'Was it human error?' });
  expect(json.code).toBe(5);
  expect(JSON.parse(json.stdout)).toEqual([
    {
      rule: 'blame',
      blocks: true,
      line: 1,
      text: 'human error',
      advice: expect.stringContaining('what let the mistake'),
    },
  ]);
  expect((await spanhound(['postmortem', 'lint', '-'], { env, stdin: '## Impact\nMany users waited.' })).code).toBe(0);
});

test('lists the versions, prints an older one, and what changed since', async () => {
  const folder = emptyFolder();
  const { store, clock, incident } = await guideIncident({ place: () => sqlite(join(folder, STORE_FILE)) });
  const asked = (at: number) =>
    store.transaction((tx) =>
      post(tx, {
        ...{ messageId: `${POSTMORTEM_OF(incident.id)}/${at}`, workspaceId: incident.workspaceId, channelId: 'C1' },
        message: { text: 'asked' },
      }),
    );
  const noted = (tx: Tx, text: string) =>
    addEntry(tx, {
      ...{ incidentId: incident.id, key: text, atUs: tx.nowUs, kind: 'note', source: 'U1', link: '' },
      text,
    });
  await asked(1);
  await clock.tick(60_000);
  await store.transaction((tx) => noted(tx, 'users.email has an index'));
  await clock.tick(60_000);
  await asked(2);
  await store.close();
  const env = { SPANHOUND_DATA: folder };
  const [list, older, newest, diff, none] = await Promise.all([
    spanhound(['postmortem', 'versions', 'INC-1'], { env }),
    spanhound(['postmortem', 'INC-1', '--at-version', '1'], { env }),
    spanhound(['postmortem', 'INC-1'], { env }),
    spanhound(['postmortem', 'diff', 'INC-1', '1', '2'], { env }),
    spanhound(['postmortem', 'INC-1', '--at-version', '3'], { env }),
  ]);
  expect(list.stdout).toMatch(/^1 {2}\d{4}-.*\n2 {2}\d{4}-.*\n$/);
  expect(older.stdout).not.toContain('users.email has an index');
  expect(newest.stdout).toContain('users.email has an index');
  expect(diff.stdout).toMatch(/^\+ Timeline: .*users\.email has an index$/m);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('It has the versions 1 to 2.') });
});

test('restores a version: the person is the author, the audit log has it, and both states are versions', async () => {
  const folder = emptyFolder();
  const { store, clock, incident } = await guideIncident({ place: () => sqlite(join(folder, STORE_FILE)) });
  await store.transaction((tx) =>
    post(tx, {
      ...{ messageId: `${POSTMORTEM_OF(incident.id)}/1`, workspaceId: incident.workspaceId, channelId: 'C1' },
      message: { text: 'asked' },
    }),
  );
  await clock.tick(60_000);
  await store.transaction((tx) =>
    addEntry(tx, {
      ...{ incidentId: incident.id, key: 'later', atUs: tx.nowUs, kind: 'note', source: 'U1', link: '' },
      text: 'written later',
    }),
  );
  await clock.tick(60_000);
  await store.close();
  const env = { SPANHOUND_DATA: folder };
  const restored = await spanhound(['postmortem', 'restore', 'INC-1', '1', '--by', 'U0ONCALL1'], { env });
  expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('restored: 1 entry withdrawn.') });
  const again = await spanhound(['postmortem', 'restore', 'INC-1', '1'], { env });
  expect(again.stdout).toContain('Nothing was changed.');
  expect((await spanhound(['postmortem', 'INC-1'], { env })).stdout).not.toContain('written later');
  expect((await spanhound(['postmortem', 'INC-1', '--at-version', '2'], { env })).stdout).toContain('written later');
  const list = await spanhound(['postmortem', 'versions', 'INC-1'], { env });
  expect(list.stdout).toMatch(/^1 .*\n2 .*, before version 1 came back\n3 .*, version 1 again\n$/);
  const log = await spanhound(['audit', 'show', '--action', 'postmortem.restored'], { env });
  expect(log.stdout).toContain('U0ONCALL1');
  const verified = await spanhound(['audit', 'verify'], { env });
  expect(verified.code).toBe(0);
  const [unknown, nobody] = await Promise.all([
    spanhound(['postmortem', 'restore', 'INC-1', '9'], { env }),
    spanhound(['postmortem', 'restore', 'INC-1', '1', '--by', 'somebody'], { env }),
  ]);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('It has the versions 1 to 3.') });
  expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('not the id of a person') });
});

test('a PDF is printed with the Chromium of the PATH; without one, a library writes the same PDF each time', async () => {
  const folder = await dataFolder();
  const file = join(folder, 'inc-1.pdf');
  const call = ['postmortem', 'INC-1', '--out', file];
  const PATH = fakeChromium(emptyFolder());
  expect((await spanhound(call, { env: { SPANHOUND_DATA: folder, PATH } })).code).toBe(0);
  expect(await readFile(file, 'utf8')).toBe('%PDF <!doctype html>');
  const none = await spanhound(call, { env: { SPANHOUND_DATA: folder, PATH: emptyFolder() } });
  expect(none.code).toBe(0);
  const bytes = await readFile(file);
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  expect(bytes.toString('latin1')).toContain('/FontFile2');
});
