/**
 * Keys in the configuration of network devices: RADIUS, TACACS, SNMP, IKE, routing protocols, accounts. The words of a command
 * say what its last word is, so a plain word counts where the command is the whole line. In a sentence only a quoted value or
 * one with a digit or a sign counts. What stands before a value stays, as in `placed.ts`.
 */
import { type Form, form, secret } from '#model/redaction/form.ts';
import { LINE_END, NO_PLACEHOLDER, QUOTE } from '#model/redaction/pattern-parts.ts';

/** What a sentence or a message says about a key. */
const STATE = String.raw`(?!(?:is|are|was|were|has|have|not|no|and|or|for|to|on|of|in|from|with|by|at|does|did|must|should|cannot|can|will|mismatch\w{0,4}|missing|expire[sd]|expiring|expiry|invalid|wrong|incorrect|changed?|changes|updated?|rotated|rotation|removed|deleted|rejected|accepted|required|needed|empty|unset|set|unknown|differs?|match(?:es)?|configured|fail(?:ed|s|ure)|errors?|ok|policy|reset|length|files?|chain|encrypted|encryption|disabled|enabled|prompt|strength|complexity|recovery|hash|none|yes|true|false|null|rules?|level|type|correctly|again)(?![\w-]))`;
const WORD = String.raw`${NO_PLACEHOLDER}${STATE}[^\s"'\x60<>|;&()]{2,128}`;
/** A digit or a sign in it: no word of a sentence. */
const CHOSEN = String.raw`(?=[^\s"']{0,100}[\d!@#$%^&*_=+])${NO_PLACEHOLDER}${STATE}[^\s"'\x60<>|;&()]{3,128}(?=[\s"'\x60;,)]|$)`;
const IN_QUOTES = String.raw`(?<=["'])${NO_PLACEHOLDER}${STATE}[^"'\r\n\v\\]{2,200}(?=\\{0,15}["'])`;
const MAYBE_QUOTE = `(?:${QUOTE})?`;
/** The beginning of a line, also behind the prompt of a device. */
const LINE = String.raw`(?<=(?:^|[\n\v]|[\w)\]][#>])[ \t]{0,16})`;
/** The same, and the first words of a command that has some. */
const LINE_OF_COMMAND = String.raw`(?<=(?:^|[\n\v]|[\w)\]][#>])[ \t]{0,16}(?:(?:no|ppp|configure|security|tunneled-node-server|crypto|ip|ipv6)(?: [\w./:-]{1,40}){0,8} )?)`;
/** How the value is written: Cisco's types, Huawei's and Juniper's words. */
const WRITTEN = String.raw`(?:(?:\d|encrypted|ascii-text|hexadecimal|cipher|irreversible-cipher|simple|plain|plaintext|ciphertext|hex|ascii) ){0,2}`;
const NAME = String.raw`(?:"[^"\r\n\v]{1,64}"|[^\s"']{1,64})`;
/** Earlier lines of the same block, which stand deeper than its head. */
const BLOCK = String.raw`(?:[^\r\n\v]{0,120}\r?[\n\v][ \t]{1,8}(?=\S)){1,5}`;
/** A step of a path of settings: no word of a sentence. */
const STEP = String.raw`(?!(?:the|a|an|your|my|new|this|that|its|their|our|up|for|to|of|all|every|each)(?![\w-]))(?:"[^"\r\n\v]{1,64}"|[\w.:/+*@-]{1,64}) `;

/** A command that ends with its key; `tail` is a pattern of what may follow. */
function command(beginnings: readonly string[], head: string, tail = ''): readonly Form[] {
  const end = tail === '' ? LINE_END : String.raw`(?=[ \t]{1,8}(?:${tail})(?![\w-])|[ \t]{0,8}(?:[\r\n\v]|$))`;
  return [
    secret(beginnings, `(?:${head})${WRITTEN}${MAYBE_QUOTE}`, `(?:${IN_QUOTES}|${CHOSEN})`),
    secret(beginnings, `${LINE_OF_COMMAND}(?:${head})${WRITTEN}`, WORD + end),
  ];
}

