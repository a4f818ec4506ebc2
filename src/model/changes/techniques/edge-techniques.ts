/**
 * Techniques of what stands before services and of the ports they take on machines: checks of balancers, firewalls, limits of
 * a mesh, middlewares.
 */
import type { Technique } from '#model/changes/techniques/platform-techniques.ts';

export const EDGE_TECHNIQUES: readonly Technique[] = [
  {
    // HAProxy, nginx Plus, Envoy, Traefik, Caddy, Kong, APISIX, AWS, Google Cloud, Azure: a balancer asks each server itself.
    // https://docs.haproxy.org/3.2/configuration.html#4.2-option%20httpchk, https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    kind: 'stricter-probe',
    said: 'it changes how a balancer checks its servers',
    changes:
      /\boption\s{1,4}(?:httpchk|tcp-check|ssl-hello-chk|mysql-check|pgsql-check|redis-check)\b|\bhttp-check\b|\btcp-check\b|\bhealth_?-?checks?\b|\bhealth_(?:uri|path|port|status|interval|timeout)\b|\bhealth_?check_?(?:path|port|protocol)\b|\bhttp_path\b|\bhealthy_?-?threshold\b|\bmatcher\b/i,
    shows:
      /\blayer[467] (?:wrong status|invalid response|timeout|connection problem)\b|\bhealth ?checks? (?:has |have |is |are )?fail(?:ed|ing|s|ure)\b|\bfailed (?:\w{1,20} ){0,3}health ?checks?\b|\bunhealthy (?:upstream|host|target|backend|server)s?\b|\bresponsecodemismatch\b|\bmarked (?:as )?unhealthy\b/,
  },
  {
    // AWS WAF, Azure's and Google's firewalls, ModSecurity with the Core Rule Set, Cloudflare, Fastly, Coraza, open-appsec.
    // https://docs.aws.amazon.com/waf/latest/developerguide/monitoring-cloudwatch.html, https://coreruleset.org/docs/
    kind: 'refuses-more',
    said: 'it changes which requests a firewall lets in',
    changes:
      /(?<![a-z])waf(?:v2)?(?![a-z])|\bweb_?-?acl\b|\b(?:override_|rule_)?action\b|\bmanaged_?-?rule\w{0,12}|\brule_?-?(?:set|group)s?\b|\bsec_?rule\w{0,20}|\bmod_?security\b|\bparanoia_?-?level\b|\bcoraza\b|\bip_?-?set\w{0,3}\b|\bgeo_?-?match\b|\bfirewall\b/i,
    shows: /\bthe firewall blocks requests\b|\bmodsecurity: access denied\b|\bcoraza: access denied\b/,
  },
  {
    // Kubernetes, Nomad, Amazon ECS, Docker: one port of a machine is for one process.
    // https://kubernetes.io/docs/concepts/configuration/overview/, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
    kind: 'other-machines',
    said: 'it takes a port of its machine',
    changes:
      /\bhost_?-?(?:port|network)s?\b|\bnetwork_?mode["']?\s{0,3}[:=]\s{0,3}["']?host\b|\bstatic\s{0,3}=\s{0,3}\d/i,
    shows:
      /\bdidn[’']t have free ports\b|\bhostport is in use\b|\breserved port collision\b|\balready using a port required by your task\b|\bport is already allocated\b/,
  },
];
