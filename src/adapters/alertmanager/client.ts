/**
 * Reads which alerts fire, and since when, from Alertmanager: Prometheus' own, Grafana Mimir's, Amazon's. An alert is a
 * series with a point for each minute in which it fires. Alertmanager forgets alerts that ended.
 *
 * https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
 */
import { z } from 'zod';
import { ALERT_STEP_S, alertSeries, sinceText } from '#adapters/alert-rules.ts';
import { checked } from '#adapters/health.ts';
import { addressUnder, type BackendOptions, openBackend, readJson } from '#adapters/http.ts';
import { onlyChunk, prometheusMatrix } from '#adapters/rewritten-rows.ts';
import type { Health, MetricQuery, MetricSource, OpenBody } from '#gather/sources.ts';
import { counted } from '#model/text/count-text.ts';

export type AlertmanagerOptions = BackendOptions &
  Readonly<{
    /** The address of Alertmanager for people. @default its own */
    uiUrl?: URL | undefined;
  }>;

const NAME = 'alertmanager';
const PATH = 'api/v2/alerts';
/** Mimir's header, which it shares with Cortex. */
const TENANT_HEADER = 'x-scope-orgid';

const Alert = z.object({
  labels: z.record(z.string(), z.string()),
  startsAt: z.iso.datetime({ offset: true }),
});
type Alert = z.output<typeof Alert>;

export function alertmanagerAlerts({ uiUrl, ...options }: AlertmanagerOptions): MetricSource {
  const backend = openBackend(NAME, TENANT_HEADER, options);

  /** Without those that somebody silenced: they are known. */
  async function firing(signal: AbortSignal): Promise<readonly Alert[]> {
    const search = [
      ['active', 'true'],
      ['silenced', 'false'],
      ['inhibited', 'true'],
    ] as const;
    const answer = await backend.get(PATH, { signal, search });
    if (answer.kind !== 'body') throw backend.error(PATH, answer);
    const found = z.array(z.unknown()).safeParse(await readJson(answer.chunks)).data;
    const alerts = found?.flatMap((one) => Alert.safeParse(one).data ?? []) ?? [];
    if (found === undefined || alerts.length < found.length) throw backend.misplaced(PATH);
    return alerts;
  }

  async function openMetrics(query: MetricQuery, signal: AbortSignal): Promise<OpenBody> {
    const services = servicesIn(query.text);
    const asked = { services, query, metric: 'Alertmanager' };
    const result = (await firing(signal)).flatMap(({ labels, startsAt }) =>
      alertSeries({ labels, beganUs: Date.parse(startsAt) * 1_000 }, asked),
    );
    return {
      source: NAME,
      format: 'prometheus-json',
      query: { text: `alerts ${services.join(', ') || 'of every service'}`, url: pageOf(uiUrl ?? options.url) },
      chunks: onlyChunk(prometheusMatrix(result)),
    };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      const alerts = (await firing(signal)).toSorted((a, b) => Date.parse(b.startsAt) - Date.parse(a.startsAt));
      const [last] = alerts;
      if (last === undefined) return { ok: true, detail: 'answers; no alert fires', remedy: '' };
      const name = backend.quoted(last.labels.alertname ?? 'one');
      const fire = alerts.length === 1 ? 'fires' : 'fire';
      const detail = `answers; ${counted(alerts.length, 'alert')} ${fire}, the last one (${name})${sinceText(Date.parse(last.startsAt) * 1_000)}`;
      return { ok: true, detail, remedy: '' };
    });
  }

  return {
    name: NAME,
    async findMetrics({ services, fromUs, toUs }) {
      return { queries: [{ text: JSON.stringify(services), fromUs, toUs, stepSeconds: ALERT_STEP_S }], warnings: [] };
    },
    openMetrics,
    /** It knows a rule only while its alert fires. */
    async alertRules(signal) {
      const names = new Set((await firing(signal)).flatMap(({ labels }) => labels.alertname ?? []));
      return { rules: [...names].map((name) => ({ name, state: 'active' as const })), isAll: false };
    },
    check,
  };
}

function servicesIn(text: string): readonly string[] {
  return z.array(z.string()).parse(JSON.parse(text));
}

/** Its list of alerts is a page of its own program. */
function pageOf(url: URL): string {
  return `${addressUnder(url, '')}#/alerts`;
}
