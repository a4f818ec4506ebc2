/** Secrets in traces of calls, sessions, settings and messages of one login. Secrets stand between ⟦ and ⟧. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const MARK = /\[redacted:[\w-]+\]/g;

test.each([
  'Session id ⟦5dkycjua4tbaxrvdkt32chv0ikarbwyvfpi6⟧ swapped for new id ⟦fchicm03lnlzfhcvgfpnb21nozkr5h785h4f⟧',
  "SimpleLDAPObject.simple_bind\n(('uid=grafana,ou=svc', '⟦BW7F#OHTGvc4⟧', None, None), {})",
  'Calling LDAP function ldap_bind with parameters","args":"[\\"uid=tkoch,ou=people\\",\\"⟦b0#?Zsf+lG8R⟧\\"]"',
  "Driver->connect(Array, 'acme000', '⟦uvTFbKRk.eo5⟧', Array), referer: http://x.test",
  '{amqp_params_network,<<"fed_user">>,\n      <<"⟦PlXhIvQusHc5z3HYA⟧">>,<<"/">>,',
  'SERVER -> CLIENT: 334 UGFzc3dvcmQ6\nCLIENT -> SERVER: ⟦SmotTTE3TV83amQqSmg=⟧\nSERVER -> CLIENT: 535 no',
  'Got otp value  otp_value=⟦582264⟧ organization_id=o_3391',
  'SNMP Packet sanity verified\nParsed community ⟦bM7ZJlB2TLQq⟧',
  'APP_KEY\t"⟦base64:IWs4kfYrgdUpeLqJr0tLIyLcvNrhaq9QBtV4w+G2NqI=⟧"',
  '<transactionKey>⟦RTgCHQuOuwdvRUia⟧</transactionKey><cardCode>⟦666⟧</cardCode>',
  'rejected {"provider":"azure","code":"⟦0.AXoJJfseKkSrV7kcDeChsWDCWPgG5yn5xTN8wNU6A2ZB7YNeU9dbVpIX1⟧"}',
  'Started PUT "/profile/change_password/⟦0vzy89n1yy0y0h1vfcwagftsoe⟧" for 10.0.0.6',
  '$ cat config/master.key\n⟦5b5826abaa619f9f06d36c12c1c42ace⟧',
  'ses_smtp_password_v4 = "⟦07JtKMMl+2hcghBRktz6tMYtTagBaUAsqQyBh0Q0LSEC⟧"',
  'chpasswd:\n  list: |\n    root:⟦7Q4pZgwjgOa3VRk⟧\nssh_pwauth: true',
  '$ kubectl -n argocd get secret x -o jsonpath="{.data.password}"\n⟦Y3FWTi5pRWsyLjZvR2c=⟧',
  '"ghcr.io":{"auth":"⟦bnZrLWNpOnVQcTNzYWVNTmJLUUhh⟧"}',
  'Your emergency scratch codes are:\n  ⟦12824263\n  24441285\n  32736274⟧\nDo you want',
  'The card, security code ⟦662⟧. Please try again.',
  '"cookies": {"sessionid": "⟦vqcnlnv24usgnbvzf8ut4awi8o3borhv⟧"}, "method": "POST"',
  'never mind, the code is ⟦481 902⟧, it expires in 30 seconds',
  "le code de vérification reçu par SMS c'est ⟦730415⟧, dépêche-toi",
  'use the Google app password "⟦icqe erll ekhj gjym⟧" with it',
  "⟦552870⟧ is your Norrvik one-time password. Don't share it.",
  'Your code is ⟦974113⟧.\n\n@login.norrvik.test #⟦974113⟧',
  'dnpass = ⟦7wBQBvmPp-wBZ+_L⟧\nalarm_code: "⟦4927⟧"',
  'DATA_SOURCE_NAME=exporter:⟦cRFo0JOPtf8H4qMSb⟧@(db-a.lan:3306)/ GOGC=50',
  'environment=UNBUFFERED="1",QUEUE_KEY="⟦VIWVrr3xqcvcVES5DiRTci99QX71vTp9oPD6AR4f⟧",A="b"',
  'setPassword("⟦Quiet9Lagoon⟧"), const apiKey: string = "⟦Quiet9Lagoon⟧";',
  "EXEC sp_addlogin 'jo', '⟦Quiet9Lagoon⟧'",
])('%j', (marked) => {
  const clean = redact(marked.replace(/[⟦⟧]/g, ''));
  expect(clean.replace(MARK, '⟦⟧')).toBe(marked.replace(/⟦[^⟧]*⟧/g, '⟦⟧'));
  expect(redact(clean)).toBe(clean);
});

test.each([
  '"node_modules/jsonwebtoken": {\n  "integrity": "sha512-/6xTWRfldX/ojFCXcYhRA9qWbT+rCv2iApkqElbSHmdQVPx98SCoKtauYMFkemaNkcGwcJnKGIHa+W3N8LIRDw=="\n}',
  '"client_token":"hmac-sha256:3f4c7cb842be23d56ea1a872e21e7f8b6125f82c6f7a50f6d9bb6d9835625cef"',
  '--repo=https://x-token-auth:REDACTED@bitbucket.org/example/repo.git',
  'expected NOPASSWD: /bin/systemctl restart api',
  'STRIPE_SECRET_KEY=sk_test_...',
  'LoadCredential=db-password:/etc/credstore/db-password',
  'URL: PUT http://vault:8200/v1/transit/encrypt/card Code: 503. Errors: * Vault is sealed',
  'Killed process 2817 (unlock) total-vm:2413532kB, anon-rss:1046712kB, root:WorkerPool2a',
  'within the time | 3 or more | Fail2ban locks after 5 logins',
  'the login PR Arvo-AI/aurora#550 and Idempotency-Key: 9aKdLmQpZxTyVbNw82aaPp',
  'reset_password_v2=off rotate_api_keys_v2=off CACHE_KEY=orders-2024-01-01',
])('%j has no secret', (text) => {
  expect(redact(text)).toBe(text);
});
