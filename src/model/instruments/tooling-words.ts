/**
 * Complaints of what stands beside the work of a request: the tools that watch it, a supervisor that replaces a worker as
 * planned, and a browser that remarks on the page. None of them says that a person lost something.
 */

/**
 * Collectors of errors and telemetry, by names that mean nothing else. `exporter` alone may export goods, and `telemetry`
 * may be that of a vehicle.
 */
const WATCHERS =
  /\b(?:sentry|rollbar|bugsnag|honeybadger|airbrake|raygun|appsignal|crashlytics|dd-?trace|datadog|new ?relic|dynatrace|oneagent|elastic[- ]apm|apm[- ](?:server|agent)|opentelemetry|otel(?:col)?|otlp\w{0,9}|jaeger|zipkin|statsd|pushgateway|micrometer|pyroscope|fluent[- ]?(?:d|bit)|logstash|graylog|gelf|x-ray daemon|gtag|google analytics|matomo|posthog|mixpanel)\b|\b(?:span|trace|metric|log)s? (?:exporter|processor|batch|batches)\b|\bbatch(?:es)? of (?:spans|traces|metrics|logs)\b|\b(?:Batch|Simple)(?:Span|LogRecord)(?:Export(?:ing)?)?Processor\b|\bPeriodic(?:Exporting)?MetricReader\b/i;

/** Erlang's and Elixir's reasons `normal` and `shutdown`, exit code 0, and workers that are replaced after so many requests. */
const SUPERVISED =
  /\(stop\) :?\{?:?(?:normal|shutdown)\w{0,10}|\b(?:normal|planned|graceful|scheduled|regular|routine)(?:ly)?[ _-](?:restart\w{0,3}|exit\w{0,3}|shut ?down|stop\w{0,4}|terminat\w{1,4}|recycl\w{1,3})\b|\bexit(?:ed)?(?: with)? (?:code|status)[ :=]{1,2}0\b|\bexited (?:normally|gracefully|cleanly)\b|\b(?:max(?:imum)?[_ -]requests|autorestart(?:ing)?) (?:limit |is )?(?:reached|exceeded)\b/i;

/** What browsers write to the console about a page that works: Chromium, Firefox, W3C's Resize Observer. */
const OF_BROWSER =
  /\bResizeObserver loop\b|^\s{0,4}\[(?:Violation|Deprecation|Intervention|Report Only)\]|\bnon-?passive event listener\b|\bpreloaded using link preload\b|\bPermissions[- ]Policy header\b|\bthird-party cookies?\b|\bSameSite\b|\bQuirks Mode\b|\bsource ?maps?\b|\bDevTools\b|\bAudioContext was not allowed\b|\bplay\(\) request was interrupted\b/i;

/** The line speaks of such a thing, and not of the work. */
export function isOfTooling(message: string): boolean {
  return WATCHERS.test(message) || SUPERVISED.test(message) || OF_BROWSER.test(message);
}
