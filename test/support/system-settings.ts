/** Every system that is read over a network and holds evidence, as people configure it. A system that is added comes here. */

export const SYSTEM_SECRET = 's3cr3t-t0ken-of-ours';

const GUID = '1234abcd-0000-4000-8000-9abcdef12345';

type Settings = Readonly<Record<string, string>>;

/** `url`: of the server that answers for the system. */
export const SYSTEM_SETTINGS: Readonly<Record<string, (url: string) => Settings>> = {
  alertmanager: (url) => ({ ALERTMANAGER_URL: url, ALERTMANAGER_API_TOKEN: SYSTEM_SECRET }),
  azure: (url) => ({
    ...{ AZURE_LOG_ANALYTICS_WORKSPACE: GUID, AZURE_TENANT_ID: GUID, AZURE_CLIENT_ID: GUID },
    ...{ AZURE_CLIENT_SECRET: SYSTEM_SECRET, AZURE_LOG_ANALYTICS_URL: url },
  }),
  clickhouse: (url) => ({ CLICKHOUSE_URL: url, CLICKHOUSE_TOKEN: SYSTEM_SECRET }),
  cloudwatch: (url) => ({
    ...{ CLOUDWATCH_REGION: 'eu-west-1', CLOUDWATCH_LOG_GROUPS: '/ecs/cart', CLOUDWATCH_METRICS: 'AWS/Lambda' },
    ...{ CLOUDWATCH_LOGS_URL: url, CLOUDWATCH_METRICS_URL: url },
  }),
  datadog: (url) => ({ DATADOG_URL: url, DATADOG_API_KEY: SYSTEM_SECRET, DATADOG_APP_KEY: SYSTEM_SECRET }),
  elasticsearch: (url) => ({ ELASTICSEARCH_URL: url, ELASTICSEARCH_API_KEY: SYSTEM_SECRET }),
  github: (url) => ({ GITHUB_API_URL: url, GITHUB_TOKEN: SYSTEM_SECRET, GITHUB_REPOSITORIES: 'acme/shop' }),
  gitlab: (url) => ({ GITLAB_URL: url, GITLAB_TOKEN: SYSTEM_SECRET, GITLAB_PROJECTS: 'acme/shop' }),
  'google-cloud': (url) => ({
    ...{ GOOGLE_CLOUD_TRACE_PROJECT: 'shop-prod-123', GOOGLE_CLOUD_LOG_PROJECTS: 'shop-prod-123' },
    ...{ GOOGLE_CLOUD_TRACE_URL: url, GOOGLE_CLOUD_LOGGING_URL: url },
  }),
  grafana: (url) => ({ GRAFANA_URL: url, GRAFANA_TOKEN: SYSTEM_SECRET }),
  graphite: (url) => ({ GRAPHITE_URL: url, GRAPHITE_TOKEN: SYSTEM_SECRET }),
  honeycomb: (url) => ({ HONEYCOMB_URL: url, HONEYCOMB_API_KEY: SYSTEM_SECRET }),
  influxdb: (url) => ({ INFLUXDB_URL: url, INFLUXDB_TOKEN: SYSTEM_SECRET, INFLUXDB_DATABASE: 'telegraf' }),
  jaeger: (url) => ({ JAEGER_URL: url, JAEGER_TOKEN: SYSTEM_SECRET }),
  kubernetes: () => ({ KUBERNETES_IN_CLUSTER: 'true', KUBERNETES_LOGS: 'all' }),
  loki: (url) => ({ LOKI_URL: url, LOKI_TOKEN: SYSTEM_SECRET }),
  newrelic: (url) => ({ NEW_RELIC_URL: url, NEW_RELIC_API_KEY: SYSTEM_SECRET, NEW_RELIC_ACCOUNT_ID: '1' }),
  pagerduty: (url) => ({ PAGERDUTY_API_URL: url, PAGERDUTY_CHANGES_KEY: SYSTEM_SECRET }),
  prometheus: (url) => ({ PROMETHEUS_URL: url, PROMETHEUS_TOKEN: SYSTEM_SECRET }),
  pyroscope: (url) => ({ PYROSCOPE_URL: url, PYROSCOPE_TOKEN: SYSTEM_SECRET }),
  sentry: (url) => ({
    SENTRY_URL: url,
    SENTRY_ORG: 'acme',
    SENTRY_AUTH_TOKEN: SYSTEM_SECRET,
    SENTRY_READS: 'errors-and-traces',
  }),
  splunk: (url) => ({ SPLUNK_URL: url, SPLUNK_TOKEN: SYSTEM_SECRET }),
  tempo: (url) => ({ TEMPO_URL: url, TEMPO_TOKEN: SYSTEM_SECRET }),
  victorialogs: (url) => ({ VICTORIALOGS_URL: url, VICTORIALOGS_TOKEN: SYSTEM_SECRET }),
  xray: (url) => ({ XRAY_REGION: 'eu-west-1', XRAY_URL: url }),
  zipkin: (url) => ({ ZIPKIN_URL: url, ZIPKIN_TOKEN: SYSTEM_SECRET }),
};
