/** What stands beside a secret stays: users, hosts, places, times. Secrets stand between ⟦ and ⟧. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  'users of addresses': [
    'could not connect: postgresql://app_rw:⟦Kettle.River14!⟧@pg-0.db.svc:5432/orders?sslmode=require',
    'open billing:⟦uPAh&TKbn3he61⟧@tcp(mysql.prod:3306)/invoices?parseTime=true: connection refused',
    'jdbc:oracle:thin:SCOTT/⟦luUJ-CoEuRdY36⟧@//ora-scan.acme:1521/ORCLPDB1 -> ORA-12514',
    'curl -sS -u jenkins:⟦680f3b8194f9e6bbff9a43cb02bcc06b3e⟧ https://ci.example.org/job/deploy',
    'redis://:⟦Kettle.River14!⟧@cache:6379',
    'git clone https://x-access-token:⟦ghs_MnyILA98MzEdxuVdZ7JzXB51Dd6Vc52oWmTc⟧@github.com/acme/charts.git',
    "echo 'deploy:⟦Kettle.River14!⟧' | chpasswd",
  ],
  'a key in the place of the user': [
    'https://⟦8f1d2b3c4d5e6f708192a3b4c5d6e7f8:x⟧@api.example.org/v2/tickets',
    'https://⟦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:x-oauth-basic⟧@github.com/acme/charts.git',
  ],
  'a user that is an address of mail': ['smtp://⟦jo@example.org⟧:⟦Kettle14x⟧@mail:587'],
  'parameters of an Authorization header': [
    'Authorization: Digest username="cam", realm="axis", nonce="⟦dcd98b7102dd⟧", uri="/jpg", response="⟦070d20d96315dde2c79c5c0d07983144⟧", qop=auth',
    'Authorization: Hawk id="partner-7", ts="1764320211", nonce="⟦542oSL⟧", mac="⟦Wj2ICM15WShWlqXn6Ikj1oZANEK4f2+DBSdrwYKGanQ=⟧", ext="orders"',
    'Authorization: OAuth oauth_consumer_key="⟦QE9NamHLLGFJQbcAiotUJml7b⟧", oauth_signature_method="HMAC-SHA1", oauth_signature="⟦deRTCnwELn8upSnR38dNNUcxad%3D⟧", oauth_timestamp="1764320000"',
    'Authorization: SharedAccessSignature sr=bus.example.net&sig=⟦jCdih8VbQ151E1xF8CwrfZeiwFteyJNsqF1ULvhl3Q%3d⟧&se=1764399999&skn=RootSend',
    'Authorization: AWS4-HMAC-SHA256 Credential=⟦AKIAGXLYQOCWUP4ZRBRK⟧/20261128/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=⟦eb698584835405ebb40246fb65713a8e7c1736424b889c507cc08908dc574bc4⟧',
    'Authorization: EG1-HMAC-SHA256 client_token=⟦akab-acc35t0k3nodujqunph3w7hz-gtm6ij⟧;timestamp=20260106T10:00:00+0000;nonce=⟦8a1bd2d8⟧;signature=⟦tL+y4hxyHxgWVD30X3pWnGKHcPzmrIF+LThiAOhMxYU=⟧',
  ],
  'cookies that log nobody in': [
    'Cookie: lang=de-DE; theme=dark; JSESSIONID=⟦ACB277AE866440749104AE8ADB239A20⟧; route=node-3',
    'cookie: _ga=GA1.2.11223344.1764000000; sid=⟦abc⟧',
    'Set-Cookie: theme=dark; Path=/; Max-Age=31536000; SameSite=Lax',
    'Set-Cookie: id=⟦a3fWa⟧; Expires=Thu, 21 Oct 2027 07:28:00 GMT; Secure',
    'Cookie: lang=⟦8Fk2mQz7Xw4Lp9Rt3Vb6⟧',
    'Cookie: ⟦8Fk2mQz7Xw4Lp9Rt3Vb6⟧',
  ],
  'a file of users': ['/etc/nginx/.htpasswd:monitor:$apr1⟦$RtO3Azsr$/nQfXwC3HNQI8Q2W8q0/AJ⟧'],
};

const MARK = /\[redacted:[^\]]*\]/g;

test.each(Object.entries(TEXTS))('%s', (_, texts) => {
  for (const marked of texts) {
    const clean = redact(marked.replace(/[⟦⟧]/g, ''));
    expect(clean.replace(MARK, '⟦⟧')).toBe(marked.replace(/⟦[^⟧]*⟧/g, '⟦⟧'));
    expect(redact(clean)).toBe(clean);
  }
});
