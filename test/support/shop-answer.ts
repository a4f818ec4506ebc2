/** The answer to an alert about a busy shop, in all its forms. */
import { openSession } from '#analyse/open-session.ts';
import type { AnalysedTrace } from '#analyse/session.ts';
import { systemClock } from '#core/clock.ts';
import { busyShop, type ShopTimes } from '#test/busy-shop.ts';
import { diagnoseAlert } from '#workflows/alerts/diagnose-alert.ts';

const MINUTE_US = 60_000_000;
const ALERT_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const LINKS = { trace: '', span: '', logs: '', runbooks: 'https://runbooks.example' };

/** `since`: what its stock does from seven minutes before the alert; undefined where nothing changes. */
export async function shopAnswer(since: ShopTimes | undefined): Promise<AnalysedTrace> {
  const usual = { stockUs: 20_000 };
  const shop = busyShop(({ atUs }) => (atUs < ALERT_US - 7 * MINUTE_US ? usual : (since ?? usual)), {
    fromUs: ALERT_US - 120 * MINUTE_US,
    toUs: ALERT_US + 5 * MINUTE_US,
  });
  const traceSources = [{ ...shop, links: { trace: 'https://jaeger.example/trace/{traceId}', span: '' } }];
  const settings = { thresholds: {}, links: LINKS, maxClockSkewUs: 0 };
  const alert = { title: 'checkout is bad', service: 'checkout', labels: {}, traceId: '', atUs: ALERT_US };
  const forms = { svg: true, png: true, slack: true, html: true, markdown: true, text: { width: 100, colour: false } };
  let last: AnalysedTrace | undefined;
  const parts = { traceSources, logSources: [], openSession, clock: systemClock, settings };
  for await (const { analysed } of diagnoseAlert(parts, { alert, forms })) last = analysed;
  if (last === undefined) throw new Error('the alert had no answer');
  return last;
}
