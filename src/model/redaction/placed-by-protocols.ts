/**
 * Secrets by their place in what a protocol, a prompt or a shell says: a line to a server, an answer to a challenge, an
 * element of a list of arguments, a form in a command. What stands before them stays, as in `placed.ts`.
 */
import { type Form, form, secret } from '#model/redaction/form.ts';
import { LINE_END, NO_MARK, NO_PLACEHOLDER, QUOTE } from '#model/redaction/pattern-parts.ts';

const ARGUMENT = String.raw`${NO_PLACEHOLDER}[^\s"'\x60<>|;&()\\]{3,200}`;
const MAYBE_QUOTE = `(?:${QUOTE})?`;
const BREAK = String.raw`[ \t]{0,8}\r?[\n\v]`;
/** The end of a variable's name. */
const SECRET_VARIABLE =
  '[\\w-]{0,60}(?:PASS|PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|TOKEN|PAT|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SECRET_?KEY|[pP]assword|[sS]ecret|[tT]oken)';
/** Ends of names of parts of a form. */
const PARTS = [
  'password=',
  'Password=',
  'passwd=',
  'passphrase=',
  'passcode=',
  'pass=',
  'pwd=',
  'secret=',
  'token=',
  'api_key=',
];
const MODHEX = '[cbdefghijklnrtuv]';

