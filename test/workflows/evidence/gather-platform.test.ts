import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { files } from '#adapters/files/client.ts';
import { openSession } from '#analyse/open-session.ts';
import { type SpanhoundError, UnreachableError } from '#core/errors.ts';
import { PLATFORM_LISTS, type PlatformSource, type TraceSource } from '#gather/sources.ts';
import { CASE_SETTINGS } from '#test/cases.ts';
import { patientClock } from '#test/patient-clock.ts';
import { ASKED_US, ended, event, listed, pod, WINDOW } from '#test/platform.ts';
import { diagnoseAlert } from '#workflows/alerts/diagnose-alert.ts';

const LOOPING = [
  pod({
    containers: [
      {
        restarts: 5,
        waiting: { reason: 'CrashLoopBackOff' },
        last: ended('Error', 1, { message: 'Error: API_KEY is not set' }),
      },
    ],
  }),
  event('BackOff', 'Back-off restarting failed container payment', { count: 12 }),
];

/** OTLP of one request, some minutes before it is asked about. */
function requestOf(n: number, status: number) {
  const startNs = (ASKED_US - n * 60_000_000) * 1_000;
  const span = {
    traceId: `${n}`.padStart(32, '0'),
    spanId: `${n}`.padStart(16, '0'),
    name: 'POST /pay',
    kind: 2,
    startTimeUnixNano: `${startNs}`,
    endTimeUnixNano: `${startNs + 30_000_000}`,
    attributes: [{ key: 'http.response.status_code', value: { intValue: `${status}` } }],
    status: status >= 500 ? { code: 2 } : {},
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'payment' } }] };
  return { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] };
}

/** A cluster that answers each list with all of these objects of its kind. */
function clusterOf(
  objects: readonly Readonly<Record<string, unknown>>[],
  failing: readonly string[] = [],
  failure: SpanhoundError = new UnreachableError('kubernetes', 'timed out after 5 s'),
): PlatformSource {
  return {
    name: 'kubernetes',
    queries: PLATFORM_LISTS.map((what) => ({ what, namespace: '' })),
    async openPlatform({ what }) {
      if (failing.includes(what)) throw failure;
      const own = objects.filter(({ kind }) => `${kind}s`.toLowerCase() === what);
      const text = listed(own);
      return {
        source: 'kubernetes',
        format: 'kubernetes-json',
        query: { text: `GET /api/v1/${what}`, url: '' },
        chunks: (async function* () {
          yield new TextEncoder().encode(text);
        })(),
      };
    },
    check: async () => ({ ok: true, detail: '', remedy: '' }),
  };
}

async function reportOf(source: PlatformSource, service = 'payment', traceSources: readonly TraceSource[] = []) {
  const parts = {
    traceSources,
    logSources: [],
    platformSources: [source],
    openSession,
    settings: CASE_SETTINGS,
    clock: patientClock,
  };
  const alert = { title: service, service, labels: {}, traceId: '', atUs: ASKED_US };
  const stages = [];
  for await (const stage of diagnoseAlert(parts, { alert, window: WINDOW, forms: {} })) stages.push(stage);
  const last = stages.at(-1);
  if (last === undefined) throw new Error('no stage');
  return { report: last.analysed.report, evidence: await last.evidence?.() };
}

describe('what Kubernetes reports about a service', () => {
  test('is a verdict where there is neither a trace nor a line, and is kept', async () => {
    const { report, evidence } = await reportOf(clusterOf(LOOPING));
    expect(report.diagnosis).toMatchObject({ kind: 'crash-loop', service: 'payment' });
    expect(report.diagnosis?.verdict).toContain('API_KEY is missing');
    expect(report.findings[0]?.evidence.map(({ kind }) => kind)).toEqual(['event', 'event']);
    expect(report.gaps.map(({ source }) => source)).toEqual(['traces', 'requests', 'log lines', 'metrics']);
    expect(evidence?.files.map(({ path }) => path)).toEqual(['platform.json']);
  });

  test('is a verdict beside a few requests, which are counted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spanhound-platform-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const statuses = [500, 200, 200];
    for (const [n, status] of statuses.entries())
      writeFileSync(join(folder, `${n}.json`), JSON.stringify(requestOf(n + 1, status)));
    const { report } = await reportOf(clusterOf(LOOPING), 'payment', [files({ folder })]);
    expect(report.diagnosis).toMatchObject({ kind: 'crash-loop', service: 'payment' });
    expect(report.affected).toMatchObject({ requests: 3, failed: 1, slow: null });
  });

  test('is used as far as it arrived; each failed list is a gap with its consequence', async () => {
    const { report } = await reportOf(clusterOf(LOOPING, ['events', 'nodes']));
    expect(report.diagnosis?.kind).toBe('crash-loop');
    expect(report.gaps.filter(({ source }) => source === 'kubernetes')).toEqual([
      {
        source: 'kubernetes',
        problem: expect.stringContaining('timed out'),
        consequence: expect.stringContaining('why pods'),
      },
      {
        source: 'kubernetes',
        problem: expect.stringContaining('timed out'),
        consequence: expect.stringContaining('nodes'),
      },
    ]);
  });

  test('has one gap for all lists that an older role does not permit', async () => {
    const refused = Object.assign(new UnreachableError('kubernetes', 'not permitted'), { code: 'SH_NOT_PERMITTED' });
    const { report } = await reportOf(clusterOf(LOOPING, ['jobs', 'ingresses'], refused));
    expect(report.gaps.filter(({ source }) => source === 'kubernetes')).toEqual([
      {
        source: 'kubernetes',
        problem: 'kubernetes does not let it list jobs, ingresses',
        consequence: expect.stringContaining('failed jobs were not examined; routes from outside were not examined'),
      },
    ]);
  });

  test('has a gap where access is denied', async () => {
    for (const failing of [PLATFORM_LISTS, ['pods']]) {
      await expect(reportOf(clusterOf(LOOPING, failing))).rejects.toMatchObject({ code: 'SH_NO_SOURCE_ANSWERED' });
    }
  });

  test('has no finding for a healthy or unknown service', async () => {
    for (const service of ['payment', 'unheard-of']) {
      await expect(reportOf(clusterOf([pod()]), service)).rejects.toThrow(`kubernetes has no data about ${service}`);
    }
  });
});
