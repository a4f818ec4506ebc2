import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { metricsPage } from '#web/metrics.ts';
import { listen, serveMetrics, webApp } from '#web/server.ts';
import { ownHealth } from '#workflows/upkeep/own-health.ts';

const FOLDER = new URL('../../docs/monitoring/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');

type Rule = { alert: string; expr: string; annotations: Record<string, string>; labels: { severity: string } };

/** The names that `/metrics` declares. */
async function declared(): Promise<ReadonlySet<string>> {
  const store = await opened(sqlitePlace(), steppedClock());
  const metrics = metricsPage({ mayRead: () => true, health: ownHealth(store) });
  onTestFinished(metrics.stop);
  const web = webApp(async () => []);
  serveMetrics(web, metrics.page);
  const server = await listen(web, 0, '127.0.0.1');
  onTestFinished(() => server.stop());
  const text = await fetch(`http://127.0.0.1:${server.port}/metrics`).then((answer) => answer.text());
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => `${name}${end}`) : [name],
    ),
  );
}

test('the alert rules and the dashboard ask only for metrics that exist', async () => {
  const known = await declared();
  for (const file of ['alerts.yaml', 'dashboard.json']) {
    const asked = [...read(file).matchAll(/\bspanhound_[a-z_]+/g)].map(([name]) => name);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  }
});

test('each rule says what happened and what to do, and docs/operations.md explains it', () => {
  const { groups } = parse(read('alerts.yaml')) as { groups: { rules: Rule[] }[] };
  const operations = readFileSync(new URL('../operations.md', FOLDER), 'utf8');
  const rules = groups.flatMap(({ rules }) => rules);
  expect(rules.length).toBeGreaterThan(5);
  for (const { alert, annotations, labels } of rules) {
    expect(annotations).toMatchObject({ summary: expect.any(String), description: expect.any(String) });
    expect(['critical', 'warning']).toContain(labels.severity);
    expect(operations).toContain(`\`${alert}\``);
  }
});

test('the dashboard’s panels do not overlap and have their own ids', () => {
  const { panels } = JSON.parse(read('dashboard.json')) as {
    panels: { id: number; gridPos: { x: number; y: number; w: number; h: number } }[];
  };
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
});
