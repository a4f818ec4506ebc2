import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { silentLog } from '#core/log.ts';
import { LINK } from '#model/incident/incident-link.ts';
import { findIncident } from '#record/find-incidents.ts';
import { declareIncident } from '#record/incidents.ts';
import { openInvestigation } from '#record/investigations.ts';
import { addEntry } from '#record/timeline.ts';
import { CASE_SETTINGS, disk, keptIn, manifestOf, newFolder, send } from '#test/cases.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { exportCases } from '#workflows/cases/export-case.ts';
import { caseKeeper } from '#workflows/cases/keep-case.ts';
import { verifyCase } from '#workflows/cases/verify-case.ts';

const SAMPLE = 'samples/stock-lock-wait';

describe('a kept case', () => {
  test('is found changed whichever byte of whichever file is another one', { tags: ['deep'] }, async () => {
    const { folder } = await keptCase();
    expect(await problemsIn(folder)).toEqual([]);
    for (const file of readdirSync(folder)) {
      const path = join(folder, file);
      const bytes = readFileSync(path);
      // Of the manifest every byte; of the evidence the first, the last, and some between.
      const step = file === 'case.json' ? 1 : Math.ceil(bytes.length / 20);
      for (let at = 0; at < bytes.length; at += step) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 1;
        writeFileSync(path, changed);
        const problems = await problemsIn(folder);
        expect(problems.length, `byte ${at} of ${file}`).toBeGreaterThan(0);
        expect(problems[0], `byte ${at} of ${file}`).toMatch(
          file === 'case.json' ? /./ : new RegExp(`^${file} was changed`),
        );
      }
      writeFileSync(path, bytes);
    }
    expect(await problemsIn(folder)).toEqual([]);
  });

  test.each<[string, (folder: string) => void, string]>([
    ['a file is gone', (folder) => rmSync(join(folder, 'logs.jsonl')), 'logs.jsonl is listed but missing'],
    ['a file was added', (folder) => writeFileSync(join(folder, '.hidden'), ''), '.hidden exists but is not listed'],
    ['a folder was added', (folder) => mkdirSync(join(folder, 'more')), 'more is a folder that does not belong there'],
    [
      'a file grew',
      (folder) => appendFileSync(join(folder, 'logs.jsonl'), '\n'),
      'logs.jsonl has 917 bytes instead of 916',
    ],
    [
      'a file became a link to the same bytes',
      (folder) => {
        const away = join(newFolder(), 'logs.jsonl');
        renameSync(join(folder, 'logs.jsonl'), away);
        symlinkSync(away, join(folder, 'logs.jsonl'));
      },
      'logs.jsonl is a link, not a file: it was not followed',
    ],
    ['the manifest is gone', (folder) => rmSync(join(folder, 'case.json')), 'case.json is missing or cannot be read'],
    [
      'the manifest is no JSON',
      (folder) => writeFileSync(join(folder, 'case.json'), '{'),
      'case.json is not a JSON object',
    ],
    [
      'the manifest is a link',
      (folder) => {
        rmSync(join(folder, 'case.json'));
        symlinkSync('/etc/hostname', join(folder, 'case.json'));
      },
      'case.json is missing or cannot be read',
    ],
    [
      'the manifest lost its seal',
      (folder) => {
        const { seal: _, ...rest } = manifestOf(folder);
        writeFileSync(join(folder, 'case.json'), `${JSON.stringify(rest, null, 2)}\n`);
      },
      'case.json has no seal',
    ],
  ])('is found changed when %s', async (_, change, problem) => {
    const { folder } = await keptCase();
    change(folder);
    expect((await problemsIn(folder))[0]).toBe(problem);
  });
});

describe('a case of other origin', () => {
  test('is checked by the sums that it lists', async () => {
    const folder = copyOfSample();
    expect(await problemsIn(folder)).toEqual([]);
    appendFileSync(join(folder, 'traces.json'), ' ');
    expect(await problemsIn(folder)).toHaveLength(1);
  });

  test.each([
    ['/etc/passwd', 'is listed under a path outside the folder'],
    ['../traces.json', 'is listed under a path outside the folder'],
    ['logs.jsonl/../../x', 'is listed under a path outside the folder'],
    ['', 'is listed under a path outside the folder'],
    ['case.json', 'is listed twice'],
  ])('may not list %j', async (path, problem) => {
    const folder = copyOfSample();
    const manifest = manifestOf(folder);
    writeFileSync(
      join(folder, 'case.json'),
      JSON.stringify({ ...manifest, files: [...(manifest.files as object[]), { path, sha256: 'x' }] }),
    );
    expect((await problemsIn(folder)).join()).toContain(problem);
  });

  test('that lists no files proves nothing', async () => {
    const folder = copyOfSample();
    writeFileSync(join(folder, 'case.json'), '{"schema":"spanhound.case/1"}');
    expect((await problemsIn(folder))[0]).toContain('lists no files');
  });

  test('with sums of the wrong type is named and not trusted', async () => {
    const folder = copyOfSample();
    writeFileSync(join(folder, 'case.json'), '{"schema":"spanhound.case/1","files":{"traces.json":"abc"}}');
    expect((await problemsIn(folder))[0]).toBe('case.json has a files that cannot be read');
  });
});

