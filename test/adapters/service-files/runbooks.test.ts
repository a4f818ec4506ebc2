import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runbookFiles, runbookSteps } from '#adapters/service-files/runbooks.ts';

const RUNBOOK = `
# Checkout
Text, and a list that is none:
- no task

## When it is slow
- [ ] Look at the pods: \`kubectl -n {{namespace}} get pods\`
- [x] Restart one,
      and wait
      \`\`\`sh
      kubectl -n {{namespace}} delete pod
        --now
      \`\`\`

      \`\`\`sql
      select 1
      - [ ] not a step
      \`\`\`
1. [ ] Call the team
Text that belongs to no step.
\`\`\`
not of a step
\`\`\`
* [ ] Call the team
`;

test('reads the items of task lists with the code blocks below them', () => {
  const { steps, more } = runbookSteps(RUNBOOK);
  expect(more).toBe(0);
  expect(steps.map(({ text, commands }) => [text, commands])).toEqual([
    ['Look at the pods: `kubectl -n {{namespace}} get pods`', []],
    [
      'Restart one, and wait',
      [
        { text: 'kubectl -n {{namespace}} delete pod\n  --now', language: 'sh' },
        { text: 'select 1\n- [ ] not a step', language: 'sql' },
      ],
    ],
    ['Call the team', []],
    ['Call the team', []],
  ]);
  const ids = steps.map(({ id }) => id);
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^run-[0-9a-f]{12}$/);
  // A step keeps its id if others come before it.
  expect(
    runbookSteps(`- [ ] First\n${RUNBOOK}`)
      .steps.slice(1)
      .map(({ id }) => id),
  ).toEqual(ids);
});

test('reads a bounded part, whatever is in it', () => {
  const many = runbookSteps(`- [ ] ${'x'.repeat(5_000)}\n`.repeat(100));
  expect([many.steps.length, many.more]).toEqual([40, 60]);
  expect(many.steps[0]?.text).toHaveLength(300);
  const block = runbookSteps(`- [ ] a\n  \`\`\`\n${'y\n'.repeat(50_000)}`);
  expect(block.steps).toMatchObject([{ text: 'a', commands: [] }]);
  expect(runbookSteps(`- [ ] a\n  \`\`\`\n${'y'.repeat(9_000)}\n\`\`\`\n`).steps[0]?.commands[0]?.text).toHaveLength(
    500,
  );
});

test('finds the file with a name of the service, read anew each time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-runbooks-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const inner = join(folder, 'runbooks');
  mkdirSync(inner);
  writeFileSync(join(folder, 'secret.md'), '- [ ] secret');
  writeFileSync(join(inner, 'Checkout.md'), '- [ ] one');
  writeFileSync(join(folder, 'pay.md'), '- [ ] pay');
  symlinkSync(join(inner, 'Checkout.md'), join(inner, 'linked.md'));
  mkdirSync(join(inner, 'folder.md'));
  writeFileSync(join(inner, 'large.md'), 'x'.repeat(300_000));
  const read = runbookFiles([join(folder, 'none'), inner, join(folder, 'pay.md')]);
  const texts = async (...names: string[]) => (await read(names))?.steps.map(({ text }) => text);
  expect(await texts('other', 'checkout')).toEqual(['one']);
  expect(await texts('linked')).toEqual(['one']);
  expect(await texts('pay')).toEqual(['pay']);
  for (const name of ['', 'other', '../secret', `${folder}/secret`, 'folder', 'large', '.', 'checkout.md'])
    expect(await texts(name), name).toBeUndefined();
  writeFileSync(join(inner, 'Checkout.md'), '- [ ] two');
  expect(await texts('checkout')).toEqual(['two']);
});
