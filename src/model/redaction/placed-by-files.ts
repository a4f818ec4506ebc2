/**
 * Secrets by their place in files and answers that have no name for them: a user above a password, keys in pairs, parameters
 * of a template, a licence. What stands before them stays, as in `placed.ts`.
 */
import { type Form, secret } from '#model/redaction/form.ts';
import { BREAK, LINE_END, NO_PLACEHOLDER, QUOTE } from '#model/redaction/pattern-parts.ts';

/** No variable, placeholder, option or earlier redaction. */
const ARGUMENT = String.raw`${NO_PLACEHOLDER}[^\s"'\x60<>|;&()]{3,200}`;
const SPACE = String.raw`[ \t]{1,16}`;
/** A digit, a capital or a sign, and no file. */
const CHOSEN_LINE = String.raw`(?=[^\r\n\v]{0,100}[\dA-Z!@#$%^&*+=;?])${NO_PLACEHOLDER}(?!#|[\w.-]{1,60}\.(?:ovpn|conf|txt|crt|key|pem|log)(?:\s|$)|\S{1,40}:\s)[^\s"'\x60<>]{4,128}${LINE_END}`;
/** Base64 or hexadecimal digits. */
const KEY = String.raw`(?=[^"'\s]{0,128}\d)[A-Za-z0-9+/]{32,128}={0,2}`;
const PAIR_OF_KEYS = '(?:[pP]rimary|[sS]econdary)(?:Master|Readonly|ReadonlyMaster)?Key|key[12]';
/** What a template of messages with a code is called. */
const OF_CODE = String.raw`(?:[\w.-]{0,40}[-_. ])?(?:otp|verif\w{0,10}|2fa|mfa|login[-_]?code|auth[-_]?code|authentication|one[-_]?time\w{0,9}|pin|tan|passcode)(?:[-_.][\w.-]{0,40})?`;

