/** Two changes of one minute of which only the titles are known. */
import { describe, expect, test } from 'vitest';
import type { Suspicion } from '#detect/signs/suspicion/change-suspicion.ts';
import { twinOf } from '#detect/signs/suspicion/twin-changes.ts';
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptom, ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { changed } from '#test/changes.ts';

const FLAGS = { isHarmless: false, isRearranged: false, isNamed: false, buildsUp: false, isLone: false } as const;
const suspicion = (seconds: number, change: Partial<Change>, more: Partial<Suspicion> = {}): Suspicion => ({
  ...{ change: changed(seconds, change), score: 1, gapUs: -seconds * 1e6, reasons: ['it resolves names otherwise'] },
  ...{ ...FLAGS, isOpaque: false, isNear: false },
  ...more,
});
const trouble = (...kinds: readonly ChangeSymptom[]) =>
  ({ kinds: new Set(kinds), complaint: { text: 'slow query: 900 ms' } }) as unknown as ChangeSymptoms;

const RESOLVER = suspicion(-9, { id: 'dns', kind: 'config' });
const INDEX = suspicion(-12, { id: 'v7', kind: 'migration' }, { reasons: [], isNear: true });

describe('a service is slow after two changes of the same minute', () => {
  test('neither is told apart from the other', () => {
    expect(twinOf(RESOLVER, [RESOLVER, INDEX], trouble('slow'))).toBe(INDEX);
  });

  test('a flag belongs to nobody, and may be it as well', () => {
    const deploy = suspicion(-20, { id: 'v4' }, { reasons: [], isNear: true, isOpaque: true });
    const flag = suspicion(-12, { id: 'new-look', kind: 'flag', service: '' }, { isNear: true });
    expect(twinOf(deploy, [deploy, flag], trouble('slow', 'timeout'))).toBe(flag);
  });

  test('what hardly any trouble comes of is no rival', () => {
    const deploy = suspicion(-20, { id: 'v4' }, { reasons: [], isNear: true, isOpaque: true });
    expect(twinOf(deploy, [deploy, { ...INDEX, score: 0.2 }], trouble('slow'))).toBeUndefined();
  });

  test.each<[string, Suspicion, Suspicion, ChangeSymptom[]]>([
    ['its lines show what it does', suspicion(-9, { id: 'dns', diff: '+ndots: 2' }), INDEX, ['slow']],
    ['the failure fits only one', RESOLVER, INDEX, ['slow', 'unresolved']],
    ['the failing lines name one', { ...RESOLVER, isNamed: true }, INDEX, ['slow']],
    ['the other came long before', RESOLVER, suspicion(-200, { id: 'v7', kind: 'migration' }), ['slow']],
    ['the other is of another service', RESOLVER, suspicion(-12, { id: 'v7', service: 'mail' }), ['slow']],
    [
      'nothing says what the other does',
      RESOLVER,
      suspicion(-12, { id: 'v7' }, { reasons: [], isOpaque: true }),
      ['slow'],
    ],
    ['the other does nothing', RESOLVER, { ...INDEX, isHarmless: true }, ['slow']],
  ])('but not where %s', (_, first, second, kinds) => {
    expect(twinOf(first, [first, second], trouble(...kinds))).toBeUndefined();
  });
});
