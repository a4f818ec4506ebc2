/** Secrets of protocols, of single services and of second factors. What must vanish stands between ⟦ and ⟧. */
import { describe, expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const HEX = '8341a225a50f5af32c5b0f83e5d921b3';

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  'a community': [
    'No response from remote host "10.9.0.2", community: ⟦larch8680Kiwi⟧, snmpkey 1.3.6.1.2.1.2.2.1.8',
    'source=snmp msg="Parsed community ⟦larch492Kiwi⟧" version=2c',
    'check_snmp -H 10.9.0.4 -C ⟦larch9193Kiwi⟧ -o .1.3.6.1.2.1.1.3.0',
    'Icinga: snmp community "⟦lar-rw-77xk⟧" on sw-12',
    'check_snmp -H 10.9.0.4 -C public -o .1.3.6; bgp community 65000:120; community: forum',
  ],
  'a seed or a code of a second factor': [
    "Can't scan? Enter this key: ⟦JBSW RZGP GO4N ICMK VZNO 2F5L⟧ in Authenticator",
    'oathtool --totp -b ⟦WNHOPCDOZGGA3WBY3EJCD4E5GLDC5F2G⟧ # for vpn',
    'Votre code de vérification : G-⟦829164⟧ (expire dans 5 min)',
    'MFA backup code used: ⟦8842-1907⟧ by jo',
    'google_authenticator file: ⟦N4CD25CB7RGVKFCQ3XQPCUMWVD⟧\n" RATE_LIMIT 3 30\n" TOTP_AUTH\n⟦48120933\n71550284⟧\n',
    'Created sign-in token: { accountId: "8", code: "⟦FMA5KG⟧" }',
    'Enter this key: FIRST LINE',
  ],
  'an argument of a command': [
    'get_config.py -a 10.3.0.8 -w ⟦R0bvjr0m2RdboGfblvK⟧ -l shared -u ops -p 443',
    `conjur login -i host/web -p ⟦44i746n825syic9kyxk2zlha⟧`,
    'zerotier-cli -T⟦i8yn140qvvqqtlq0ay3jeksc⟧ listnetworks',
    'echo ⟦m2W3lgDklq8YImnNBwU⟧ | p4 -p ssl:p4.test:1666 -u build login',
    'docker run -p 8080:80 -w /app -u 1000 img',
  ],
  'a step of a script': [
    'vsftpd: Client "10.8.8.8", "PASS ⟦Larch#4⟧"',
    String.raw`expect: send -- "⟦Larch.kiwi⟧\r" after "Password:"`,
    'step 2 sendKeys("#pass","⟦Larch.kiwi⟧")',
    "Calling 'daemon.login' with args:('localclient', '⟦418c7d50e417d9b1⟧')",
    'step 1 sendKeys("#user","jo")',
  ],
  'a setting and its value in a line': [
    '<match **>\n  @type splunk_hec\n  hec_token ⟦6106b436-1a3b-4230-a83c-533f7c1d9d4e⟧\n</match>',
    '  aws_sec_key ⟦ORLMnmuoE0yNX+/dMixOc7ByNEDAsftltgrBIPEC⟧\n',
    'npmAuthIdent: "⟦Y2k6bGFyY2g3N2tpd2k⟧"',
    '_timezone=Berlin; _session_id=⟦4f69d603087c80cf792d28eae19cd58d⟧',
    'webhook secret used: "⟦Larch.kiwi-4⟧"',
    '  next_token none\n',
  ],
  'a hash of a password': [
    'users=ops:$⟦$apr1$$UuSc2COl$$qrCzpD38aNdZQBlElMniOP⟧',
    'id,login\n118,$⟦argon2id$v=19$m=65536,t=3,p=4$pAkcIW_Qk_seRqW1qnnIhy$zQrBqWlyBI0xyLoYR0FG4fn6BHTAEdFrqhaH5Y5t_PB⟧',
  ],
  'an answer of a store': [
    'got {"id":"https://kv.vault.azure.net/secrets/orders","attributes":{"enabled":true},"value":"⟦larch-kiwi⟧"}',
    'got {"name":"projects/8/secrets/orders/versions/3","payload":{"data":"⟦bGFyY2hraXdp⟧","dataCrc32c":"3120441887"}}',
    `| access | f64ba897 |\n| secret     | ⟦${HEX}⟧ |`,
    'got {"id":"https://shop.test/items/orders","value":"larch-kiwi"}',
  ],
  'what a failed login tried': [
    'username or password invalid (nzbget:⟦Larch.kiwi17⟧)',
    'Cannot connect to CUBRID:db-2.test:33000:billing:dba:⟦Larch_kiwi23⟧: errno -21003',
  ],
  'a key beside another': [
    'body: token=⟦3nyyv3161fvh53g2csqcuqmf3zzixw⟧&user=⟦5n19sowwgs906ee6ivi55fxa18m2sc⟧&message=full',
    '{"key":"⟦re_qM8iEyBy_rUwNucJCzE3JCGz1UjwHvUWp⟧","status":422}',
  ],
  'what somebody says': [
    'I reset it to `⟦Copper_Kettle81⟧` so you can log into grafana',
    'wifi at the cage: password ⟦cage-88-visitor⟧',
    'unlock code for the account = ⟦Larch7-Kiwi⟧',
    'I reset it to `v1.2.3` so you can log into grafana',
  ],
};

describe.each(Object.entries(TEXTS))('%s vanishes', (_, texts) => {
  test.each(texts)('%j', (marked) => {
    const secrets = Array.from(marked.matchAll(/⟦([^⟧]*)⟧/g), ([, secret = '']) => secret);
    const text = marked.replaceAll(/[⟦⟧]/g, '');
    const clean = redact(text);
    expect(secrets.filter((secret) => clean.includes(secret))).toEqual([]);
    if (secrets.length === 0) expect(clean).toBe(text);
    expect(redact(clean)).toBe(clean);
  });
});
