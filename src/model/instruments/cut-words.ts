/**
 * Words for a connection that broke during a call, or that nobody accepted. They say that the callee went away, not
 * why.
 */
import { type Sign, signList } from '#model/instruments/sign-list.ts';

/** A message, an exception, an event or a line of the caller: the connection was open and ended too early. */
export const CONNECTION_CUT = signList(
  /reset|hang|eof|end of|pipe|close|disconnect|aborted|terminat|transport|premature|respon|incomplete|stream|lost|gone/i,
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
      by: 'Python requests, aiohttp, urllib3',
      says: /\bRemoteDisconnected\b|\bServerDisconnected(?:Error)?\b|\bremote end closed connection\b|\bconnection aborted\b|\bIncompleteRead\b/i,
      example: "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
      source: 'https://docs.python.org/3/library/http.client.html#http.client.RemoteDisconnected',
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
  says: /\beconnrefused\b|\bconnection refused\b|\bactively refused\b/i,
  example: 'connect ECONNREFUSED 10.0.0.9:8080',
  source: 'https://man7.org/linux/man-pages/man3/errno.3.html',
};
const NONE_READY: Sign = {
  by: 'Envoy, Istio, Linkerd',
  says: /\bno healthy upstream\b|\bno (?:available|ready) (?:endpoints?|servers?)\b/i,
  example: 'no healthy upstream',
  source: 'https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/panic_threshold',
};

/** No process of the callee accepted the connection. */
export const NOBODY_LISTENS = signList(/refused|no healthy|no available|no ready/i, [REFUSED_BY_ALL, NONE_READY]);

/** The same place of words: nobody accepted the connection. gRPC also says so of a connection that broke. */
export const CONNECTION_REFUSED = signList(/refused|unavailable|no healthy|no available|unreachable|endpoints?/i, [
  REFUSED_BY_ALL,
  {
    by: 'gRPC',
    says: /\b14,? unavailable\b|\bunavailable:|\bcode = unavailable\b|\bstatus(?:code)?[.: ]{1,2}unavailable\b/i,
    example: '14 UNAVAILABLE: No connection established',
    source: 'https://grpc.io/docs/guides/status-codes/',
  },
  NONE_READY,
  {
    by: 'Kubernetes',
    says: /\bno endpoints available\b/i,
    example: 'no endpoints available for service "stock"',
    source: 'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/',
  },
]);
