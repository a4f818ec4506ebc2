import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { detectors } from '#detect/registry.ts';

const HEADINGS = ['Confirm it', 'Stop the bleeding', 'Get help', 'Fix it', 'When this is wrong'];

describe.each(detectors.map(({ runbook }) => runbook))('%s', (runbook) => {
  const text = readFileSync(runbook, 'utf8');
  const commands = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

  test('has text under each heading, in the order of a response', () => {
    const sections = text.split(/^## /m).slice(1);
    expect(sections.map((section) => section.split('\n', 1)[0])).toEqual(HEADINGS);
    for (const section of sections) expect(section.split('\n').slice(1).join('').trim()).not.toBe('');
  });

  test('names every variable that its commands use before the first of them, so that each can be pasted', () => {
    const named = new Set([...(commands[0] ?? '').matchAll(/\b([A-Z_]+)=/g)].map(([, name]) => name));
    const used = new Set([...text.matchAll(/\$([A-Z][A-Z_]+)\b/g)].map(([, name]) => name));
    expect([...used].filter((name) => !named.has(name))).toEqual([]);
    expect([...named].filter((name) => !used.has(name))).toEqual([]);
  });

  test('has commands that a shell can read', () => {
    expect(commands.length).toBeGreaterThan(1);
    for (const command of commands) {
      expect(spawnSync('bash', ['-n'], { input: command, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    }
  });

  test('links to files that are there', () => {
    const targets = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target = '']) => target);
    expect(targets.filter((target) => !existsSync(join('runbooks', target)))).toEqual([]);
  });
});
