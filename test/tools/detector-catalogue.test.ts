/** The pages of detectors. `npm run check` compares the existing ones, and looks at each detector's example. */
import { expect, test } from 'vitest';
import type { Detector } from '#detect/detector.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import { catalogue, type Described } from '../../tools/detector-catalogue.ts';
import { analysedExample } from '../../tools/detector-example.ts';

const gcPause: Detector = {
  id: 'gc-pause',
  title: 'Garbage collection',
  why: 'Every request waits.',
  runbook: 'runbooks/gc-pause.md',
  clear: 'no span shows a collection',
  silent: ['It reads no metrics.', 'Pauses of Python are told by nobody.'],
  role: 'mechanism',
  field: 'runtime',
  coverage: 'spans',
  nextWhys: USUAL_WHYS,
  checkQueries: [],
  namesCause: 'never',
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

function described(changed: Partial<Detector> = {}, source = HEADER): Described {
  const example = { shows: 'Nothing runs.', verdict: 'web: <script> of *all* stops it', svg: '<svg/>\n' };
  return { detector: { ...gcPause, ...changed }, source, example };
}

function pageOf(each: Described): string {
  return catalogue([each]).get('docs/detectors/gc-pause.md') ?? '';
}

test("a page lists a detector's evidence, thresholds and reasons for silence, and shows its drawing", () => {
  const page = pageOf(described());
  expect(page).toContain('# Garbage collection\n');
  expect(page).toContain('Every request waits.');
  expect(page).toContain('```text\nThe runtime stops the world.\n\n  [ GET / ░░░ ]\n```');
  expect(page).toContain('- It needs **trace**: ');
  expect(page).toContain('- It also reads **logs** where there are some: ');
  expect(page).toContain('Its silence says: no span shows a collection.');
  expect(page).toContain('- It reads no metrics.\n- Pauses of Python are told by nobody.\n');
  expect(page).toContain('(../../runbooks/gc-pause.md)');
});

test('a page shows its example: the verdict as text, not as markup, the picture and its description', () => {
  const each = described();
  expect(pageOf(each)).toContain('> **web: \\<script\\> of \\*all\\* stops it**');
  expect(pageOf(each)).toMatch(/!\[[^\]]+\]\(\.\.\/images\/detectors\/gc-pause\.svg\)\n\nNothing runs\./);
  expect(catalogue([each]).get('docs/images/detectors/gc-pause.svg')).toBe('<svg/>\n');
});

test("the healthy picture is above the example's", () => {
  const each = described();
  const beside = { name: 'healthy', is: 'A healthy request', svg: '<svg id="healthy"/>' };
  const files = catalogue([{ ...each, example: { ...each.example, beside } }]);
  expect(files.get('docs/detectors/gc-pause.md')).toMatch(
    /A healthy request:\n\n!\[[^\]]+\]\(\S+\/gc-pause-healthy\.svg\)[\s\S]+!\[[^\]]+\]\(\S+\/gc-pause\.svg\)/,
  );
  expect(files.get('docs/images/detectors/gc-pause-healthy.svg')).toBe(beside.svg);
});

test('a threshold shows its default with unit and side, its bounds and its reason, and no bar breaks the table', () => {
  const page = pageOf(described());
  expect(page).toContain(
    '| `minPauseMs` | at least 100 ms | The pause | 1 or more | Nobody notices less \\| or more. |',
  );
  expect(page).toContain('| `maxShare` | at most 0.5, share of the root | Its share | 0 to 1 | More is a hang. |');
});

test('the configuration lines have the default and the overriding variable', () => {
  expect(pageOf(described())).toContain(
    [
      'detectors:',
      '  gc-pause:',
      '    enabled: true # false: it does not look; or SPANHOUND_DETECTORS_GC_PAUSE_ENABLED',
      '    # severity: low # what every finding of it is called; or SPANHOUND_DETECTORS_GC_PAUSE_SEVERITY',
      '    minPauseMs: 100 # or SPANHOUND_DETECTORS_GC_PAUSE_MIN_PAUSE_MS',
      '    maxShare: 0.5 # or SPANHOUND_DETECTORS_GC_PAUSE_MAX_SHARE',
    ].join('\n'),
  );
});

test('a detector without thresholds says so, instead of showing an empty table', () => {
  const page = pageOf(described({ thresholds: {} }));
  expect(page).toContain('it has no thresholds');
  expect(page).not.toContain('| threshold |');
  expect(page).toContain('    enabled: true');
});

test('a file that opens without a comment is refused: the page would show a hole', () => {
  expect(() => pageOf(described({}, 'import {} from "./x.ts";\n'))).toThrow(/opens with a comment/);
});

test('the list leads to every page, and says which detectors are skipped without healthy traces', () => {
  const list = catalogue([described(), described({ id: 'slower', needs: ['trace', 'baseline'] })]).get(
    'docs/detectors.md',
  );
  const [alone, comparing] = list?.split('These compare with healthy traces') ?? [];
  expect(alone).toContain('](detectors/gc-pause.md)');
  expect(alone).not.toContain('](detectors/slower.md)');
  expect(comparing).toContain('](detectors/slower.md)');
});

test('a picture is one picture, and nothing of the page around it', async () => {
  const { svg } = await analysedExample('bottleneck');
  expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  expect(svg?.match(/<svg /g)).toHaveLength(1);
});
