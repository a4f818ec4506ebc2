/**
 * Reads which of Grafana's own alert rules fire, and since when. A rule without data, and one whose query fails, says
 * nothing about its service: that is a gap. Grafana forgets alerts that ended. A token is of one organisation.
 *
 * https://github.com/grafana/grafana/blob/main/pkg/services/ngalert/api/tooling/definitions/prom.go
 */
import { z } from 'zod';
import {
  ALERT_STEP_S,
  type AlertNow,
  type AlertRules,
  alertSeries,
  rulesNamed,
  rulesText,
  serviceAmong,
} from '#adapters/alert-rules.ts';
import { checked, healthOfAll } from '#adapters/health.ts';
import { addressUnder, type Backend, type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import { onlyChunk, prometheusMatrix } from '#adapters/rewritten-rows.ts';
import { BackendError, SpanhoundError } from '#core/errors.ts';
import type { Health, MetricQuery, MetricSource, OpenBody } from '#gather/sources.ts';
import { counted } from '#model/text/count-text.ts';
import { type GrafanaRule, grafanaRulesIn, labelsKey, silencedIn } from './rules.ts';

export type GrafanaAlertsOptions = Omit<BackendOptions, 'token'> &
  Readonly<{
    /** One for each organisation. Without one, the address has a user and a password. */
    tokens: readonly string[];
  }>;

const NAME = 'grafana';
const RULES_PATH = 'api/prometheus/grafana/api/v1/rules';
const SILENCED_PATH = 'api/alertmanager/grafana/api/v2/alerts';

/** Those that fire come first. Grafana before 9.5 sends all. */
const MOST_ALERTS = 1_000;

/** `toUs`: the end of the time window in question. An earlier day, which shows what is usual, needs no request. */
const AskedText = z.object({ organisation: z.number(), services: z.array(z.string()), toUs: z.number() });

export function grafanaAlerts({ tokens, ...options }: GrafanaAlertsOptions): MetricSource {
  const organisations = (tokens.length === 0 ? [undefined] : tokens).map((token, at) =>
    openBackend(tokens.length > 1 ? `${NAME} (token ${at + 1})` : NAME, 'x-grafana-org-id', { ...options, token }),
  );

  async function openMetrics(query: MetricQuery, signal: AbortSignal): Promise<OpenBody> {
    const { organisation, services, toUs } = AskedText.parse(JSON.parse(query.text));
    const backend = organisations[organisation];
    const isAsked = backend !== undefined && query.toUs === toUs;
    const matrix = isAsked ? await saidBy(backend, { services, query }, signal) : prometheusMatrix([]);
    return {
      source: NAME,
      format: 'prometheus-json',
      query: {
        text: `alert rules of ${services.join(', ') || 'every service'}`,
        url: addressUnder(options.url, 'alerting/list'),
      },
      chunks: onlyChunk(matrix),
    };
  }

  return {
    name: NAME,
    async findMetrics({ services, fromUs, toUs }) {
      const queries = organisations.map((_, organisation) => {
        const text = JSON.stringify({ organisation, services, toUs });
        return { text, fromUs, toUs, stepSeconds: ALERT_STEP_S };
      });
      return { queries, warnings: [] };
    },
    openMetrics,
    /** A token sees the rules of the folders that it may read. */
    async alertRules(signal) {
      const found = await Promise.all(organisations.map((backend) => rulesOf(backend, signal)));
      const rules = found.flat().map(({ name, isPaused, lack }) => {
        const isBroken = lack !== undefined && lack.error !== '';
        return { name, state: isPaused ? 'paused' : isBroken ? 'broken' : 'active' } as const;
      });
      return { rules, isAll: rules.length > 0 };
    },
    check: (signal) => {
      const checks = organisations.map((backend) => [
        backend.name,
        { check: (until: AbortSignal) => healthOf(backend, until) },
      ]);
      return healthOfAll(Object.fromEntries(checks), signal);
    },
  };
}

type Asked = Readonly<{ services: readonly string[]; query: MetricQuery }>;

async function saidBy(backend: Backend, { services, query }: Asked, signal: AbortSignal): Promise<Uint8Array> {
  const rules = await rulesOf(backend, signal);
  const firing = rules
    .flatMap((rule) => rule.firing)
    .filter(({ labels, beganUs }) => beganUs < query.toUs && serviceAmong(labels, services) !== undefined);
  const { silenced, warnings }: Silences = firing.length === 0 ? { warnings: [] } : await silences(backend, signal);
  const series = firing.flatMap((alert) => {
    const one: AlertNow = { ...alert, isSilenced: silenced?.has(labelsKey(alert.labels)) };
    return alertSeries(one, { services, query, metric: 'Grafana' });
  });
  return prometheusMatrix(series, [...warningsOf(rules, { services, query }, backend), ...warnings]);
}

async function rulesOf(backend: Backend, signal: AbortSignal): Promise<readonly GrafanaRule[]> {
  const rules = grafanaRulesIn(await answerOf(backend, RULES_PATH, [['limit_alerts', `${MOST_ALERTS}`]], signal));
  if (rules === undefined) throw backend.misplaced(RULES_PATH);
  return rules;
}

async function answerOf(backend: Backend, path: string, search: Search, signal: AbortSignal): Promise<unknown> {
  const answer = await backend.get(path, { signal, search });
  if (answer.kind !== 'body') throw backend.error(path, answer);
  return await readJson(answer.chunks);
}

/** `silenced`: undefined if that is not known. */
type Silences = Readonly<{ silenced?: ReadonlySet<string>; warnings: readonly string[] }>;

/** Which alerts fire is worth knowing without it. */
async function silences(backend: Backend, signal: AbortSignal): Promise<Silences> {
  const search = [
    ['active', 'false'],
    ['silenced', 'true'],
    ['inhibited', 'false'],
  ] as const;
  try {
    const silenced = silencedIn(await answerOf(backend, SILENCED_PATH, search, signal));
    if (silenced === undefined) throw backend.misplaced(SILENCED_PATH);
    return { silenced, warnings: [] };
  } catch (error) {
    if (!(error instanceof SpanhoundError) || signal.aborted) throw error;
    return { warnings: [`does not say which alerts are silenced: ${error.message}`] };
  }
}

/** Rules of these services that say nothing in this time, and alerts that are left out. */
function warningsOf(rules: readonly GrafanaRule[], { services, query }: Asked, backend: Backend): readonly string[] {
  const isTheirs = ({ labels, firing, lack }: GrafanaRule) =>
    services.length === 0 ||
    [labels, ...firing.map((alert) => alert.labels), ...(lack?.labels ?? [])].some(
      (each) => serviceAmong(each, services) !== undefined,
    );
  const own = rules.filter(isTheirs);
  const silent = own.filter(({ lack }) => lack !== undefined && !(lack.sinceUs >= query.toUs));
  const broken = silent.filter(({ lack }) => lack?.error !== '');
  const empty = silent.filter(({ lack }) => lack?.error === '');
  const cut = own.filter(({ leftOut, firing }) => leftOut > 0 && firing.length >= MOST_ALERTS);
  const named = (some: readonly GrafanaRule[]) => rulesNamed(some.map(({ name }) => backend.quoted(name)));
  return [
    ...(broken.length > 0 ? [`cannot evaluate ${named(broken)}: ${backend.quoted(broken[0]?.lack?.error ?? '')}`] : []),
    ...(empty.length > 0 ? [`has no data for ${named(empty)}`] : []),
    ...cut.map(({ name }) => `names only ${counted(MOST_ALERTS, 'alert')} of the rule ${backend.quoted(name)}`),
  ];
}

const NO_RULE =
  'Create one, or give the service account the role Viewer: it sees the rules of the folders that it may read, and whose data sources it may query.';
const NO_ALERTING =
  'Grafana Alerting is off there, or that Grafana is too old. It needs version 9 or later, with enabled = true under [unified_alerting].';

function healthOf(backend: Backend, signal: AbortSignal): Promise<Health> {
  return checked(async () => {
    try {
      const rules = await rulesOf(backend, signal);
      if (rules.length === 0) return { ok: true, detail: 'answers, but shows no alert rule', remedy: NO_RULE };
      return healthOfRules(rules, backend);
    } catch (error) {
      if (!(error instanceof BackendError) || error.status !== 404) throw error;
      return { ok: false, detail: error.message, remedy: NO_ALERTING };
    }
  });
}

function healthOfRules(rules: readonly GrafanaRule[], { quoted }: Backend): Health {
  const firing: AlertRules['firing'] = rules
    .filter((rule) => rule.firing.length > 0)
    .map((rule) => ({ name: quoted(rule.name), sinceUs: Math.min(...rule.firing.map(({ beganUs }) => beganUs)) }));
  const lacking = (isBroken: boolean) =>
    rules.flatMap(({ name, lack }) => (lack !== undefined && (lack.error !== '') === isBroken ? [quoted(name)] : []));
  const [broken, empty] = [lacking(true), lacking(false)];
  const paused = rules.filter(({ isPaused }) => isPaused).length;
  const said = [
    'answers',
    rulesText({ count: rules.length, firing }),
    ...(paused > 0 ? [`${counted(paused, 'rule')} ${paused === 1 ? 'is' : 'are'} paused`] : []),
  ];
  const trouble = [
    ...(broken.length > 0 ? [`Grafana cannot evaluate ${rulesNamed(broken)}: its page Alert rules says why.`] : []),
    ...(empty.length > 0 ? [`Grafana has no data for ${rulesNamed(empty)}: correct their queries.`] : []),
  ];
  return { ok: true, detail: said.join('; '), remedy: trouble.join(' ') };
}