/** A command inside of a block, which an earlier line names. */
function inBlock(beginnings: readonly string[], block: string, head: string): Form {
  return secret(
    beginnings,
    `(?<=(?:${block})${BLOCK})(?:${head})${WRITTEN}${MAYBE_QUOTE}`,
    `(?:${IN_QUOTES}|${WORD}${LINE_END})`,
  );
}

const CISCO: readonly Form[] = [
  // cisco.com, "Security Command Reference"; arubanetworking.hpe.com/techdocs, "RADIUS": a host and its ports may stand between
  ...command(
    ['radius-server ', 'tacacs-server ', 'server-private '],
    String.raw`(?:radius|tacacs)-server (?:host ${NAME} (?:[a-z-]{3,18}(?: \d{1,5})? ){0,5})?key |server-private [\w.:-]{3,64} (?:[a-z-]{3,18}(?: \d{1,5})? ){0,5}key `,
  ),
  // cisco.com, "Key chain management": EIGRP, OSPF, RIP and IS-IS share it
  ...command(['key-string '], 'key-string '),
  ...command(
    ['isis password ', 'area-password ', 'domain-password ', 'vtp password ', 'l2tp tunnel password '],
    'isis password |area-password |domain-password |vtp password |l2tp tunnel password ',
    'level-[12]|authenticate',
  ),
  ...command(
    ['standby ', 'ip rip ', 'ip msdp ', 'mpls ldp ', 'bfd '],
    String.raw`standby (?:\d{1,4} )?authentication (?:text )?(?!md5 )|ip rip authentication string |ip msdp password peer [\w.:-]{3,64} |mpls ldp neighbor [\w.:-]{3,64} password |bfd [^\r\n\v]{3,80}? key `,
  ),
  ...command(
    ['ntp authentication-key '],
    String.raw`ntp authentication-key \d{1,5} (?:md5|sha\d{0,3}|cmac-aes-128|hmac-sha2?-\d{3}) `,
    'trusted',
  ),
  ...command(
    ['enable secret ', 'enable password ', 'username '],
    String.raw`enable (?:secret|password) (?:level \d{1,2} )?|username ${NAME} (?:privilege \d{1,2} )?(?:algorithm-type \w{3,8} )?(?:password|secret) `,
    'encrypted|pbkdf2|level|role|privilege|mschap',
  ),
  ...command(
    ['chap password ', 'pap sent-username ', 'ldap-login-password ', 'wpa-passphrase '],
    `chap password |pap sent-username ${NAME} password |ldap-login-password |wpa-passphrase `,
  ),
  // cisco.com, "IKEv2 keyring"; docs.strongswan.org; huawei.com, "ike peer"
  ...command(
    ['pre-shared-key ', 'ikev1 pre-shared-key ', 'ikev2 local-', 'ikev2 remote-'],
    `(?:ikev[12] (?:(?:local|remote)-authentication )?)?pre-shared-key (?:(?:local|remote) )?(?!address |hostname )`,
  ),
  secret(
    ['neighbor '],
    String.raw`neighbor (?:[\da-fA-F.:]{3,45}|[A-Z][\w-]{1,40}) password (?:\d )?`,
    String.raw`(?!\[|\d )${STATE}\S{1,200}`,
  ),
  // RFC 3584: a community is what SNMP checks
  ...command(
    ['snmp-server community ', 'snmp-server host '],
    String.raw`snmp-server (?:community |host (?:[a-z]\w{0,20} )?[\d.:a-fA-F]{3,45} (?:(?:traps?|informs?) )?(?:(?:version (?:1|2c?|3 (?:no)?auth|3 priv)|community) ){1,2})`,
    String.raw`RO|RW|ro|rw|view|group|use-acl|unrestricted|restricted|operator|manager|version|udp-port|\d{1,5}`,
  ),
  inBlock(['key '], 'aaa-server |radius |tacacs |authentication-server radius', 'key '),
  inBlock(['password '], 'line (?:vty|con|aux|console|tty) |dot1x credentials ', 'password '),
];

