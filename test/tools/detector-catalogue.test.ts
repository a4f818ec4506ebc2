import { expect, test } from 'vitest';
import type { Detector } from '#detect/detector.ts';
import { catalogue } from '../../tools/detector-catalogue.ts';

const gcPause: Detector = {
  id: 'gc-pause',
  title: 'Garbage collection',
  why: 'Every request waits.',
  runbook: 'runbooks/gc-pause.md',
  clear: 'no span shows a collection',
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minPauseMs: { default: 100, min: 1, unit: 'ms', means: 'The pause', why: 'Nobody notices less | or more.' },
    maxShare: { default: 0.5, min: 0, max: 1, unit: 'share of the root', means: 'Its share', why: 'More is a hang.' },
  },
  detect: () => [],
  say: () => ({ title: '', explanation: '', remedy: '', check: '' }),
};

const HEADER = '/**\n * The runtime stops the world.\n *\n *   [ GET / ░░░ ]\n */\nimport {} from "./x.ts";\n';

test('a chapter says what a detector looks at, needs and uses, what its silence means, and shows its drawing', () => {
  const page = catalogue([gcPause], () => HEADER);
  expect(page).toContain('**Garbage collection.** Every request waits.');
  expect(page).toContain('```text\nThe runtime stops the world.\n\n  [ GET / ░░░ ]\n```');
  expect(page).toContain('- Needs: trace. Reads when there is some: logs.');
  expect(page).toContain('- When it is silent: no span shows a collection.');
  expect(page).toContain('[`runbooks/gc-pause.md`](../runbooks/gc-pause.md)');
});

test('a threshold shows its default with unit and side, its bounds and its reason, and no bar breaks the table', () => {
  const page = catalogue([gcPause], () => HEADER);
  expect(page).toContain(
    '| `minPauseMs` | at least 100 ms | The pause | 1 or more | Nobody notices less \\| or more. |',
  );
  expect(page).toContain('| `maxShare` | at most 0.5, share of the root | Its share | 0 to 1 | More is a hang. |');
});

test('the lines to copy into the configuration hold the default and the variable that overrides it', () => {
  expect(catalogue([gcPause], () => HEADER)).toContain(
    [
      'detectors:',
      '  gc-pause:',
      '    minPauseMs: 100 # or SPANHOUND_DETECTORS_GC_PAUSE_MIN_PAUSE_MS',
      '    maxShare: 0.5 # or SPANHOUND_DETECTORS_GC_PAUSE_MAX_SHARE',
    ].join('\n'),
  );
});

test('a detector without thresholds says so, instead of showing an empty table', () => {
  const page = catalogue([{ ...gcPause, thresholds: {} }], () => HEADER);
  expect(page).toContain('It has no thresholds.');
  expect(page).not.toContain('```yaml');
});

test('a file that opens without a comment is refused: the catalogue would show a hole', () => {
  expect(() => catalogue([gcPause], () => 'import {} from "./x.ts";\n')).toThrow(/opens with a comment/);
});
