import { expect, test } from 'vitest';
import type { Incident } from '#model/incident/incident.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { openIncidentsMessage } from '#present/slack/open-incidents.ts';

function incident(number: number, title: string): Incident {
  return {
    id: `0199-${number}`,
    workspaceId: 'T1',
    number,
    title,
    severity: 'P1',
    status: 'investigating',
    channelId: 'C1',
    declaredBy: 'U1',
    declaredUs: 1_767_709_800_000_000,
    detectedBy: 'employee',
    detection: '',
    roles: {},
  };
}

const shown = (number: number, title = 'Checkout is slow') => ({
  incident: incident(number, title),
  url: '',
  start: { atUs: 1_767_709_800_000_000, basis: 'declaration' as const },
});

test('ten incidents with hostile titles fit, and neither ping nor link', () => {
  const title = `<!channel> <https://evil.example|click> *x* ${'y'.repeat(5_000)}`;
  const here = Array.from({ length: 10 }, (_, at) => shown(at + 1, title));
  const { text, blocks } = openIncidentsMessage({ here, elsewhere: [], more: 7 });
  expect(blockProblems(blocks)).toEqual([]);
  expect(text).not.toContain('<');
  expect(JSON.stringify(blocks)).toContain('and 7 more');
});

test('with none it says how to declare one', () => {
  const { text, blocks } = openIncidentsMessage({ here: [], elsewhere: [], more: 0 });
  expect(text).toBe('No incident is open in this channel.');
  expect(JSON.stringify(blocks)).toContain('/incident declare P1 what is wrong');
});

test('only those of this channel have buttons', () => {
  const { blocks } = openIncidentsMessage({ here: [shown(1)], elsewhere: [shown(2)], more: 0 });
  const buttons = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
  expect(buttons.map((one) => ('value' in one ? one.value : ''))).toEqual(Array.from({ length: 4 }, () => '0199-1'));
});
