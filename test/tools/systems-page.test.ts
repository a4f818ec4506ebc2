/** The table of systems says what each offers and how it was checked, as it is. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { systems } from '#adapters/registry.ts';
import type { Checked, System } from '#adapters/system.ts';
import { loadConfig } from '#config/load.ts';
import { SYSTEM_SETTINGS } from '#test/system-settings.ts';
import { pageOf, systemsPage } from '../../tools/systems-page.ts';

const all: readonly System[] = systems;
const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

/** The words of its evidence; without evidence, of what it posts. */
const wordsOf = ({ checked }: Pick<System, 'checked'>): readonly Checked[] =>
  typeof checked === 'string' ? [checked] : Object.values(checked);

const kindsOf = ({ checked, evidence }: Pick<System, 'checked' | 'evidence'>, wanted: Checked) =>
  (evidence?.kinds ?? []).filter((kind) => (typeof checked === 'string' ? checked : checked[kind]) === wanted);

test('docs/systems.md is current, with a row for each system', () => {
  const page = systemsPage().get('docs/systems.md');
  expect(read('docs/systems.md'), 'run: npm run generate').toBe(page);
  for (const { title, docs, ...one } of all) {
    const [, row] =
      new RegExp(`^\\| \\[${RegExp.escape(title)}\\]\\(${docs}\\) \\| [^|]+ \\| (.+) \\|$`, 'm').exec(`${page}`) ?? [];
    const words = row?.match(/(?<=`)\w+(?=`)/g) ?? [];
    expect(words.sort()).toEqual([...new Set(wordsOf(one))].sort());
  }
});

test('a row names all that a system offers', () => {
  const [first] = all;
  const acme = {
    ...first,
    title: 'Acme',
    docs: 'formats.md',
    checked: 'recorded',
    chat: undefined,
    postmortemTarget: undefined,
    evidence: { kinds: ['traces', 'logs'], counts: ['logs'], place: () => undefined, open: async () => ({}) },
    links: { trace: 'https://acme/{traceId}' },
  } as unknown as System;
  expect(pageOf([acme])).toContain(
    '| [Acme](formats.md) | traces, log lines, counts of lines, links to traces | `recorded` |',
  );
});

test('a row names the kinds of evidence that each word is about', () => {
  const [first] = all;
  const checked = { platform: 'real', logs: 'documented', counts: 'documented' };
  const acme = { ...first, title: 'Acme', docs: 'formats.md', checked } as unknown as System;
  expect(pageOf([acme])).toContain(' | `real`: pods and events; `documented`: log lines, counts |');
});

test.each(all.flatMap((one) => (typeof one.checked === 'string' ? [] : [[one.id, one, one.checked] as const])))(
  'each kind of evidence of %s has its own word, and they differ',
  (_, { evidence, alertWebhook, changeWebhook }, checked) => {
    const kinds = evidence?.kinds ?? [];
    const further = [evidence?.counts && 'counts', (alertWebhook ?? changeWebhook) && 'webhooks'];
    expect(Object.keys(checked)).toEqual(expect.arrayContaining([...kinds]));
    expect([...kinds, ...further]).toEqual(expect.arrayContaining(Object.keys(checked)));
    expect(new Set(Object.values(checked)).size).toBeGreaterThan(1);
  },
);

test('lines of pods are documented: the API server of the tests runs no pods', () => {
  expect(all.find(({ id }) => id === 'kubernetes')?.checked).toMatchObject({ platform: 'real', logs: 'documented' });
});

describe('what was said of a system is so', () => {
  const backends = read('test/backends/run.ts') + read('test/backends/servers.ts');

  /** Systems that are part of Spanhound or of its machine. */
  const OWN = new Set(['samples', 'changes', 'rota']);

  test.each(all.filter((one) => wordsOf(one).includes('real') && !OWN.has(one.id)).map(({ id }) => id))(
    'a real %s is among the servers of the tests',
    (id) => {
      expect(backends.toLowerCase()).toContain(id);
    },
  );

  test.each(all.filter((one) => wordsOf(one).includes('recorded')).map(({ id }) => id))(
    'answers or bodies of a real %s are among the fixtures',
    (id) => {
      const places: Readonly<Record<string, string>> = {
        // Its bodies belong to others: their digests and what is read of them are here.
        pagerduty: 'test/fixtures/alert-samples.json',
      };
      const place = places[id] ?? `test/fixtures/wire/${id}`;
      expect(existsSync(new URL(place, ROOT)), place).toBe(true);
      const notes = `${place}/README.md`;
      const saysNone = existsSync(new URL(notes, ROOT)) && /No answer here comes from/.test(read(notes));
      expect(saysNone).toBe(false);
    },
  );

  test.each(
    all
      .filter((one) => one.evidence && kindsOf(one, 'documented').length === one.evidence.kinds.length)
      .map(({ id }) => id),
  )('no answer of a real %s is among the fixtures', (id) => {
    const notes = new URL(`test/fixtures/wire/${id}/README.md`, ROOT);
    const isThere = existsSync(new URL(`test/fixtures/wire/${id}`, ROOT));
    expect(!isThere || /No answer here comes from/.test(readFileSync(notes, 'utf8'))).toBe(true);
  });

  const config = loadConfig(
    Object.assign({}, ...Object.values(SYSTEM_SETTINGS).map((settings) => settings('http://127.0.0.1:1'))),
  );
  const surroundings = {
    ...{ timeoutMs: 1_000, maxBytes: 1_000, grafanaUrl: undefined, counts: () => true, samples: undefined },
    errors: undefined,
  };

  const stores = all.filter(
    ({ id, evidence }) => id !== 'samples' && evidence?.kinds.some((kind) => kind === 'traces' || kind === 'logs'),
  );
  test.each(stores.map((one) => [one.id, one] as const))('%s counts what it says', async (_, { evidence }) => {
    const sources = (await evidence?.open(config, surroundings)) ?? {};
    const counted = (['traces', 'logs'] as const).filter((kind) => sources[kind]?.statistics !== undefined);
    expect(Object.keys(sources)).not.toEqual([]);
    expect(evidence?.counts ?? []).toEqual(counted);
  });
});