export const PLACED_BY_FILES: readonly Form[] = [
  // docs.ceph.com, "User Management": the section of a keyring names who has the key, in base64 with its padding. With a
  // colon it would be a name in JSON, where `key` names a tag.
  secret(
    ['key = ', 'key=', 'key\t'],
    String.raw`(?<=\[(?:client|mon|mgr|mds|osd|peer|node|device|agent|user|host)(?:[.: -][\w.:-]{0,60})?\][ \t]{0,8}\r?[\n\v](?:[^\r\n\v[]{0,120}\r?[\n\v]){0,6}[ \t]{0,16})key[ \t]{0,20}[=:]?[ \t]{0,8}`,
    String.raw`(?=[^\s=]{0,120}[a-z])(?=[^\s=]{0,120}[A-Z])[A-Za-z0-9+/]{20,120}={1,2}(?![\w=])`,
  ),
  // The same where a program prints it alone: docs.ceph.com, "ceph auth"
  secret(['AQ'], '', String.raw`(?<![\w+/])AQ[A-Za-z0-9+/]{36}==(?![\w=])`),
  // openvpn.net, "Reference manual", --auth-user-pass: a file with the user and, in the next line, the password
  secret(
    ['openvpn/'],
    String.raw`openvpn\/[\w./-]{1,80}\.(?:txt|pass|auth|creds?|up|login)${BREAK}(?:#[^\r\n\v]{0,100}${BREAK})?[^\s"'<>#:]{1,64}${BREAK}`,
    CHOSEN_LINE,
  ),
  // keepalived.org/manpage.html, "authentication"; linux-ha.org, "authkeys"
  secret(['auth_pass '], `auth_pass${SPACE}["']?`, String.raw`${NO_PLACEHOLDER}[^\s"'{}]{1,64}`),
  secret(
    ['1 sha1 ', '1 md5 ', '2 sha1 ', '2 md5 '],
    String.raw`(?<=auth \d\r?[\n\v])\d (?:sha1|md5) `,
    String.raw`${NO_PLACEHOLDER}\S{3,128}`,
  ),
  // postfix.org/SASL_README.html, sendmail.org, "AuthInfo", exim.org, "passwd.client": a host, a user, a password
  secret(
    ['587', '465', '25', '2525', 'submission', 'smtps'],
    String.raw`(?<=(?:(?:^|[\n\v])|sasl_passwd:? ?["'\x60]?|echo ["']?)\[?[\w.-]{1,200}\]?:)(?:\d{2,4}|submission|smtps)${SPACE}[^\s:]{1,128}:`,
    ARGUMENT,
  ),
  secret(
    ['P:', 'P='],
    String.raw`(?<=AuthInfo:[^\r\n\v]{1,200}["'])P[:=]`,
    String.raw`${NO_PLACEHOLDER}[^\s"']{1,200}(?=["'])`,
  ),
  secret(
    ['passwd.client:', 'passwd.client'],
    String.raw`passwd\.client(?::| ?${BREAK})[\w.*-]{1,200}:[^\s:]{1,128}:`,
    String.raw`${NO_PLACEHOLDER}[^\s"']{3,200}`,
  ),
  // learn.microsoft.com/cli/azure, `list-keys`, `keys list`: a primary and a secondary key, and each one alone gives access
  secret(
    ['primary', 'Primary', 'secondary', 'Secondary', 'key1', 'key2'],
    String.raw`(?:${PAIR_OF_KEYS})${QUOTE}\s?:\s?${QUOTE}(?=[^"'\s]{1,132}${QUOTE}[,\s]{1,40}${QUOTE}(?:${PAIR_OF_KEYS})${QUOTE}|(?<=(?:[pP]rimary|[sS]econdary|key)(?:Master|Readonly|ReadonlyMaster)?(?:Key|[12])${QUOTE}\s?:\s?${QUOTE}[^"'\s]{1,132}${QUOTE}[,\s]{1,40}${QUOTE}[\w]{4,24}${QUOTE}\s?:\s?${QUOTE}))`,
    `${KEY}(?=${QUOTE})`,
  ),
  // The same as columns and lines of a shell: `-o tsv`, Get-AzRedisCacheKey
  secret(
    ['PrimaryKey ', 'SecondaryKey ', 'Primary Key', 'Secondary Key'],
    String.raw`(?:Primary|Secondary) ?Key[ \t]{0,20}: `,
    KEY,
  ),
  secret(
    [
      'list-keys ',
      'keys list ',
      'keys renew ',
      'regenerate-key ',
      'regenerate-keys ',
      'key list ',
      'admin-key show ',
      'credential show ',
    ],
    String.raw`(?<=\baz [^\r\n\v|]{1,80})[a-z-]{3,15}(?: [a-z]{4,5})? [^\r\n\v|]{0,200}${BREAK}(?:[A-Za-z\d]{1,20}${SPACE}[^\r\n\v]{0,200}${BREAK}(?:[- \t]{4,300}\r?[\n\v])?)?`,
    `${KEY}(?:${SPACE}${KEY}){0,3}${LINE_END}`,
  ),
  // docs.openstack.org/python-swiftclient, "swift tempurl": the path, then the key that signs
  secret(
    ['tempurl '],
    String.raw`tempurl (?:--?[\w-]{1,20}(?:[= ]\S{1,60})? ){0,3}[A-Z]{3,6} \S{1,30} \/\S{1,300} `,
    ARGUMENT,
  ),
  // developers.facebook.com/docs/whatsapp, twilio.com/docs/content: a code among the parameters of a template
  secret(
    ['template', 'Template', 'TEMPLATE', 'tpl'],
    String.raw`(?:[tT]emplate|TEMPLATE|tpl)(?:_?(?:[nN]ame|[iI]d|[kK]ey))?${QUOTE}?\s?[:=]\s?(?:\{\s?${QUOTE}name${QUOTE}\s?:\s?)?${QUOTE}?${OF_CODE}${QUOTE}?[^\r\n\v]{0,120}?(?:[pP]aram\w{0,8}|[vV]ar\w{0,8}|[aA]rgs|[pP]laceholders|[cC]ontext|[dD]ata|[cC]omponents)${QUOTE}?\s?[:=][^\r\n\v\d]{0,120}?(?<![\w-])`,
    String.raw`(?:\d{3}[ -]\d{3}|\d{4,8})(?=["'\]},\\ \r\n\v]|$)`,
  ),
  // learn.microsoft.com/windows-server/get-started/activation-slmgr-vbs-options and others: groups of capitals and digits
  secret(
    [
      'licen',
      'Licen',
      'LICEN',
      'Lizenz',
      'lizenz',
      'activat',
      'Activat',
      'product',
      'Product',
      'serial',
      'Serial',
      'ipk ',
      'klucz ',
      'clé ',
      'clave ',
      'chave ',
    ],
    String.raw`(?:[lL]icen[cs]\w{0,3}|LICEN[CS]E|[lL]izenz\w{0,10}|[aA]ctivat\w{1,4}|[pP]roduct(?= ?[-_]?(?:[kK]ey|KEY|ID))|[sS]erial(?= ?[-_]?(?:[kK]ey|KEY))|ipk|klucz|clé|clave|chave)(?:[-_ ]?(?:[kK]ey|KEY|[cC]ode|[nN]umber|[sS]chlüssel|produktu|licencyjny|de [a-z]{5,12}))?[^\r\n\v:=]{0,24}?(?:[:=] ?| )${QUOTE}?`,
    String.raw`(?=[A-Z-]{0,60}\d)(?=[\d-]{0,60}[A-Z])[A-Z0-9]{4,8}(?:-[A-Z0-9]{4,8}){3,7}(?![\w-])`,
  ),
];
