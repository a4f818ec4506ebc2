import { expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { CAUSE_FIELDS, USUAL_CATEGORIES } from '#model/finding/cause-fields.ts';
import { guideMethods } from '#test/guide-methods.ts';
import { methodsOfTrace } from '#test/methods-of-trace.ts';
import { query, server, traceOf } from '#test/trace.ts';

const slow = traceOf(
  server('shop', 'GET /cart', { ms: 2000 }, [query('shop', 'SELECT * FROM cart', { at: 2, ms: 1900 })]),
);

test('the categories of the guide, each telling what was found, ruled out or not looked at', () => {
  const { categories } = methodsOfTrace(slow).fishbone;
  expect(categories.map(({ name, state }) => `${name}: ${state}`)).toEqual([
    'People: not-looked-at',
    'Process: nothing-found',
    'Technology: found',
    'Environment: nothing-found',
  ]);
});

test('a finding stands where its detector looks, a cleared one beside it', () => {
  const technology = methodsOfTrace(slow).fishbone.categories.find(({ name }) => name === 'Technology');
  const refs = (standing: string) =>
    technology?.entries
      .filter((entry) => entry.standing === standing)
      .flatMap(({ evidence }) => evidence.map(({ ref }) => ref));
  expect(refs('found')).toEqual(['0']);
  expect(refs('ruled-out')).toContain('lock-contention');
  expect(refs('not-looked-at')).toContain('slower-than-baseline');
});

test('a team’s own categories; what they leave out stands under Other', () => {
  const categories = { Software: ['code', 'database'], Equipment: ['capacity', 'network'] } as const;
  const { fishbone } = methodsOfTrace(slow, undefined, categories);
  expect(fishbone.categories.map(({ name, state }) => `${name}: ${state}`)).toEqual([
    'Software: found',
    'Equipment: nothing-found',
    'Other: nothing-found',
  ]);
});

test('every field stands in one of the usual categories', () => {
  expect(Object.values(USUAL_CATEGORIES).flat().toSorted()).toEqual([...CAUSE_FIELDS].sort());
});

test('an unknown detector has a field', () => {
  expect(knownDetectors(detectors).of('something-new').field).toBe('code');
});

test('under People stands no evidence, and so nobody’s name', async () => {
  for (const name of ['poison-message', 'five-second-query', 'retry-storm']) {
    const { fishbone } = await guideMethods(name);
    const people = fishbone.categories.find((category) => category.name === 'People');
    expect(people?.entries.map(({ standing }) => standing)).toEqual(['question']);
  }
});