export const PLACED_BY_PROTOCOLS: readonly Form[] = [
  // FTP (RFC 959) and POP3 (RFC 1939): the line below the user or the server's question; a server answers below it
  secret(
    ['PASS '],
    String.raw`(?<=(?:^|[\n\v])[^\r\n\v]{0,60}(?:\b331[ -]|\+OK\b|\bUSER )[^\r\n\v]{0,80}${BREAK}(?:[^\r\n\v]{0,40}[ \t:>|\]])?)PASS `,
    `${ARGUMENT}${LINE_END}`,
  ),
  secret(
    ['PASS '],
    String.raw`(?<=(?:^|[\n\v])[ \t]{0,8})PASS `,
    String.raw`${ARGUMENT}(?=${BREAK}[^\r\n\v]{0,40}(?:230|530|\+OK|-ERR)(?:[ -]|$))`,
  ),
  // RFC 7616, section 3.4.1, and RFC 3261, section 22.4, without the name of the header
  form(
    'authorization',
    ['Digest username=', 'Digest realm=', 'Digest nonce=', 'Digest uri='],
    String.raw`(Digest [a-z]{3,8}=[^\r\n\v]{1,600}?\bresponse=\\{0,15}"?)[0-9a-f]{32,128}(?![0-9A-Za-z])`,
  ),
  // core.tcl-lang.org/expect, "exp_internal": what it sends behind a prompt, or in a line that names one
  secret(
    ['sending "', 'sending \\"'],
    String.raw`(?<=send: )sending ${QUOTE}`,
    String.raw`${NO_MARK}[^"\r\n\v\\]{2,200}(?:(?=(?:\\{1,4}[rn]|[\r\n\v])[^\r\n\v]{0,200}(?:[pP]assword|[pP]assphrase|PIN))|(?<=(?:assword|assphrase|PIN)[^\r\n\v]{0,200}${BREAK}[^\r\n\v]{0,60}sending ${QUOTE}[^"\r\n\v\\]{2,200}))`,
  ),
  // zookeeper.apache.org/doc, "ZooKeeper CLI"
  secret(['addauth digest '], String.raw`addauth digest [^\s:]{1,64}:`, ARGUMENT),
  // cloudera.com, "impala-shell"; marlam.de/msmtp; isync.sourceforge.io: the command that prints a password
  secret(
    [
      ...[
        'password_cmd',
        'password-cmd',
        'passwd_cmd',
        'pass_cmd',
        'passwordeval',
        'PassCmd',
        'passCmd',
        'PASSWORD_CMD',
      ],
      ...['password_command', 'passwordCommand', 'passwordcommand', 'pass_command', 'remotepasseval', 'passeval'],
    ],
    String.raw`[A-Za-z_-]{7,20}(?: ?[:=] ?| )(?:${QUOTE})?(?:echo|printf) (?:-n )?(?:${QUOTE})?`,
    ARGUMENT,
  ),
  // gnu.org/software/bash/manual, "Command Substitution": a variable gets what a command prints
  secret(
    ['echo ', 'printf '],
    String.raw`(?<=\b${SECRET_VARIABLE}=${MAYBE_QUOTE}(?:\$\(|\x60))(?:echo|printf) (?:-[neE]{1,3} )?(?:${QUOTE})?`,
    ARGUMENT,
  ),
  // redis.io/docs/latest/develop/reference/protocol-spec: a command as a list of its arguments
  secret(
    ['AUTH"', "AUTH'", 'AUTH\\'],
    String.raw`(?<=["'])AUTH${QUOTE},\s{0,4}${QUOTE}(?:[^"'\r\n\v\\]{1,64}${QUOTE},\s{0,4}${QUOTE}(?=[^"'\r\n\v\\]{1,200}${QUOTE}\s{0,4}\]))?`,
    String.raw`${NO_MARK}[^"'\r\n\v\\]{3,200}(?=${QUOTE})`,
  ),
  // curl(1), --data-urlencode and --form: the quote around the argument ends the value
  secret(
    PARTS,
    String.raw`(?<=\s-{1,2}(?:data-urlencode|form-string|form|F) '[\w.[\]-]{0,60})[A-Za-z_]{2,12}=`,
    String.raw`(?![@<$])${NO_MARK}[^'\r\n\v]{2,200}(?=')`,
  ),
  secret(
    PARTS,
    String.raw`(?<=\s-{1,2}(?:data-urlencode|form-string|form|F) "[\w.[\]-]{0,60})[A-Za-z_]{2,12}=`,
    String.raw`(?![@<$])${NO_MARK}[^"$\r\n\v]{2,200}(?=")`,
  ),
  // docs.paloaltonetworks.com, "Get Your API Key": base64 of a version and two parts in base64
  form('api-key', ['LUFRPT'], '(?:LUFRPT)[A-Za-z0-9+/]{40,400}(?:(?:={1,2}|%3D|%3d){1,2}(?![\\w+/=]))?'),
  // man7.org, systemd-cryptenroll(1): eight groups of eight letters
  secret(
    ['recovery key', 'Recovery key', 'Recovery Key'],
    String.raw`[rR]ecovery [kK]ey(?: (?:for|of) [\w./@-]{1,80})?(?: is|:| =)? {1,4}`,
    String.raw`[a-z]{8}(?:-[a-z]{8}){7}(?![\w-])`,
  ),
  // ipmitool(1); dell.com/support, "RACADM CLI Guide"; cisco.com, "ip ftp password", "VRRP": the last argument
  secret(['user set password '], String.raw`(?<=ipmitool [^\r\n\v|;&]{0,200})user set password \d{1,2} `, ARGUMENT),
  secret(['ipmitool user set password '], String.raw`ipmitool user set password \d{1,2} `, ARGUMENT),
  secret(
    ['racadm set ', 'racadm config '],
    String.raw`racadm (?:set [\w.]{1,60}[pP]assword|config -g \w{1,40} -o \w{1,40}[pP]assword(?: -i \d{1,2})?) `,
    ARGUMENT,
  ),
  secret(
    ['ip ftp password ', 'ip http client password '],
    String.raw`ip (?:ftp|http client) password (?:\d )?`,
    ARGUMENT,
  ),
  secret(['authentication text '], String.raw`(?<=(?:vrrp|standby|glbp) \d{1,4} )authentication text `, ARGUMENT),
  // ISO 9564-1: an encrypted PIN of eight bytes
  secret(
    ['PIN block ', 'PIN block: ', 'pin_block=', 'pinBlock'],
    String.raw`[pP][iI][nN][ _]?[bB]lock(?:${QUOTE})?\s?[:=]?\s?(?:${QUOTE})?`,
    '[0-9A-Fa-f]{16}(?![0-9A-Za-z])',
  ),
  // RFC 4616 in base64: it begins with NUL
  secret(
    ['PLAIN '],
    'PLAIN ',
    String.raw`(?=[A-Za-z\d+/]{0,400}[a-z])(?=[A-Za-z+/]{0,60}[\d=])A[A-P][A-Za-z\d+/]{10,400}={0,2}(?![\w+/=-])`,
  ),
  // firebase.google.com/docs/cloud-messaging: behind the id of an installation, where a message goes
  form('token', ['APA91b'], String.raw`(?:APA91b)[\w-]{100,200}`),
  // developers.yubico.com/OTP: the public id of a key that begins with its usual digits, and one password
  form('secret', ['cccccc'], String.raw`(?:cccccc)${MODHEX}{38}(?![0-9A-Za-z])`),
];
