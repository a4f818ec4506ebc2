import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { UnreachableError } from '#core/errors.ts';
import type { DatabaseSource } from '#gather/sources.ts';
import { CASE_SETTINGS, newFolder, replayed } from '#test/cases.ts';
import { BLOCKED, READ_US, recorded } from '#test/databases.ts';
import { patientClock } from '#test/patient-clock.ts';
import { diagnoseAlert } from '#workflows/alerts/diagnose-alert.ts';

const NAME = 'postgres db1/shop';
const WINDOW = { fromUs: READ_US - 600e6, toUs: READ_US };

/** A database that answers with this, or that is not there. */
function databaseOf(bytes: Uint8Array | undefined): DatabaseSource & Readonly<{ pauses: (number | undefined)[] }> {
  const pauses: (number | undefined)[] = [];
  return {
    name: NAME,
    pauses,
    async openStatistics({ pauseMs }) {
      pauses.push(pauseMs);
      if (bytes === undefined) throw new UnreachableError(NAME, 'connection refused');
      return {
        source: NAME,
        format: 'database-json',
        query: { text: 'pg_stat_activity', url: '' },
        chunks: (async function* () {
          yield bytes;
        })(),
      };
    },
    check: async () => ({ ok: true, detail: '', remedy: '' }),
  };
}

async function reportOf(source: DatabaseSource) {
  const parts = {
    traceSources: [],
    logSources: [],
    databaseSources: [source],
    openSession,
    settings: CASE_SETTINGS,
    clock: patientClock,
  };
  const alert = { title: 'stock', service: 'stock', labels: {}, traceId: '', atUs: READ_US };
  const stages = [];
  for await (const stage of diagnoseAlert(parts, { alert, window: WINDOW, forms: {} })) stages.push(stage);
  const last = stages.at(-1) ?? expect.fail();
  return { report: last.analysed.report, evidence: await last.evidence?.() };
}

describe("a database's own statistics", () => {
  test('is a verdict where there is nothing else, is kept without literals, and is replayed', async () => {
    const source = databaseOf(BLOCKED);
    const { report, evidence } = await reportOf(source);
    expect(source.pauses).toEqual([expect.any(Number)]);
    expect(report.diagnosis).toMatchObject({ kind: 'lock-contention', service: NAME });
    expect(report.gaps.map(({ source }) => source)).not.toContain(NAME);
    expect(evidence?.files.map(({ path }) => path)).toEqual(['database.json']);
    const folder = newFolder();
    for (const { path, bytes } of evidence?.files ?? []) {
      expect(Buffer.from(bytes).toString('utf8')).not.toContain('secret-sku-4711');
      writeFileSync(join(folder, path), bytes);
    }
    const [from, to] = [WINDOW.fromUs, WINDOW.toUs].map((us) => new Date(us / 1000).toISOString());
    const subject = { kind: 'window', service: 'stock', from, to };
    writeFileSync(join(folder, 'case.json'), JSON.stringify({ schema: 'spanhound.case/1', subject }));
    const again = await replayed(folder, {});
    expect(again.report.diagnosis).toEqual(report.diagnosis);
    expect(again.report.findings).toEqual(report.findings);
  });

  test('are used as far as they arrived; each refused query is a gap with its consequence', async () => {
    const refused = [{ what: 'statements', problem: 'pg_stat_statements is not there' }];
    const { report } = await reportOf(databaseOf(Buffer.from(JSON.stringify(recorded({ refused })))));
    expect(report.gaps).toContainEqual({
      source: NAME,
      problem: 'pg_stat_statements is not there',
      consequence: 'the database’s own query times are not known',
    });
  });

  test('is no silence where it does not answer, and no verdict where nothing is wrong', async () => {
    await expect(reportOf(databaseOf(undefined))).rejects.toMatchObject({ code: 'SH_NO_SOURCE_ANSWERED' });
    const quiet = JSON.stringify(recorded({ sessions: [], waits: [] }));
    await expect(reportOf(databaseOf(Buffer.from(quiet)))).rejects.toThrow(
      `${NAME} has no data about stock around that time`,
    );
  });
});
