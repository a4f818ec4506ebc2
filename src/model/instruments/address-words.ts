/** Words for a call that was never sent, because nobody could tell the address of the host that it named. */
import { type Sign, signList } from '#model/instruments/sign-list.ts';

/** `isNoAnswer`: the resolver gave no answer. Otherwise it answered that there is no such name. */
type NameSign = Sign & Readonly<{ isNoAnswer?: true }>;

/** A message, an exception or a line of the caller. What is more certain comes first. */
export const NAME_UNRESOLVED = signList<NameSign>(
  /EAI_|NOTFOUND|resol|lookup|host|dns|nxdomain|servfail|nodename|not known|address associated/i,
  [
    {
      by: 'getaddrinfo(3), without an answer',
      says: /\bEAI_AGAIN\b|\btemporary failure in name resolution\b/i,
      isNoAnswer: true,
      example: 'getaddrinfo EAI_AGAIN stock.shop.svc.cluster.local',
      source: 'https://man7.org/linux/man-pages/man3/getaddrinfo.3.html',
    },
    {
      by: 'Go, without an answer',
      says: /\blookup \S{1,253}: (?:server misbehaving|i\/o timeout)|\blookup \S{1,253} on \S{1,80}: (?:server misbehaving|(?:read|write|dial) udp \S{1,120}(?: i\/o timeout|: .{0,60}connection refused))/i,
      isNoAnswer: true,
      example: 'dial tcp: lookup stock.shop.svc on 10.96.0.10:53: server misbehaving',
      source: 'https://pkg.go.dev/net#DNSError',
    },
    {
      by: 'resolvers, RFC 1035, without an answer',
      says: /\bE?SERVFAIL\b/i,
      isNoAnswer: true,
      example: 'queryA ESERVFAIL stock.internal',
      source: 'https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1',
    },
    {
      by: 'Node.js',
      says: /\b(?:getaddrinfo|query[A-Z]\w{0,6}) ENOTFOUND\b|\bENOTFOUND\b/i,
      example: 'getaddrinfo ENOTFOUND stock.internal',
      source: 'https://nodejs.org/api/errors.html#common-system-errors',
    },
    {
      by: 'getaddrinfo(3)',
      says: /\bEAI_(?:NONAME|NODATA|FAIL)\b|\bname or service not known\b|\bname does not resolve\b|\bnodename nor servname provided\b|\bno address associated with (?:host)?name\b/i,
      example: '[Errno -2] Name or service not known',
      source: 'https://man7.org/linux/man-pages/man3/getaddrinfo.3.html',
    },
    {
      by: 'Go',
      says: /\bno such host\b/i,
      example: 'dial tcp: lookup stock.internal on 10.96.0.10:53: no such host',
      source: 'https://pkg.go.dev/net#DNSError',
    },
    {
      by: 'Java, Android',
      says: /\bUnknownHostException\b|\bUnresolvedAddressException\b|\bunable to resolve host\b/i,
      example: 'java.net.UnknownHostException: stock.internal: Name or service not known',
      source: 'https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/net/UnknownHostException.html',
    },
    {
      by: 'Netty',
      says: /\bDnsResolveContext\b|\bfailed to resolve ['"‘“][\w.-]{1,253}['"’”]/i,
      example: "Failed to resolve 'stock.internal' [A(1), AAAA(28)] after 2 queries",
      source: 'https://netty.io/4.1/api/io/netty/resolver/dns/DnsNameResolver.html',
    },
    {
      by: 'urllib3',
      says: /\bNameResolutionError\b/i,
      example:
        "NameResolutionError: <urllib3.connection.HTTPConnection object>: Failed to resolve 'stock.internal' ([Errno -2] Name or service not known)",
      source: 'https://urllib3.readthedocs.io/en/stable/reference/urllib3.exceptions.html',
    },
    {
      by: 'curl, Guzzle',
      says: /\bcould not resolve (?:host|proxy)\b|\bcURL error 6\b/i,
      example: 'cURL error 6: Could not resolve host: stock.internal',
      source: 'https://curl.se/libcurl/c/libcurl-errors.html',
    },
    {
      by: '.NET, Windows',
      says: /\bno such host is known\b|\brequested name is valid, but no data\b/i,
      example: 'No such host is known. (stock.internal:443)',
      source: 'https://learn.microsoft.com/windows/win32/winsock/windows-sockets-error-codes-2',
    },
    {
      by: 'Rust',
      says: /\bfailed to lookup address information\b|\bdns error\b/i,
      example: 'error trying to connect: dns error: failed to lookup address information: Name or service not known',
      source: 'https://doc.rust-lang.org/std/net/trait.ToSocketAddrs.html',
    },
    {
      by: 'gRPC',
      says: /\bname resolution (?:failed|failure)\b|\bDNS resolution failed\b|\bname resolver error\b/i,
      example: '14 UNAVAILABLE: Name resolution failed for target dns:stock.internal:50051',
      source: 'https://grpc.github.io/grpc/core/md_doc_naming.html',
    },
    {
      by: 'Erlang, resolvers, RFC 1035',
      says: /\bNXDOMAIN\b/i,
      example: '** (Mint.TransportError) non-existing domain - :nxdomain',
      source: 'https://www.erlang.org/doc/apps/kernel/inet.html#module-posix-error-codes',
    },
    {
      by: 'nginx',
      says: /\bcould not be resolved \(\d{1,2}: |\bhost not found in upstream\b/i,
      example: 'stock.internal could not be resolved (3: Host not found)',
      source: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver',
    },
    {
      by: 'Envoy',
      says: /\bdns_resolution_failure\b/i,
      example: 'dns_resolution_failure',
      source: 'https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/response_code_details',
    },
  ],
);
