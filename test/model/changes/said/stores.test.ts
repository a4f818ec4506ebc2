/** Stores that become smaller or get their rows in small parts, names of services, and their innocent twins. */
import { expect, test } from 'vitest';
import { effectsOf } from '#model/changes/change-effects.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import { saidEffects } from '#model/changes/said/effects.ts';
import { changed } from '#test/changes.ts';

const found = (diff: string, failure: string, service = 'kiln-db') =>
  saidEffects(changed(-60, { diff, service }), failure.toLowerCase()).map(({ text }) => text);
const FULL = 'The request limit for the database is 30 and has been reached.';
const PARTS = 'DB::Exception: Too many parts (301) in table kilns';
const NOBODY = 'Load balancer does not contain an instance for the service kilns';

test.each([
  ['a smaller tier', '-sku: S3\n+sku: Basic', FULL, 'it runs on the tier Basic instead of S3'],
  [
    'a smaller machine',
    '-  instance_class = "db.r6g.xlarge"\n+  instance_class = "db.r6g.large"',
    'FATAL: remaining connection slots are reserved',
    'it runs on large instead of xlarge',
  ],
  ['smaller batches', '-BATCH_ROWS=50000\n+BATCH_ROWS=5', PARTS, 'it gathers 5 instead of 50000'],
  [
    'another name',
    '-spring.application.name: kilns\n+spring.application.name: kiln-service',
    NOBODY,
    'it gives the service kilns another name',
  ],
])('%s is what the failure says', (_, diff, failure, text) => {
  expect(found(diff, failure).join('\n')).toContain(text);
});

test.each([
  ['a larger tier', '-sku: Basic\n+sku: S3', FULL],
  ['larger batches', '-BATCH_ROWS=5\n+BATCH_ROWS=50000', PARTS],
  ['the name of another service', '-spring.application.name: ovens\n+spring.application.name: oven-service', NOBODY],
  ['a failure of another kind', '-sku: S3\n+sku: Basic', 'duplicate key'],
])('%s is none of it', (_, diff, failure) => {
  expect(found(diff, failure)).toEqual([]);
});

test.each([
  ['glazes are loaded when they are needed', true],
  ['glazes in a query of their own', true],
  ['kilns are read one by one', true],
  ['images are loaded when they are needed', false],
  ['glazes are read together with their kiln', false],
])('“%s” says whether rows are read by themselves: %s', (text, isSaid) => {
  const kinds = effectsOf(changed(-60, { text }), undefined).map(({ kind }) => kind);
  expect(kinds.includes('eager-gone')).toBe(isSaid);
});

test('a call for one in a loop, where the old code asked for all of them', () => {
  const loop = (removed: string) =>
    codeChangeOf({ files: ['a.rs'], diff: `${removed}+for k in &kilns { k.glaze = Glaze::for_kiln(k.id).await?; }` });
  expect(loop('-let all = Glaze::for_kilns(&ids).await?;\n')?.callsInLoop).toEqual(['for_kiln']);
  expect(loop('-for k in &kilns { k.glaze = Glaze::for_kiln(k.id).await? }\n')?.callsInLoop).toEqual([]);
});
