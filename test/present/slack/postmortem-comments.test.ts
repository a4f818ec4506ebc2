import { expect, test } from 'vitest';
import type { Incident } from '#model/incident/incident.ts';
import type { Comment } from '#model/incident/postmortem-comments.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { commentsMessage } from '#present/slack/postmortem-comments.ts';

const INCIDENT = { id: 'i1', number: 7 } as Incident;

function open(count: number): readonly Comment[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ id: `c${at}`, section: 'impact', title: 'Impact', text: 'x'.repeat(2_000), by: 'U0SARAH01', atUs: at },
    resolved: undefined,
  }));
}

test('many comments fit into a message, which says that it shows the newest', () => {
  const { text, blocks = [] } = commentsMessage(INCIDENT, open(40));
  expect(text).toBe('40 open comments on the postmortem of INC-7, 0 resolved; these are the newest 15');
  expect(blockProblems(blocks)).toEqual([]);
  expect(commentsMessage(INCIDENT, open(2)).text).toBe('2 open comments on the postmortem of INC-7, 0 resolved');
});
