/** Words of a router or a proxy at the edge that ended a request: the service behind it had not answered in time. */
import { signList } from '#model/instruments/sign-list.ts';

export const ROUTER_GAVE_UP = signList(/H12|upstream|origin|backend|gateway|524/i, [
  {
    by: 'Heroku',
    says: /\bH12\b/i,
    example: 'at=error code=H12 desc="Request timeout" method=GET path="/" service=30000ms status=503',
    source: 'https://devcenter.heroku.com/articles/error-codes#h12-request-timeout',
  },
  {
    by: 'nginx',
    says: /\bupstream timed out \(110\b/i,
    example: 'upstream timed out (110: Connection timed out) while reading response header from upstream',
    source: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout',
  },
  {
    by: 'Envoy',
    says: /\bupstream request timeout\b/i,
    example: 'upstream request timeout',
    source: 'https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter',
  },
  {
    by: 'Cloudflare',
    says: /\berror(?: code)?:? 524\b|\b524:? \(?a timeout occurred\b/i,
    example: 'Error 524: A timeout occurred',
    source:
      'https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-524/',
  },
  {
    by: 'Azure Front Door',
    says: /\bOriginTimeout\b/i,
    example: 'OriginTimeout',
    source: 'https://learn.microsoft.com/azure/frontdoor/monitor-front-door#access-log',
  },
  {
    by: 'Google Cloud Load Balancing',
    says: /\bbackend_timeout\b/i,
    example: 'backend_timeout',
    source: 'https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring#failure-messages',
  },
]);
