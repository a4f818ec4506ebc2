/** Words for a connection that ended before a request was sent, because of the certificate that a host presented. */
import { signList } from '#model/instruments/sign-list.ts';

/** A message, an exception, an event or a line: it has expired. */
export const CERTIFICATE_EXPIRED = signList(/expired|check failed|NotTimeValid|alert number 45/i, [
  {
    by: 'Go, OpenSSL (Python, Ruby, curl, PHP), browsers',
    says: /certificate (?:has |is |was )?expired|expired certificate/i,
    example: 'certificate verify failed: certificate has expired (_ssl.c:1006)',
    source: 'https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/',
  },
  {
    by: 'Node.js, Windows',
    says: /CERT_(?:HAS_)?EXPIRED/i,
    example: 'CERT_HAS_EXPIRED',
    source: 'https://nodejs.org/api/tls.html#x509-certificate-error-codes',
  },
  {
    by: 'Java, Android',
    says: /CertificateExpiredException|(?:validity|timestamp) check failed/i,
    example: 'PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed',
    source:
      'https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/security/cert/CertificateExpiredException.html',
  },
  {
    by: '.NET',
    says: /\bNotTimeValid\b/i,
    example: 'The remote certificate is invalid because of errors in the certificate chain: NotTimeValid',
    source: 'https://learn.microsoft.com/dotnet/api/system.security.cryptography.x509certificates.x509chainstatusflags',
  },
  {
    by: 'rustls',
    says: /CertExpired|invalid peer certificate: Expired/i,
    example: 'invalid peer certificate: Expired',
    source: 'https://docs.rs/rustls/latest/rustls/enum.CertificateError.html',
  },
  {
    by: 'TLS, GnuTLS, NSS',
    says: /certificate_expired|EXPIRED_CERTIFICATE|SSL alert number 45\b/i,
    example: 'SSL_ERROR_EXPIRED_CERTIFICATE_ALERT',
    source: 'https://www.rfc-editor.org/rfc/rfc8446#section-6.2',
  },
]);

/** The same: it was issued for other names. */
export const CERTIFICATE_OF_OTHERS = signList(
  /altname|alternative|subject|match|verified|valid for|NameMismatch|NotValidForName|SANs/i,
  [
    {
      by: 'Go',
      says: /\bcertificate is (?:valid for .{1,300}, not |not valid for any names)|\bdoesn't contain any (?:IP )?SANs\b/i,
      example: 'x509: certificate is valid for shop.example, www.shop.example, not stock.shop.example',
      source: 'https://pkg.go.dev/crypto/x509#HostnameError',
    },
    {
      by: 'Node.js',
      says: /\bERR_TLS_CERT_ALTNAME_INVALID\b|\bdoes not match certificate's altnames\b/i,
      example: "Hostname/IP does not match certificate's altnames: Host: stock.example. is not in the cert's altnames",
      source: 'https://nodejs.org/api/errors.html#err_tls_cert_altname_invalid',
    },
    {
      by: 'Java, Apache HttpClient, OkHttp',
      says: /\bno (?:subject alternative (?:DNS )?names?|name) matching\b|\bdoesn't match any of the subject alternative names\b|\bhostname \S{1,253} not verified\b/i,
      example: 'java.security.cert.CertificateException: No subject alternative DNS name matching stock.example found.',
      source:
        'https://docs.oracle.com/en/java/javase/21/security/java-secure-socket-extension-jsse-reference-guide.html',
    },
    {
      by: 'OpenSSL, Python',
      says: /\bhostname mismatch\b|\bcertificate is not valid for '/i,
      example: "certificate verify failed: Hostname mismatch, certificate is not valid for 'stock.example'.",
      source: 'https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/',
    },
    {
      by: 'curl',
      says: /\bno alternative certificate subject name matches\b/i,
      example: "SSL: no alternative certificate subject name matches target host name 'stock.example'",
      source: 'https://curl.se/libcurl/c/libcurl-errors.html',
    },
    {
      by: '.NET',
      says: /\bRemoteCertificateNameMismatch\b/i,
      example: 'The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch',
      source: 'https://learn.microsoft.com/dotnet/api/system.net.security.sslpolicyerrors',
    },
    {
      by: 'rustls',
      says: /\bNotValidForName\b|\bcertificate not valid for name\b/i,
      example: 'invalid peer certificate: NotValidForName',
      source: 'https://docs.rs/rustls/latest/rustls/enum.CertificateError.html',
    },
  ],
);

/**
 * The clock of one end is wrong: a certificate that is too new is seldom at fault. Go has one sentence for a certificate
 * that is too old or too new, and tells which by the time behind it.
 */
export const NOT_YET_VALID =
  /current time \S{1,40} is before|(?<!expired or is )not yet valid|\bNotBefore\b|CertificateNotYetValid|\bNotValidYet\b/i;

/**
 * The peer refused the certificate of the process that writes the message, with an alert of TLS: Go, OpenSSL, Java.
 * https://www.rfc-editor.org/rfc/rfc8446#section-6.2
 */
export const OWN_CERTIFICATE_REFUSED =
  /\bremote error: tls: |\balert (?:bad certificate|certificate (?:expired|revoked|unknown|required)|unknown ca)\b|\balert number (?:4[2-68]|116)\b|\breceived fatal alert: (?:bad_certificate|certificate_\w{1,20}|unknown_ca)\b/i;
