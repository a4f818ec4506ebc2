import { expect, test } from 'vitest';
import { versionText } from '#detect/signs/versions/said-versions.ts';
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';

const RELEASE: Change = {
  atUs: 0,
  kind: 'deploy',
  service: 'tiles',
  id: 'k7m4qz9xw',
  text: 'tiles 3.1.0',
  url: '',
  files: [],
  diff: '',
};

function told(cause: string, said: string, kinds: ChangeSymptoms['kinds'] = new Set(['cpu'])): string {
  const none = { service: 'tiles', onsetUs: 0, complaint: undefined, suffering: new Set(''), metricWords: new Set('') };
  return versionText({ ...none, kinds, isLoad: false, cause, said }, RELEASE);
}

test('the busiest pod has the name of its version, and that is no evidence', () => {
  const said = 'tiles: its CPU usage rose from 20 % to 95 % of the limit (tiles-k7m4qz9xw-8sj2k)';
  expect(told('resource-saturation', said)).toBe('');
});

test('a pod through which slow requests pass is none either', () => {
  const said = 'tiles: 78 % of requests with k8s.pod.name tiles-k7m4qz9xw-8sj2k of tiles are slow';
  expect(told('partial-outage', said)).toBe('');
  expect(told('partial-outage', 'tiles: 78 % of requests with service.version k7m4qz9xw fail')).toContain(
    'have the problem',
  );
});

test('memory that fills up in its pods is some, and so is what ends them', () => {
  const said = 'tiles: memory at 99 % of its limit (tiles-k7m4qz9xw-8sj2k)';
  expect(told('resource-saturation', said, new Set(['memory']))).toContain('names its version');
  expect(told('crash-loop', 'tiles-k7m4qz9xw-8sj2k restarts')).toContain('names its version');
});

test('a version that is named by itself is some', () => {
  expect(told('resource-saturation', 'tiles: version k7m4qz9xw is at its limit')).toContain('names its version');
});