const PATHS = [
  ...['secret ', 'key ', 'password ', 'passphrase ', 'psksecret ', 'psksecret-remote ', 'plain-text-password-value '],
  ...[
    'plaintext-password ',
    'authentication-key ',
    'simple-password ',
    'privacy-password ',
    'authentication-password ',
  ],
  ...['pre-shared-secret ', 'community ', 'snmp-community-string ', 'md5-key ', 'auth-pwd ', 'priv-pwd ', 'value '],
];
const PATH_WORD = String.raw`(?:secret|(?<=(?:authentication|pre-shared-key|radius-server|md5|tacplus-server|tacacs-server)[^\r\n\v]{0,60} )key|password|passphrase|psksecret(?:-remote)?|plain-?text-password(?:-value)?|authentication-key|simple-password|privacy-password|authentication-password|pre-shared-secret|(?<=snmp )community|snmp-community-string|md5-key|auth-pwd|priv-pwd|(?<=authentication-key \d{1,5} type \w{3,8} )value)`;

const PATHS_OF_SETTINGS: readonly Form[] = [
  // juniper.net/documentation, docs.vyos.io, docs.paloaltonetworks.com: a path of settings, its last step is the value
  secret(
    PATHS,
    String.raw`(?<=${LINE}set (?:${STEP}){1,12})${PATH_WORD} (?:\d{1,3} )?${WRITTEN}${MAYBE_QUOTE}`,
    String.raw`(?:${IN_QUOTES}|${WORD}(?=[ \t]{1,8}(?:authorization|role|service|clients?)(?![\w-])|[ \t]{0,8}(?:[\r\n\v]|$)))`,
  ),
  // docs.fortinet.com, "CLI Reference": a line between others of the same form
  secret(
    [...PATHS, 'passwd ', 'secondary-secret ', 'auth-password '],
    String.raw`(?<=(?:^|[\n\v])[ \t]{0,16}(?:set|edit|config|next|unset)(?![\w-])[^\r\n\v]{0,160}\r?[\n\v][ \t]{0,16}set )(?:(?:secondary-)?secret|passwd|password|passphrase|psksecret(?:-remote)?|authentication-key|md5-key|auth-p(?:wd|assword)|priv-pwd|key) (?:\d{1,3} )?${WRITTEN}${MAYBE_QUOTE}`,
    `(?:${IN_QUOTES}|${WORD}${LINE_END})`,
  ),
  secret(
    ['psksecret-remote ', 'psksecret ', 'passphrase ', 'auth-pwd ', 'priv-pwd '],
    `(?<=${LINE}set )(?:psksecret(?:-remote)?|passphrase|auth-pwd|priv-pwd) ${MAYBE_QUOTE}`,
    `(?:${IN_QUOTES}|${WORD}${LINE_END})`,
  ),
  secret(
    ['name '],
    String.raw`(?<=config system snmp community\r?[\n\v][ \t]{1,8}${BLOCK}set )name ${MAYBE_QUOTE}`,
    `(?:${IN_QUOTES}|${WORD}${LINE_END})`,
  ),
  // help.mikrotik.com, "SNMP": the name of a community is what SNMP checks
  secret(
    ['name='],
    String.raw`(?<=\/snmp community (?:set|add) [^\r\n\v]{0,100})name=${MAYBE_QUOTE}`,
    `(?:${IN_QUOTES}|${NO_PLACEHOLDER}[^\\s"']{2,64})`,
  ),
];

