/** The player of scripted incidents: what people type becomes the draft, with the times of the story. */
import { expect, test } from 'vitest';
import { lintPostmortem } from '#workflows/postmortem/lint-postmortem.ts';
import { play } from '../../bench/played/play.ts';
import { readScripts, type Script } from '../../bench/played/script.ts';
import { readingOf, sideBySide } from '../../bench/played/side-by-side.ts';

const scripts = readScripts(`${import.meta.dirname}/../../bench/played/own.json`);
const gate = scripts.filter(({ id }) => id === 'own-2');
const deep = scripts.filter(({ id }) => id !== 'own-2');
const PLAYED = 'a script becomes a draft with its claims, without what is forbidden: $id';

test.each(gate)(PLAYED, hasItsClaims);
test.each(deep)(PLAYED, { tags: ['deep'] }, hasItsClaims);

async function hasItsClaims(script: Script): Promise<void> {
  const { draft, answers } = await play(script);
  const { claims, forbidden } = readingOf(script, draft);
  expect(claims.filter(({ isLiteral }) => !isLiteral)).toEqual([]);
  expect(forbidden.filter(({ isLiteral }) => isLiteral)).toEqual([]);
  expect(lintPostmortem(draft).filter(({ blocks }) => blocks)).toEqual([]);
  expect(answers.join('\n')).not.toMatch(/I do not|No incident|Which|What is/);
}

test('the reading marks only what stands there word for word', () => {
  const script = {
    ...(scripts[0] as Script),
    claims: ['10 of 20 orders', 'half of the orders'],
    forbidden: ['by Tom'],
  };
  const played = { draft: '# Postmortem of INC-1\n\n- **10** of\n20 orders, not by Kim.', answers: ['Kim: note'] };
  expect(readingOf(script, played.draft)).toEqual({
    claims: [
      { text: '10 of 20 orders', isLiteral: true },
      { text: 'half of the orders', isLiteral: false },
    ],
    forbidden: [{ text: 'by Tom', isLiteral: false }],
  });
  expect(sideBySide(script, played)).toContain(
    '- to be read: half of the orders\n## Forbidden\n- not word for word: by Tom',
  );
});
