/**
 * Words for a connection that broke during a call, or that nobody accepted. They say that the callee went away, not
 * why.
 */
import { CUSTOMARY, type Sign, signList } from '#model/instruments/sign-list.ts';

/** A message, an exception, an event or a line of the caller: the connection was open and ended too early. */
export const CONNECTION_CUT = signList(
  /reset|hang|eof|end of|pipe|close|disconnect|aborted|terminat|transport|premature|respon|body from|incomplete|stream|lost|gone|empty reply|curl/i,
  [
    {
      by: 'libc, Node.js, Python',
      says: /\beconnreset\b|\bepipe\b|connectionreset|\bbroken ?pipe\b/i,
      example: 'read ECONNRESET',
      source: 'https://man7.org/linux/man-pages/man3/errno.3.html',
    },
    {
      by: 'Go, Java, Python, curl',
      says: /\bconnection (?:was |has been )?(?:forcibly )?reset\b/i,
      example: 'read tcp 10.0.0.7:41822->10.0.0.9:8080: read: connection reset by peer',
      source: 'https://pkg.go.dev/syscall#Errno',
    },
    {
      by: 'h2 (Rust: tonic, hyper)',
      says: /\bstream error received: (?!(?:not a result of an error|refused stream))/i,
      example: 'h2 protocol error: http2 error: stream error received: unspecific protocol error detected',
      source: 'https://docs.rs/h2/latest/h2/struct.Reason.html',
    },
    {
      by: 'Node.js',
      says: /\bsocket hang ?up\b|\bother side closed\b|\bpremature close\b/i,
      example: 'socket hang up',
      source: 'https://nodejs.org/api/errors.html#common-system-errors',
    },
    {
      by: 'Go',
      says: /\beof$|\bunexpected eof\b|\bserver closed idle connection\b/i,
      example: 'Post "http://stock:8080/reserve": EOF',
      source: 'https://pkg.go.dev/io#ErrUnexpectedEOF',
    },
    {
      by: 'Java',
      says: /\bEOFException\b|\bNoHttpResponseException\b|\bPrematureCloseException\b|\bunexpected end of (?:stream|file)\b|\bfailed to respond\b/i,
      example: 'org.apache.http.NoHttpResponseException: stock:8080 failed to respond',
      source: 'https://hc.apache.org/httpcomponents-core-4.4.x/current/httpcore/apidocs/',
    },
    {
      by: 'Python requests, aiohttp, urllib3, httpx',
      says: /\bRemoteDisconnected\b|\bServerDisconnected(?:Error)?\b|\bserver disconnected\b|\bremote end closed connection\b|\bconnection aborted\b|\bIncompleteRead\b/i,
      example: "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
      source: 'https://docs.python.org/3/library/http.client.html#http.client.RemoteDisconnected',
    },
    {
      by: 'curl, Guzzle',
      says: /\bempty reply from server\b|\bcURL error (?:52|55|56)\b(?!.{0,80}\btimed out\b)/i,
      example: 'cURL error 52: Empty reply from server',
      source: 'https://curl.se/libcurl/c/libcurl-errors.html',
    },
    {
      by: 'hyper, reqwest (Rust)',
      says: /\bconnection closed before message completed\b|\bIncompleteMessage\b|\berror reading a body from connection\b/i,
      example: 'connection closed before message completed',
      source: 'https://docs.rs/hyper/latest/hyper/struct.Error.html#method.is_incomplete_message',
    },
    {
      by: 'Ruby',
      says: /\bend of file reached\b/i,
      example: 'EOFError: end of file reached',
      source: 'https://docs.ruby-lang.org/en/master/EOFError.html',
    },
    {
      by: 'Mint, Finch (Elixir)',
      says: /\bTransportError\b.{0,40}\bsocket closed\b|\breason: :closed\b/i,
      example: '** (Mint.TransportError) socket closed',
      source: 'https://hexdocs.pm/mint/Mint.TransportError.html',
    },
    {
      by: '.NET',
      says: /\bresponse ended prematurely\b|\bforcibly closed by the remote host\b/i,
      example: 'The response ended prematurely.',
      source: 'https://learn.microsoft.com/dotnet/api/system.net.http.httprequesterror',
    },
    {
      by: 'gRPC',
      says: /\btransport is closing\b|\bstream terminated by RST_STREAM\b|\bStream removed\b|\bconnection (?:closed|dropped)\b|\berror reading from server: EOF\b/i,
      example: 'rpc error: code = Unavailable desc = transport is closing',
      source: 'https://grpc.io/docs/guides/error/',
    },
    {
      by: 'PostgreSQL, MySQL',
      says: /\bserver closed the connection unexpectedly\b|\bterminating connection\b|\bLost connection to (?:MySQL )?server\b|\bserver has gone away\b/i,
      example: 'server closed the connection unexpectedly',
      source: 'https://www.postgresql.org/docs/current/libpq-status.html',
    },
    {
      by: 'Envoy, Istio',
      says: /\bupstream (?:connect error or )?disconnect\/reset\b|\bconnection termination\b|\bupstream_reset\w*\{connection_termination\}|\bupstream remote reset\b/i,
      example: 'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
      source: 'https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage',
    },
    {
      by: 'nginx',
      says: /\bupstream prematurely closed connection\b/i,
      example: 'upstream prematurely closed connection while reading response header from upstream',
      source: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html',
    },
  ],
);

