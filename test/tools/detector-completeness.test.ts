/** What an example of a detector's page has to show. `npm run check` asks it of each. */
import { expect, test } from 'vitest';
import { exampleFaults } from '../../tools/detector-completeness.ts';

const MARKED = '<svg><text>cause</text></svg>';
const report = {
  diagnosis: { kind: 'gc-pause' },
  findings: [{ detector: 'gc-pause' }],
  checked: { broken: [] },
};
const example = { shows: 'It stops.', svg: MARKED, report };
const lines = { shows: 'It stops.', excerpt: 'one\ntwo\nthree', report };
const byFinding = { ...report, diagnosis: { kind: 'outage' } };

const faultsOf = (changed: object) => exampleFaults({ id: 'gc-pause', needs: ['trace'] }, { ...example, ...changed });
const faultsOfLines = (changed: object) => exampleFaults({ id: 'gc-pause', needs: ['logs'] }, { ...lines, ...changed });

test('a good example has no fault; a window may name its fault in the verdict', () => {
  expect(faultsOf({})).toEqual([]);
  expect(faultsOf({ beside: { name: 'healthy', is: 'Healthy', svg: '<svg/>' } })).toEqual([]);
  expect(faultsOfLines({})).toEqual([]);
  expect(faultsOfLines({ report: byFinding })).toEqual([]);
});

const BESIDE = { name: 'healthy', is: 'Healthy' };
const LARGE = ' '.repeat(40_000);

test.each([
  [{ report: byFinding }, 'shows outage as the verdict, and not gc-pause'],
  [{ report: { ...report, diagnosis: null } }, 'shows nothing wrong, and not gc-pause'],
  [{ report: { ...report, checked: { broken: ['gc-pause'] } } }, 'breaks a detector'],
  [{ shows: 'it stops' }, 'describes itself in something else than a sentence'],
  [{ svg: '<svg/>' }, 'has a picture that marks no cause'],
  [{ beside: { ...BESIDE, svg: MARKED } }, 'has a healthy picture that marks a cause'],
  [{ svg: MARKED + LARGE }, 'has a picture of 40029 characters, of 40000'],
  [{ beside: { ...BESIDE, svg: LARGE } }, 'has a picture of 40000 characters, of 40000'],
])('of a trace: %o', (changed, fault) => {
  expect(faultsOf(changed)).toEqual([`tools/detector-examples/gc-pause.ts ${fault}`]);
});

test.each([
  [{ report: { ...byFinding, findings: [] } }, 'shows outage as the verdict, and not gc-pause'],
  [{ excerpt: 'one\ntwo' }, 'has an excerpt of 2 lines, at least 3'],
  [{ excerpt: `\n\n${' '.repeat(4_000)}` }, 'has an excerpt of 4002 characters, of 4000'],
])('of lines: %o', (changed, fault) => {
  expect(faultsOfLines(changed)).toEqual([`tools/detector-examples/gc-pause.ts ${fault}`]);
});
