import { expect, test } from 'vitest';
import type { Fishbone, FishboneEntry } from '#model/finding/methods.ts';
import { fishboneAlt, fishboneSvg } from '#present/pictures/fishbone-svg.ts';

const entry = (standing: FishboneEntry['standing'], text: string): FishboneEntry => ({
  standing,
  text,
  evidence: [{ kind: 'detector', ref: text, text: '', url: '' }],
});

const FISHBONE: Fishbone = {
  effect: 'GET /orders took 5 s',
  categories: [
    { name: 'People', state: 'not-looked-at', entries: [entry('question', 'What was unknown?')] },
    { name: 'Process', state: 'nothing-found', entries: [entry('ruled-out', 'broken-trace')] },
    { name: 'Technology', state: 'found', entries: [entry('found', 'one query holds 5 s')] },
  ],
};

test('shows each category, and distinguishes clear from not checked', () => {
  const svg = fishboneSvg(FISHBONE);
  expect(svg).toContain('People · not checked');
  expect(svg).toContain('Process · nothing found');
  expect(svg).toMatch(/>Technology</);
  expect(svg).toContain('one query holds 5 s');
  expect(fishboneAlt(FISHBONE)).toBe(
    'Fishbone of GET /orders took 5 s. People: not checked. Process: nothing found. Technology: one query holds 5 s.',
  );
});

test('has room for every word: nothing is drawn outside of the picture', () => {
  const long = 'a-very-long-name-of-a-service-that-somebody-thought-of '.repeat(20);
  const entries = Array.from({ length: 9 }, () => entry('found', long));
  const categories = Array.from({ length: 7 }, (_, at) => ({
    name: `${at} ${long}`,
    state: 'found' as const,
    entries,
  }));
  const svg = fishboneSvg({ effect: long, categories });
  const [, height = 0] = /viewBox="0 0 720 ([\d.]+)"/.exec(svg)?.map(Number) ?? [];
  for (const [, y = ''] of svg.matchAll(/<text x="[\d.]+" y="([\d.]+)"/g)) expect(Number(y)).toBeLessThan(height);
  expect(svg).toContain('and 6 more');
});

test("shows a span's name without interpreting it", () => {
  const effect = '</text><script>alert(1)</script>';
  expect(fishboneSvg({ ...FISHBONE, effect })).not.toContain('<script');
});

test('is drawn without a category, and without an effect', () => {
  expect(fishboneSvg({ effect: '', categories: [] })).toContain('</svg>');
});