const REFUSED_BY_ALL: Sign = {
  by: 'libc, every runtime',
  says: /\beconnrefused\b|\bconnection (?:to \S{1,260} )?refused\b|\bactively refused\b/i,
  example: 'connect ECONNREFUSED 10.0.0.9:8080',
  source: 'https://man7.org/linux/man-pages/man3/errno.3.html',
};
const REFUSED_IN_OTHER_LANGUAGES: Sign = {
  by: 'libc and Windows in other languages',
  says: /\bverbindung(?:saufbau|sversuch)? (?:wurde )?(?:abgelehnt|verweigert)\b|\bdie verbindung verweigerte\b|\bconnexion refus[ée]e|\bconexi[óo]n (?:rehusada|rechazada|denegada)\b|\bconnessione rifiutata\b|\bconex[ãa]o recusada\b|\bverbinding (?:is )?geweigerd\b|\bpołączenie odrzucone\b|в соединении отказано|接続を拒否され|拒绝连接|连接被拒绝|연결이 거부/i,
  example: 'Connexion refusée: stock.internal:8080',
  source: CUSTOMARY,
};
const NONE_READY: Sign = {
  by: 'Envoy, Istio, Linkerd',
  says: /\bno healthy upstream\b|\bno (?:available|ready) (?:endpoints?|servers?)\b/i,
  example: 'no healthy upstream',
  source: 'https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/panic_threshold',
};

const FAIL_FAST: Sign = {
  by: 'Linkerd',
  says: /\bservice (?:is )?in fail-?fast\b/i,
  example:
    'Unexpected error error=logical service tiles.geo.svc.cluster.local:8080: route default.http: service in fail-fast',
  source: 'https://linkerd.io/2/tasks/debugging-502s/',
};

/** No process of the callee accepted the connection. */
export const NOBODY_LISTENS = signList(
  /refused|no healthy|no available|no ready|fail-?fast|verbind|refus|rehusada|rechazada|denegada|rifiutata|recusada|odrzucone|отказано|拒|거부/i,
  [REFUSED_BY_ALL, REFUSED_IN_OTHER_LANGUAGES, NONE_READY, FAIL_FAST],
);

/** The same place of words: nobody accepted the connection. gRPC also says so of a connection that broke. */
export const CONNECTION_REFUSED = signList(
  /refused|unavailable|no healthy|no available|unreachable|endpoints?|fail-?fast/i,
  [
    REFUSED_BY_ALL,
    {
      by: 'gRPC',
      says: /\b14,? unavailable\b|\bunavailable:|\bcode = unavailable\b|\bstatus(?:code)?[.: ]{1,2}unavailable\b/i,
      example: '14 UNAVAILABLE: No connection established',
      source: 'https://grpc.io/docs/guides/status-codes/',
    },
    NONE_READY,
    FAIL_FAST,
    {
      by: 'Kubernetes',
      says: /\bno endpoints available\b/i,
      example: 'no endpoints available for service "stock"',
      source: 'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/',
    },
  ],
);

/** The caller gave up, or its browser was closed: Go, .NET, Java, JavaScript, nginx. */
export const CALLER_LEFT =
  /\bcontext cancell?ed\b|\b(?:operation|request|task|call) (?:was |is )?(?:cancell?ed|aborted)\b|\b(?:Operation|Task)Cancell?edException\b|\bclient (?:has |prematurely )?(?:disconnected|closed|aborted|went away)\b|\bClientAbortException\b|\bAbortError\b/i;