const FURTHER: readonly Form[] = [
  // support.huawei.com, "Command Reference": a word says how the value is written
  secret(
    ['cipher ', 'irreversible-cipher ', 'simple ', 'plain '],
    String.raw`(?<=(?:shared-key|password|pass-phrase|community (?:read|write)|authentication-mode [\w-]{3,12}(?: \d{1,5})?|pre-shared-key|securityname|level \d{1,2}) )(?:irreversible-cipher|cipher|simple|plain) ${MAYBE_QUOTE}`,
    `(?:${IN_QUOTES}|${WORD}(?=[ \\t]{1,8}(?:v[123]c?|aes|tkip|acl|privilege)(?![\\w-])|[ \\t]{0,8}(?:[\\r\\n\\v]|$)))`,
  ),
  ...command(
    ['snmp-agent community ', 'pass-phrase '],
    `snmp-agent community (?:read|write) (?!cipher |simple )|pass-phrase `,
    'acl|mib-view|alias|aes|tkip',
  ),
  secret(
    ['authentication-mode '],
    String.raw`(?<=${LINE}(?:snmp-agent|vrrp|ospf|isis|rip|bgp|peer|ntp-service) [^\r\n\v]{0,80})authentication-mode (?:hmac-)?(?:md5|sha\d{0,3})(?: \d{1,5})? `,
    `(?!(?:cipher|simple|plain) )${WORD}${LINE_END}`,
  ),
  // extremenetworks.com, "ExtremeXOS Command Reference"
  ...command(['shared-secret '], 'shared-secret '),
  ...command(
    ['configure snmp', 'create account ', 'configure account '],
    `configure snmp(?:v3)? add community (?:readonly |readwrite )?|create account (?:admin|user) ${NAME} |configure account ${NAME} password `,
    'name|store-encrypted',
  ),
  ...command(
    ['authentication encrypted ', 'authentication simple-', 'authentication md5 '],
    String.raw`authentication (?:encrypted (?:md5 \d{1,3} |(?!md5 |simple-))|(?:encrypted )?simple-password |md5 \d{1,3} )`,
  ),
  // The two passphrases of a user of version 3, which also Cisco and Aruba write so
  secret(
    [
      'authentication md5 ',
      'authentication sha ',
      'auth sha ',
      'auth md5 ',
      'privacy ',
      'priv aes ',
      'priv des ',
      'priv ',
    ],
    String.raw`(?<=snmp(?:v3|-server) (?:add )?user ${NAME} [^\r\n\v]{0,120})(?:auth(?:entication)? (?:md5|sha\d{0,3}) |priv(?:acy)? (?:(?:aes|des|3des)(?:[ -]?\d{3})? )?)(?:localized-?key )?${MAYBE_QUOTE}`,
    `(?:${IN_QUOTES}|${NO_PLACEHOLDER}(?!aes|des|3des|md5|sha|\\d{3} )[^\\s"']{3,128})`,
  ),
  // arubanetworking.hpe.com/techdocs, "CLI Reference"
  ...command(
    ['mgmt-user ', 'password manager ', 'password operator ', 'bkup-passwords ', 'ap-console-password '],
    `mgmt-user ${NAME} (?:(?:root|read-only|guest-provisioning|network-operations) )?|password (?:manager|operator) (?:user-name ${NAME} )?plaintext |bkup-passwords |ap-console-password `,
  ),
  // docs.netgate.com, net-snmp.org: settings of SNMP in XML and as pairs
  form('secret', ['rocommunity>', 'rwcommunity>'], String.raw`((?<=<)r[ow]community>)(?![<\[])[^<\r\n\v]{2,64}(?=<)`),
  secret(
    ['community='],
    String.raw`(?<=snmp\.(?:[\w.]{0,40}\.)?)community=`,
    String.raw`${NO_PLACEHOLDER}[^\s"']{2,64}`,
  ),
  // ppp.samba.org/pppd.html, "AUTHENTICATION": a client, a server, the secret, addresses; comments and earlier rows before
  secret(
    ['Secrets for authentication using ', 'chap-secrets', 'pap-secrets', 'srp-secrets'],
    String.raw`(?:Secrets for authentication using \w{2,8}|(?:chap|pap|srp)-secrets)(?:: ?(?=")|[^\r\n\v]{0,80}\r?[\n\v](?:(?:[ \t]{0,8}#[^\r\n\v]{0,200}|[^\r\n\v[]{0,160}\[redacted:[^\r\n\v]{0,120}|)\r?[\n\v]){0,30})[ \t]{0,8}(?!#)(?:${NAME}|"\[redacted:[\w:-]{1,80}\]")[ \t]{1,30}${NAME}[ \t]{1,30}["']?`,
    String.raw`(?!\[redacted|[*"'])(?:(?<=["'])[^"'\r\n\v]{1,200}(?=["'])|[^\s"'#]{3,128}(?=[ \t]{1,30}(?:\*|-|!?[\d.:a-fA-F]{3,45}(?:\/\d{1,3})?)[ \t]{0,8}(?:[\r\n\v]|$))|(?=[A-Za-z]{0,60}[\d!@$%^&*_=+.])[^\s"'#]{3,128}(?=[ \t]{0,8}(?:[\r\n\v]|$)))`,
  ),
];

export const NETWORK_DEVICES: readonly Form[] = [...CISCO, ...PATHS_OF_SETTINGS, ...FURTHER];
