/**
 * Code that writes to the log what nobody else may know: headers, bodies and credentials as a whole, or one that a filter
 * hid before.
 *
 *   +  log.info("{} {}", request.path, request.headers)      the headers have the token of whoever asks
 *   -  redact: ['req.headers.authorization']                 the logger hid it
 *   +  log_format main '$request $http_authorization'        so do the access logs of proxies
 */
import { type Effect, effect, moreIn, type Sides } from '#model/changes/effect.ts';

/** Loggers of Java, .NET, Python, Ruby, Go, Rust, Node.js, PHP, Elixir. */
const LOGS =
  /\b_?(?:logg?(?:er|ing)?|slog|zap|logrus|console|tracing|Rails\.logger|monolog|error_log|print(?:ln|f)?)\b(?:\(\))?(?:[.:]{1,2}\w{1,30}){0,3}!?\s{0,2}\(|\b(?:trace|debug|info|warn|error)!\s{0,2}\(/i;
/** What holds a credential, or all that somebody sent. */
const SECRETS =
  /\bheaders?\b(?!\s{0,2}(?:\.|->)\s{0,2}(?:length|size|count)\b)|authori[sz]ation|\bcookies?\b|\b(?:access_?|id_?|refresh_?|bearer_?|api_?)?tokens?\b|passw(?:or)?d|\bsecrets?\b|credentials?|api_?-?key|\benviron\b|process\.env\b(?!\.)|connection_?string|\b(?:request|req|response|resp|res|raw)\.?_?body\b/gi;
/** nginx, Apache, Envoy, HAProxy. */
const OF_PROXIES =
  /\$http_(?:authorization|cookie|x_api_key)\b|%\{(?:authorization|cookie|x-api-key)\}i|%REQ\((?:authorization|cookie|x-api-key)\)%|capture\s{1,3}request\s{1,3}header\s{1,3}(?:authorization|cookie)/gi;
/** Interceptors of clients that write all that is sent: OkHttp, Feign, Spring, Reactor Netty, Refit, ASP.NET Core. */
const WIRE =
  /\bLevel\.(?:HEADERS|BODY)\b|\bLogger\.Level\.(?:HEADERS|FULL)\b|\bsetInclude(?:Headers|Payload)\(true|\bwiretap\(\s{0,2}true|\bHttpLoggingFields\.(?:All|Request|RequestHeaders)\b|enable-?logging-?request-?details["']?\s{0,3}[:=]\s{0,3}true/gi;
/** pino, Rails, Sentry, Logback, structlog, Serilog. */
const HIDES =
  /\bredact\w{0,12}\b|\bfilter_parameters?\b|\bscrub\w{0,10}\b|\bobfuscat\w{1,4}\b|\bmask(?:ed|ing|er)?\w{0,12}\(|\bDestructure\.\w{1,40}|@JsonIgnore\b/gi;

export function loggedSecrets({ added, removed }: Sides): Effect[] {
  const isMore =
    moreIn(logging(added), logging(removed), SECRETS).length > 0 ||
    [OF_PROXIES, WIRE].some((words) => moreIn(added, removed, words).length > 0);
  const isBare = moreIn(removed, added, HIDES).length > 0;
  return [
    ...effect('logged-secrets', isMore ? 'it writes headers, bodies or credentials to the log' : ''),
    ...effect('logged-secrets', isBare ? 'it no longer hides values in the log' : ''),
  ];
}

function logging(text: string): string {
  return text
    .split('\n')
    .filter((line) => LOGS.test(line))
    .join('\n');
}
