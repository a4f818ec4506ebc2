import { expect, test } from 'vitest';
import { usualTime } from '#model/logs/usual-time.ts';

test.each([
  ['export took 2.1 s, usual for a full one (p50 2.0 s)', 2_000_000, 2_000_000],
  ['rebuild took 840 s (yesterday 25 s)', 25_000_000, 25_000_000],
  ['scan done in 2.2 s (sensor reads take 2-3 s)', 2_000_000, 3_000_000],
  ['done in 7 min instead of 20 seconds', 20_000_000, 20_000_000],
  ['index built in 4 s, normally it takes about 900 ms', 900_000, 900_000],
  ['execution 604 s (median of 30 days 38 s)', 38_000_000, 38_000_000],
  ['took 61 s, the previous run took 58 s', 58_000_000, 58_000_000],
  ['POST /letters took 1900 ms (usual: 60)', 60_000, 60_000],
  ['Auszug erstellt in 4,1 s (üblich 4 bis 5 s)', 4_000_000, 5_000_000],
  ['Import dauerte 35 Sekunden, sonst 30 Sekunden', 30_000_000, 30_000_000],
  ["export terminé en 3,0 s (d'habitude 3 s)", 3_000_000, 3_000_000],
  ['terminé en 2 minutes, en moyenne 110 secondes', 110_000_000, 110_000_000],
  ['calculado en 6,1 s (lo normal: 6 s)', 6_000_000, 6_000_000],
  ['step took 2m3s, runs about two minutes every night', 120_000_000, 120_000_000],
  ['reindex done, 60 s of 300 s budget', 0, 300_000_000],
  ['study compressed in 14.5 s, threshold 2 min', 0, 120_000_000],
  ['predict 0.83 s, SLO 1.5 s', 0, 1_500_000],
  ['invoices of 1204 clinics written in 48 s (April: 47 s, March: 45 s)', 45_000_000, 47_000_000],
  ['month closed in 15 min (previous months 14, 15, 16 min)', 840_000_000, 960_000_000],
  ['done in 40 s (last 3 runs: 38, 41 and 40 s)', 38_000_000, 41_000_000],
  ['export took 90 s (Mon 12 s, Tue 13 s)', 12_000_000, 13_000_000],
  ['conteggio finito in 25 min (mese scorso 26)', 1_560_000_000, 1_560_000_000],
  ['clôture en 25 min (mois dernier 26)', 1_560_000_000, 1_560_000_000],
  ['Abschluss in 25 min (Vormonat 26 min)', 1_560_000_000, 1_560_000_000],
  ['fechado em 25 min (mês passado 3 min)', 180_000_000, 180_000_000],
  ['900 letters in 45 min (April 44, March 47)', 2_640_000_000, 2_820_000_000],
])('%s', (line, lowUs, highUs) => {
  expect(usualTime(line)).toMatchObject({ lowUs, highUs });
});

test.each([
  'took 840 s',
  'usually quick, took 840 s in all',
  'p50 2.0 s',
  'yesterday 25 rows, today 840 rows in 3 s',
  'as usual: 12 rows in 3 s',
  'read 12 rows (usual: 12)',
  'slow query took 30 s, threshold 1 s',
  '900 letters in 45 min (Lions 44, Tigers 47)',
  'over its budget: 400 s of 300 s budget',
  'threshold 5 s',
  'tried again, waited 10 s each time',
  'retried 3 times: 10, 20, 30 s',
  'backup of May 12 took 30 s',
  'slept 5 s, May 3 s',
])('no usual time: %s', (line) => {
  expect(usualTime(line)).toBeUndefined();
});
