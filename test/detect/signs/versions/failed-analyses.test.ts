import { describe, expect, test } from 'vitest';
import { runDetector } from '#detect/run.ts';
import { failedAnalyses } from '#detect/signs/versions/failed-analyses.ts';
import { releaseRegression } from '#detect/window/release-regression.ts';
import { changed } from '#test/changes.ts';
import { ASKED_US, cluster, event } from '#test/platform.ts';

const PERIOD = { service: '', fromUs: ASKED_US - 3600e6, toUs: ASKED_US };
const RELEASE = changed(0, { service: 'fares', id: 'fares-2.6.2', atUs: ASKED_US - 1500e6 });
const FAILED = 'Metric "success-rate" assessed Failed due to failed (3) > failureLimit (2)';

const argo = (reason: string, message: string, last = 300) =>
  event(reason, message, { about: ['Rollout', 'fares'], first: last, last });
const flagger = (message: string, last = 300) =>
  event('Synced', message, { about: ['Canary', 'fares'], first: last, last });
const found = (...events: Parameters<typeof cluster>[0]) =>
  failedAnalyses(cluster(events), [RELEASE], PERIOD).map(({ service, measured, change }) => {
    return { service, measured, id: change?.id };
  });

describe('Argo Rollouts', () => {
  const run = (status: string) =>
    argo(`AnalysisRun${status}`, `Step Analysis Run 'fares-14-1' Status New: '${status}' Previous: 'Running'`);
  const aborted = (why = '') => argo('RolloutAborted', `Rollout aborted update to revision 14${why}`);

  test('an update that failed its analysis is at fault', () => {
    const why = `: Step-based analysis phase error/failed: ${FAILED}`;
    expect(found(run('Failed'), aborted(why))).toEqual([
      { service: 'fares', measured: 'success-rate', id: 'fares-2.6.2' },
    ]);
    expect(found(run('Failed'))).toEqual([{ service: 'fares', measured: '', id: 'fares-2.6.2' }]);
  });

  test('an update that a person aborted shows no fault', () => {
    expect(found(aborted())).toEqual([]);
  });

  test('an analysis that could not measure shows no fault', () => {
    const why = ': Metric "success-rate" assessed Error due to consecutiveErrors (5) > consecutiveErrorLimit (4)';
    expect(found(run('Error'), aborted(why))).toEqual([]);
    expect(found(run('Inconclusive'), run('Successful'))).toEqual([]);
  });

  test('an analysis of yesterday shows no fault', () => {
    expect(found(argo('AnalysisRunFailed', 'Status New: Failed', 7200))).toEqual([]);
  });
});

describe('Flagger', () => {
  const back = flagger('Rolling back fares.shop failed checks threshold reached 5', 200);

  test('a canary that failed its checks is at fault', () => {
    const halted = flagger('(combined from similar events): Halt fares.shop advancement success rate 61.39% < 99%');
    expect(found(halted, back)).toEqual([
      { service: 'fares', measured: 'success rate 61.39% < 99%', id: 'fares-2.6.2' },
    ]);
  });

  test('a canary without values, or one that goes on, shows no fault', () => {
    expect(found(flagger('Halt fares.shop advancement no values found for istio metric'), back)).toEqual([]);
    expect(found(flagger('Halt fares.shop advancement request duration 1.5s > 500ms'))).toEqual([]);
    expect(found(flagger('Rolling back fares.shop manual webhook invoked'))).toEqual([]);
  });
});

test('The detector names the release and what was measured', () => {
  const platform = cluster([argo('RolloutAborted', `Rollout aborted update to revision 14: ${FAILED}`)]);
  const outcome = runDetector(releaseRegression, { window: PERIOD, changes: [RELEASE], platform });
  expect(outcome).toMatchObject({
    kind: 'found',
    findings: [
      {
        title: 'fares: deploy fares-2.6.2 failed its canary analysis (success-rate) and was taken back at 14:25 UTC',
        facts: { id: 'fares-2.6.2', changedService: 'fares' },
      },
    ],
  });
});
