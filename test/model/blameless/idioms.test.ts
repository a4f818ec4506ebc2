/** What people say in place of a plain fault word, in each language. */
import { expect, test } from 'vitest';
import { lintPostmortem } from '#workflows/postmortem/lint-postmortem.ts';

function rulesIn(sentence: string, section = 'why'): readonly string[] {
  return lintPostmortem(`## ${section}\n${sentence}\n`, ['Bob', 'Kim Lee']).map(({ rule }) => rule);
}

test.each([
  '@bob once more broke prod.',
  'With all due respect to the network team, the rollout was shoddy.',
  'Kim Lee took her sweet time before she answered the page.',
  'Bei aller Wertschätzung für die Kollegen: Die Verlängerung wurde verbummelt.',
  "L'astreinte a tergiversé 35 minutes avant de couper le trafic.",
  'Rodarán cabezas por este corte.',
  'A equipe de redes empurrou a troca do certificado com a barriga.',
  'こんなスクリプトを本番に置くとは、正気を疑う。',
  '能写出这种脚本的人，也是个人才。',
])('an idiom blames: %s', (sentence) => {
  expect(rulesIn(sentence)).toContain('blame');
});

test.each([
  'Nobody dropped the ball.',
  'The panel “human errors” went from 4 % to 33 % after version 8.1.',
  'Kim Lee restarted the pod at 14:02 UTC and the queue drained.',
  'O modo preguiçoso do ORM só abre a conexão na primeira consulta.',
  'これを誰かの落ち度とは考えていない。',
  '我们不认为这是谁的过错：两套环境的页面完全相同。',
])('a denial, the name of a metric or a deed blames nobody: %s', (sentence) => {
  expect(rulesIn(sentence)).not.toContain('blame');
});

test('hindsight, one cause alone and vague amounts have idioms, too', () => {
  expect(rulesIn('The missing index was there for all to see.')).toContain('hindsight');
  expect(rulesIn('Era una caída anunciada.')).toContain('hindsight');
  expect(rulesIn('The expired certificate alone brought the fleet down.')).toContain('single-cause');
  expect(rulesIn('A fair few merchants could not pay.', 'impact')).toContain('vague');
  expect(rulesIn('Das Monitoring mal gründlich auf Vordermann bringen.', 'action items')).toContain('vague');
});
