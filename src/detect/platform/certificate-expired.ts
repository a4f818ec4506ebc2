/**
 * A certificate has expired: clients that verify it refuse the connection.
 *
 *   Certificate pay-tls   notAfter 09:00   Ready False: Expired          now 14:30
 *   web                   Get "https://pay:8443/": x509: certificate has expired … is after 2025-01-06T09:00:00Z
 */

import { defineDetector } from '#detect/detector.ts';
import { type BadCertificate, badCertificates } from '#detect/signs/cluster/bad-certificates.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { instantText, seenTime, shortened } from '#model/platform/platform-pods.ts';
import { counted } from '#model/text/count-text.ts';
import { inWords } from '#model/text/in-words.ts';

export const certificateExpired = defineDetector({
  id: 'certificate-expired',
  title: 'Certificate has expired',
  why: 'Nothing changed and nobody deployed, and from one second to the next every new connection fails.',
  runbook: 'runbooks/certificate-expired.md',
  clear: 'no certificate of the lists has expired, and no line or event says so',
  silent: [
    'It does not read certificates, which lie in Secrets. It reads cert-manager’s Certificate objects, and what log lines and events report.',
    'A certificate that expires soon is no finding, and one that is being issued gets ten minutes.',
    'A certificate that is not valid yet points to a clock, not to an expiry.',
    'The certificate of a registry is reported as an image pull failure.',
  ],
  role: 'mechanism',
  field: 'security',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'always',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests', 'logs'],
  thresholds: {
    minLines: {
      default: 3,
      min: 1,
      unit: 'lines',
      means: 'Log lines that report an expired certificate, where no object shows it',
      why: 'One client with a wrong clock, or one old test, writes single lines.',
    },
    minMinutes: {
      default: 10,
      min: 0,
      unit: 'minutes',
      means: 'How long a certificate that never was issued has been waiting',
      why: 'A DNS challenge of Let’s Encrypt takes some minutes, because DNS answers are cached.',
    },
  },

  detect(evidence, { minLines, minMinutes }) {
    return badCertificates(evidence, { minLines, minMinutes }, seenTime(evidence)).map(sightingOf);
  },

  say({ name, host, cause, since, words, count, secret }) {
    const whose = name === '' ? (host === '' ? 'a server that it calls' : host) : `${name}`;
    const is = cause === 'expired' ? `has expired${since === '' ? '' : ` at ${since}`}` : 'was never issued';
    const lines = Number(count) === 0 ? '' : ` ${counted(Number(count), 'log line')} and events report it.`;
    return {
      title: `The certificate of ${whose} ${is}`,
      headline: {
        what: `Connections to ${inWords(String(whose))} fail`,
        why: `its certificate ${cause === 'expired' ? 'has expired' : 'was never issued'}`,
      },
      explanation: `Clients that verify it refuse the connection.${lines}${words === '' ? '' : ` The message: “${words}”.`}`,
      remedy: `Renew the certificate of ${whose}${secret === '' ? '' : ` (cmctl renew ${name} writes the Secret ${secret})`}, then restart whatever read the old one only at its start. Find out why the renewal did not happen: the issuer, the challenge, its quota.`,
      check:
        'The server presents a certificate that is valid now (openssl s_client -connect …), and the clock of the client is right.',
    };
  },
});

function sightingOf({
  service,
  name,
  namespace,
  host,
  cause,
  secret,
  sinceUs,
  words,
  count,
  evidence,
}: BadCertificate): Sighting {
  return {
    service,
    facts: {
      name,
      namespace,
      host,
      cause,
      secret,
      words: shortened(words),
      count,
      since: instantText(sinceUs),
      ...(Number.isFinite(sinceUs) && { sinceUs }),
    },
    evidence,
  };
}