describe('an export', () => {
  test('has every case of the incident, and detects a changed or missing one', async () => {
    const { store, dataFolder } = await keptCase();
    const target = join(newFolder(), 'out');
    const parts = { store, cases: keptIn(dataFolder), disk };
    const exported = await exportCases(parts, { incident: 'INC-1', target, actor: 'command line' });
    expect(exported).toMatchObject({ cases: 1, problems: [] });
    expect(readdirSync(target)).toEqual(['cases.json', 'one']);
    expect(await verifyCase(disk, target)).toEqual({ cases: 1, files: 2, forgotten: 0, problems: [] });
    const reads = await store.db.selectFrom('audit').select('detail').where('action', '=', 'evidence.read').execute();
    expect(reads.map(({ detail }) => JSON.parse(detail).purpose)).toEqual(['case export INC-1']);

    const manifest = readFileSync(join(target, 'cases.json'), 'utf8');
    writeFileSync(join(target, 'cases.json'), manifest.replace('INC-1', 'INC-2'));
    expect(await problemsIn(target)).toEqual(['cases.json was changed after it was sealed']);
    writeFileSync(join(target, 'cases.json'), manifest);
    appendFileSync(join(target, 'one', 'logs.jsonl'), '\n');
    expect(await problemsIn(target)).toEqual(['one/logs.jsonl has 917 bytes instead of 916']);
    rmSync(join(target, 'one'), { recursive: true });
    expect(await problemsIn(target)).toEqual(['one is listed but missing']);
  });

  test('has the links of the incident', async () => {
    const { store, dataFolder } = await keptCase();
    const found = await findIncident(store, { workspaceId: 'T1', number: 1 });
    await store.transaction((tx) =>
      addEntry(tx, {
        incidentId: found?.id ?? '',
        key: 'link:1',
        atUs: Date.UTC(2026, 0, 6, 14, 30) * 1_000,
        kind: 'message',
        text: 'the board',
        source: 'U1',
        link: 'https://grafana.example/d/1',
        value: LINK,
      }),
    );
    const target = join(newFolder(), 'out');
    const request = { incident: 'INC-1', target, actor: 'command line' };
    await exportCases({ store, cases: keptIn(dataFolder), disk }, request);
    expect(JSON.parse(readFileSync(join(target, 'cases.json'), 'utf8')).links).toEqual([
      { at: '2026-01-06T14:30:00.000Z', text: 'the board', url: 'https://grafana.example/d/1' },
    ]);
    expect(await problemsIn(target)).toEqual([]);
  });

  test('is never written over anything', async () => {
    const { store, dataFolder } = await keptCase();
    const target = newFolder();
    writeFileSync(join(target, 'notes.txt'), '');
    const request = { incident: 'INC-1', target, actor: 'command line' };
    await expect(exportCases({ store, cases: keptIn(dataFolder), disk }, request)).rejects.toThrow('is not empty');
  });

  test('says of a kept case that it was changed, even when it was sealed again', async () => {
    const { store, dataFolder, folder } = await keptCase();
    const other = await keptCase('two');
    rmSync(folder, { recursive: true });
    cpSync(other.folder, folder, { recursive: true });
    const target = join(newFolder(), 'out');
    const { problems } = await exportCases(
      { store, cases: keptIn(dataFolder), disk },
      { incident: 'INC-1', target, actor: 'command line' },
    );
    expect(problems).toEqual(['cases/one/case.json has a different seal than the record']);
  });

  test('goes on where a kept case is gone, and says so', async () => {
    const { store, dataFolder, folder } = await keptCase();
    rmSync(folder, { recursive: true });
    const target = join(newFolder(), 'out');
    const exported = await exportCases(
      { store, cases: keptIn(dataFolder), disk },
      { incident: 'INC-1', target, actor: 'command line' },
    );
    expect(exported).toMatchObject({ cases: 0, problems: ['cases/one cannot be read'] });
    expect((await verifyCase(disk, target)).problems).toEqual([]);
  });
});

async function problemsIn(folder: string): Promise<string[]> {
  const { problems } = await verifyCase(disk, folder);
  return problems.map(({ path, problem }) => `${path} ${problem}`);
}

function copyOfSample(): string {
  const folder = join(newFolder(), 'copy');
  cpSync(SAMPLE, folder, { recursive: true });
  return folder;
}

/** The case of an investigation from which an incident was declared. */
async function keptCase(title = 'one') {
  const dataFolder = newFolder();
  const store = await opened(sqlitePlace(), steppedClock());
  const place = { workspaceId: 'T1', channelId: 'C1' };
  await store.transaction(async (tx) => {
    await openInvestigation(tx, { ...place, id: 'one', traceId: 'a1', askedBy: 'U1' });
    await declareIncident(tx, {
      ...place,
      id: 'incident',
      title,
      severity: 'P1',
      declaredBy: 'U1',
      detectedBy: 'employee',
      detection: 'U1',
      investigationId: 'one',
    });
  });
  const session = openSession(CASE_SETTINGS);
  await send(session, 'trace', readFileSync(`${SAMPLE}/traces.json`), { source: title });
  await send(session, 'logs', readFileSync(`${SAMPLE}/logs.jsonl`), { format: 'log-jsonl' });
  const [analysed] = await session.reports({});
  const evidence = await session.evidence();
  if (analysed === undefined) throw new Error('no report');
  const keepCase = caseKeeper({ store, cases: keptIn(dataFolder), sealedBy: 'spanhound test', log: silentLog });
  const { subject } = analysed.report;
  await keepCase(
    { investigationId: 'one', workspaceId: 'T1', subject, evidence: async () => evidence },
    async () => undefined,
  );
  return { store, dataFolder, folder: join(dataFolder, 'cases', 'one') };
}
