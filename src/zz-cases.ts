import { readFileSync, existsSync, readdirSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { metricsBody } from '#decode/metrics-json.ts';
import { runDetector } from '#detect/run.ts';
import { resourceSaturation } from '#detect/resource-saturation.ts';
import { memoryLeak } from '#detect/memory-leak.ts';
import { forecast } from '#detect/forecast.ts';
import { metricAnomaly } from '#detect/metric-anomaly.ts';
const dir = '/work/shared/cases/';
const truth = JSON.parse(readFileSync(dir + 'truth.json', 'utf8'));
const only = process.argv[2];
for (const id of readdirSync(dir)) {
  if (!/^c/.test(id) || (only && !id.startsWith(only))) continue;
  const p = dir + id;
  const f = ['metrics.json', 'metrics.json.gz'].map((n) => p + '/' + n).find(existsSync);
  const man = JSON.parse(readFileSync(p + '/case.json', 'utf8'));
  if (!f) continue;
  const raw = readFileSync(f);
  const d = metricsBody('m'); d.push(f.endsWith('gz') ? gunzipSync(raw) : raw);
  const metrics = d.end();
  const w = man.window ?? man.subject;
  const us = (s: string) => Date.parse(s) * 1000;
  const [b, e] = [us(w.from), us(w.to)];
  const windows = { window: { service: man.alert?.service ?? '', fromUs: b, toUs: e } } as Record<string, { service: string; fromUs: number; toUs: number }>;
  if (man.baseline) { const [bf, bt] = [us(man.baseline.from), us(man.baseline.to)]; windows.healthy = { service: '', fromUs: (bf + bt) / 2, toUs: bt }; }
  const t = (Array.isArray(truth) ? truth.find((x: any) => x.case === id) : (truth.cases ?? truth)[id]);
  console.log('==', id, JSON.stringify(t)?.slice(0, 160));
  for (const [name, window] of Object.entries(windows)) {
    const cut = name === 'healthy' ? metrics.map((s) => { const k = s.atUs.findIndex((x) => x > window.toUs); return k < 0 ? s : { ...s, atUs: s.atUs.subarray(0, k), values: s.values.subarray(0, k) }; }) : metrics;
    for (const det of [resourceSaturation, memoryLeak, forecast, metricAnomaly]) {
      const t0 = performance.now();
      const o = runDetector(det as never, { window, metrics: cut });
      const ms = performance.now() - t0;
      if (ms > 200) console.log('   SLOW', det.id, ms);
      if (o.kind === 'broken') console.log('  BROKEN', o.error);
      if (o.kind === 'found') for (const x of o.findings) console.log('  ', name, det.id, '|', x.title, '|', det.id === 'metric-anomaly' ? x.explanation : '');
    }
  }
}
