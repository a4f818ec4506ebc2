/** The commands of a runbook, with names from outside in them: a shell reads each name as one word, or nothing changes. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { filledCommand, filledStep } from '#model/incident/runbook.ts';

const NAMES = { service: 'checkout', namespace: 'shop', since: '2026-01-06T14:30:00Z', incident: 'INC-3' };
const named = (service: string) => ({ ...NAMES, service });

const HOSTILE = [
  'a b',
  "it's",
  "'; rm -rf / #",
  '$(id)',
  '`id`',
  '"; id; "',
  '*',
  '~root',
  '!!',
  "a'\"'b",
  '&& id',
  '--help',
  '-rf',
  'a\nid',
  'a\u202eb',
  'x'.repeat(300),
];

test('names stand in the places of a command and of a sentence, and what is unknown stays open', () => {
  const step = {
    id: 'run-1',
    text: 'Scale {{service}}: `kubectl -n {{ namespace }} scale deploy/{{service}} --replicas=4` for {{incident}}',
    commands: [{ text: "logs --since '{{since}}' {{namespace}}", language: 'sh' }],
  };
  expect(filledStep(step, { ...NAMES, namespace: '' })).toEqual({
    id: 'run-1',
    text: step.text,
    parts: [
      { text: 'Scale checkout: ', isCode: false },
      { text: 'kubectl -n {{ namespace }} scale deploy/checkout --replicas=4', isCode: true },
      { text: ' for INC-3', isCode: false },
    ],
    commands: ["logs --since '2026-01-06T14:30:00Z' {{namespace}}"],
    open: ['namespace'],
  });
});

describe('a shell', () => {
  test.each(HOSTILE)('reads %j as one word, or the place stays open', (service) => {
    for (const template of [
      'P {{service}}',
      'P "{{service}}"',
      "P '{{service}}'",
      'P a{{service}}b',
      `P "'"' {{service}} '`,
    ]) {
      const command = filledCommand(template, named(service));
      if (command === template) continue;
      const { stdout, status } = spawnSync('sh', ['-c', `P() { printf '%s|' "$#" "$1"; }; ${command}`], {
        encoding: 'utf8',
      });
      const wanted = template.includes('a{{') ? `a${service}b` : service;
      expect([status, stdout]).toEqual([0, `1|${wanted}|`]);
    }
  });

  test.each(['P {{service}}', 'P a{{service}}b'])('gets quotes where a name needs them: %s', (template) => {
    expect(filledCommand(template, named("a b's"))).toBe(template.replace('{{service}}', "'a b'\\''s'"));
  });

  test.each([
    'P "{{service}}"',
    'echo "$(P {{service}})"',
    "# it's\nP {{service}}",
    'P \\\n {{service}}',
    'cat <<EOF\n{{service}}\nEOF',
    'echo `P {{service}}`',
    'P "$' + '{x:-"{{service}}"}"',
  ])('gets no name that needs quotes where quotes could fail: %s', (template) => {
    expect(filledCommand(template, named('a b'))).toBe(template);
    expect(filledCommand(template, named('checkout'))).toBe(template.replace('{{service}}', 'checkout'));
  });
});

test('a query gets no name that needs quotes', () => {
  const query = 'select 1 where service = {{service}}';
  expect(filledCommand(query, named("x' or 1=1"), 'sql')).toBe(query);
  expect(filledCommand(query, named("x' or 1=1"), 'promql')).toBe(query);
});

test('templates of other tools stay as they are', () => {
  for (const other of ['{{.Names}}', '{{ range .Items }}', '{{constructor}}', '{{__proto__}}', '{service}'])
    expect(filledCommand(`docker ps --format ${other}`, NAMES)).toBe(`docker ps --format ${other}`);
});
