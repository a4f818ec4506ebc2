/** Work that a request starts and nothing ends, and work that ends with it. */
import { expect, test } from 'vitest';
import { endlessWork } from '#model/changes/endless-work.ts';

const grows = (added: string) => endlessWork({ added, removed: '' }).length > 0;

test('a goroutine that reads a ticker for ever grows', () => {
  expect(grows('go func() {\n  tick := time.NewTicker(time.Minute)\n  for range tick.C {\n    load()\n  }\n}()')).toBe(
    true,
  );
});

test.each([
  ['its context ends it', 'go func() {\n  for range tick.C {\n    if ctx.Err() != nil { return }\n  }\n}()'],
  ['a list ends', 'go func() {\n  for range shop.Carts {\n    load()\n  }\n}()'],
])('%s', (_, added) => {
  expect(grows(added)).toBe(false);
});
