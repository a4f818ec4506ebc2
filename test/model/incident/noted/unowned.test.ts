import { expect, test } from 'vitest';
import { isUnowned } from '#model/incident/noted/unowned.ts';

test.each([
  'alert on late orders (owner to be found)',
  'alert on late orders, nobody assigned yet',
  'alert on late orders [unassigned]',
  'Alarm für späte Bestellungen (noch niemandem zugewiesen)',
  'Alarm für späte Bestellungen; Zuständigkeit noch offen',
  'alerte sur les commandes en retard (pas encore attribuée)',
  'alerta de pedidos tardíos (sin responsable)',
  'alerta de pedidos atrasados (falta definir quem)',
  'avviso per ordini in ritardo (non ancora assegnato)',
  '遅れた注文の警報（担当者は未定）',
  '给迟到的订单加告警（负责人待定）',
])('reads that nobody owns “%s”', (text) => {
  expect(isUnowned(text)).toBe(true);
});

test.each([
  'alert on services with no owner',
  'list the services that nobody owns, and name one for each',
  'add an index (prevents the scan)',
  'restore without a lock. tests included',
])('reads no missing owner in “%s”', (text) => {
  expect(isUnowned(text)).toBe(false);
});
