/**
 * A certificate that a change makes older, where the failure says that one has expired: its end is earlier than before, or an
 * old key store is back.
 *
 *   -  notAfter=2027-02-28         certificate has expired or is not yet valid
 *   +  notAfter=2026-02-28         ◄── the new one ends before the old one
 */
import type { Touched } from '#model/changes/said/values.ts';
import { CERTIFICATE_EXPIRED } from '#model/instruments/certificate-words.ts';

/** How tools write the end of a certificate: OpenSSL, keytool, certbot, cert-manager, Vault, Kubernetes, Let's Encrypt. */
const ENDS =
  /\b(?:not[_ -]?after|valid[_ -]?(?:until|to|till)|expir(?:y|es|ation|ing)\w{0,12}(?:[_ -]?(?:date|time|at|on))?|until|ends?)\b\W{0,6}(\d{4}-\d\d-\d\d|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6} {1,2}\d{1,2}(?: [\d:]{5,8})?,? \d{4})/gi;
const OF_CERTIFICATES =
  /\b(?:certs?|certificates?|key[_ -]?stores?|trust[_ -]?stores?|full_?chain|tls|ssl|x509|acme|letsencrypt|not[_ -]?after)\b|\.(?:pem|crt|cer|der|p12|pfx|jks)\b/i;
/** Somebody brings back what was there before. */
const BRINGS_BACK =
  /\b(?:restor|revert|roll)\w{0,4}\b.{0,40}\b(?:back|key[_ -]?stores?|certs?|certificates?|backups?|old|previous)\b|\b(?:old|previous|former|backed[- ]up) (?:\w{1,20} ){0,2}(?:key[_ -]?stores?|certs?|certificates?|pem|chain)\b/i;
/** What renews it is switched off or gone: cert-manager, certbot, ACME clients, Vault's agent, AWS. */
const RENEWS =
  /\bcert-manager\.io\b|\bcertbot\b|\bacme\b|\blego\b|\brenew\w{0,12}\b|\brotat(?:e|ion)\w{0,10}[-_ ]?cert\w{0,10}|\bkind: ?Certificate\b/gi;

/** Empty where no certificate has expired, or where the change makes none older. */
export function certificateAged({ added, removed, all }: Touched, failure: string): string {
  if (!CERTIFICATE_EXPIRED.test(failure) || !OF_CERTIFICATES.test(all)) return '';
  const [before, now] = [endOf(removed), endOf(added)];
  if (now !== '' && (before === '' ? failure.includes(now) : now < before))
    return `it brings a certificate that ends on ${now}`;
  if (now !== '' && before !== '') return '';
  if (BRINGS_BACK.test(all)) return 'it brings an older certificate back';
  const renews = (text: string) => text.match(RENEWS)?.length ?? 0;
  return renews(removed) > renews(added) ? 'it removes what renews the certificate' : '';
}

/** `2027-02-28`; empty where no end is written. */
function endOf(text: string): string {
  const [, date = ''] = [...text.matchAll(ENDS)][0] ?? [];
  const [, month = '', day = '', year = ''] = WRITTEN_OUT.exec(date.toLowerCase()) ?? [];
  if (month === '') return date;
  return `${year}-${String(MONTHS.indexOf(month) + 1).padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** OpenSSL writes `Feb 28 23:59:59 2027 GMT`. */
const WRITTEN_OUT = /^([a-z]{3})[a-z]{0,6} {1,2}(\d{1,2})\b.{0,10}?\b(\d{4})$/;
const MONTHS: readonly string[] = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
