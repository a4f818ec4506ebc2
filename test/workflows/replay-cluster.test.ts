import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newFolder, replayed } from '#test/cases.ts';
import { listed, pod, ready } from '#test/platform.ts';

test('a machine on which nothing is ready is found by its pods alone', async () => {
  const on = (name: string, place: string, status: string) =>
    pod({
      name: `${name}-${place}`,
      labels: { app: name },
      owner: name,
      node: place,
      conditions: [ready(300, status)],
    });
  const names = ['cart', 'price', 'search'];
  const objects = names.flatMap((name) => [on(name, 'node-1', 'False'), on(name, 'node-2', 'True')]);
  const folder = newFolder();
  writeFileSync(join(folder, 'platform.json'), listed(objects));
  const { report } = await replayed(folder);
  expect(report.diagnosis).toMatchObject({ kind: 'node', service: 'node-1' });
});
