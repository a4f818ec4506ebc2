import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { systemClock } from '#core/clock.ts';
import { UnreachableError } from '#core/errors.ts';
import { PLATFORM_LISTS, type PlatformSource } from '#gather/sources.ts';
import { CASE_SETTINGS } from '#test/cases.ts';
import { ASKED_US, ended, event, listed, pod, WINDOW } from '#test/platform.ts';
import { diagnoseAlert } from '#workflows/diagnose-alert.ts';

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

/** A cluster that answers each list with all of these objects of its kind. */
function clusterOf(
  objects: readonly Readonly<Record<string, unknown>>[],
  failing: readonly string[] = [],
): PlatformSource {
  return {
    name: 'kubernetes',
    queries: PLATFORM_LISTS.map((what) => ({ what, namespace: '' })),
    async openPlatform({ what }) {
      if (failing.includes(what)) throw new UnreachableError('kubernetes', 'timed out after 5 s');
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

async function reportOf(source: PlatformSource, service = 'payment') {
  const parts = {
    traceSources: [],
    logSources: [],
    platformSources: [source],
    openSession,
    settings: CASE_SETTINGS,
    clock: systemClock,
  };
  const alert = { title: service, service, labels: {}, traceId: '', atUs: ASKED_US };
  const stages = [];
  for await (const stage of diagnoseAlert(parts, { alert, window: WINDOW, forms: {} })) stages.push(stage);
  const last = stages.at(-1);
  if (last === undefined) throw new Error('no stage');
  return { report: last.analysed.report, evidence: await last.evidence?.() };
}

describe('what Kubernetes says of a service', () => {
  test('is a verdict where there is neither a trace nor a line, and is kept', async () => {
    const { report, evidence } = await reportOf(clusterOf(LOOPING));
    expect(report.diagnosis).toMatchObject({ kind: 'crash-loop', service: 'payment' });
    expect(report.diagnosis?.verdict).toContain('API_KEY is missing');
    expect(report.findings[0]?.evidence.map(({ kind }) => kind)).toEqual(['event', 'event']);
    expect(report.gaps.map(({ source }) => source)).toEqual(['traces', 'requests', 'log lines', 'metrics']);
    expect(evidence?.files.map(({ path }) => path)).toEqual(['platform.json']);
  });

  test('is told as far as it came: each list that failed is a gap with what it costs', async () => {
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

  test('is no silence where it may not be asked', async () => {
    for (const failing of [PLATFORM_LISTS, ['pods']]) {
      await expect(reportOf(clusterOf(LOOPING, failing))).rejects.toMatchObject({ code: 'SH_NO_SOURCE_ANSWERED' });
    }
  });

  test('says nothing of a service that is well, or that nobody knows', async () => {
    for (const service of ['payment', 'unheard-of']) {
      await expect(reportOf(clusterOf([pod()]), service)).rejects.toThrow(`kubernetes has nothing of ${service}`);
    }
  });
});
