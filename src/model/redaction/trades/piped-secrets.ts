/**
 * A secret that `echo` or `printf` hands to a program over its standard input. The programs read a password, a passphrase or a
 * token there and nothing else, so what is piped into them is the secret. `placed.ts` has the first of them.
 */
import { type Form, secret } from '#model/redaction/form.ts';
import { NO_PLACEHOLDER } from '#model/redaction/pattern-parts.ts';

const REST = String.raw`[^|\r\n]{0,160}`;

/** By their manuals. An option may say that the program reads its standard input. */
const READERS = [
  // ibm.com/docs/ibm-mq, "runmqsc", -u
  `runmqsc (?:${REST} )?-u `,
  // learn.microsoft.com/windows-server/administration/windows-commands/runas
  'runas ',
  // httpd.apache.org (htpasswd, -i), mosquitto.org, openssl.org, "Pass Phrase Options"
  String.raw`htpasswd (?:${REST} )?-\w{0,6}i`,
  'mosquitto_passwd ',
  `openssl ${REST}(?:pass(?:in|out)? stdin|-stdin|-pass fd:0|-pass(?:in|out) fd:0)`,
  // passwordstore.org, secret-tool(1), pypi.org/project/keyring, docs.ansible.com, sshpass(1)
  'pass (?:insert|otp insert) ',
  'secret-tool store ',
  'keyring set ',
  'ansible-vault (?:encrypt_string|encrypt|create|rekey) ',
  'sshpass -d ?0',
  // realm(8), adcli(8), samba-tool(8), openconnect(8), mount.cifs(8)
  String.raw`realm (?:join|leave)\b`,
  'net ads (?:join|leave|user|testjoin) ',
  'adcli (?:join|preset-computer|create-user) ',
  'openconnect ',
  'mount\\.cifs ',
  // elastic.co/docs, "elasticsearch-keystore"; docs.oracle.com, "keytool"
  String.raw`(?:elasticsearch|opensearch|kibana|logstash)-keystore add\b`,
  'keytool -',
  // freedesktop.org/software/systemd/man; openzfs.github.io, zfs-load-key(8); bcachefs.org; age(1); restic.readthedocs.io
  'systemd-(?:creds encrypt|cryptenroll|tty-ask-password-agent|ask-password)',
  'zfs (?:load-key|change-key|create -o enc)',
  'bcachefs (?:unlock|format) ',
  'rage? -p|age -p',
  'restic (?:init|backup|snapshots|check|prune|forget|restore|unlock|key|mount|copy)',
  'borg (?:init|create|list|check|mount|extract|info|prune) ',
  'rclone obscure ',
  // rabbitmq.com/docs/man/rabbitmqctl.8, bitwarden.com/help/cli, developer.1password.com/docs/cli, docs.yubico.com
  'rabbitmqctl (?:add_user|change_password|authenticate_user) ',
  String.raw`bw (?:login|unlock)\b`,
  'op (?:signin|account add)',
  'ykman (?:piv|fido|oath|otp|openpgp) ',
  'clevis (?:encrypt|luks bind) ',
  'pulumi config set ',
  'ldap(?:search|modify|add|delete|whoami|passwd) (?:[^|\\r\\n]{0,80} )?-W',
  'kubeseal (?:[^|\\r\\n]{0,80} )?--raw',
  'mokutil --(?:import|password|delete|disable-validation)',
  'veracrypt ',
  'kdestroy -|ktutil |kpasswd ',
  // The same with a format of printf, or with two lines
  '(?:chpasswd|kinit|passwd|smbpasswd|cryptsetup|saslpasswd2|vncpasswd|sudo [^|\\r\\n]{0,40}-S)(?![\\w-])',
  `[^|\\r\\n]{1,100}--(?:passw(?:or)?d|passphrase|token|secret|pass|key|pw)(?:-(?:on|from))?-(?:stdin|fd)(?![\\w-])`,
  `[^|\\r\\n]{1,100}--stdin-(?:password|passwd|name|token|secret)(?![\\w-])`,
  `[^|\\r\\n]{0,60}(?:secret|password|token|credential)[^|\\r\\n]{0,100}[= :/]\\/dev\\/stdin(?![\\w-])`,
];

const OF_PATH = String.raw`(?:[\w./~-]{0,60}\/)?`;
const WRAPPED = String.raw`(?:(?:sudo|doas|env|nohup|timeout \w{1,6}|docker exec -i \S{1,60}|kubectl exec -i \S{1,60}(?: -n \S{1,60})? --) ){0,2}`;

export const PIPED_SECRETS: readonly Form[] = [
  secret(
    ['echo ', 'printf '],
    String.raw`(?:echo|printf) (?:-[neE]{1,3} )?(?:["']?%s(?:\\n|[\n\v])?["']? )?["']?(?:[\w.@-]{1,64}:(?=[^|\r\n]{1,200}chpasswd))?`,
    String.raw`${NO_PLACEHOLDER}(?![\w.@-]{1,64}:\[redacted)[^|"'\\\r\n]{2,200}?(?:(?:\\n|\n)[^|"'\\\r\n]{2,200})?(?=["']? ?\| ?${WRAPPED}${OF_PATH}(?:${READERS.join('|')}))`,
  ),
  // su(1) and, for the user of MQSAMP_USER_ID, the samples of ibm.com/docs/ibm-mq read a password. They may read something
  // else behind it, so only a made-up word counts.
  secret(
    ['echo ', 'printf '],
    `(?:echo|printf) (?:-[neE]{1,3} )?["']?`,
    String.raw`(?=[A-Za-z]{0,60}\d)(?=[a-z\d]{0,60}[A-Z!#$%^&*+=?])${NO_PLACEHOLDER}[^\s|"'\\<>;&()]{6,100}(?=["']? ?\| ?(?:su(?: |$)|${OF_PATH}amqs(?:put|get|bcg|act|blst|inq|set)))`,
  ),
  // gnu.org/software/bash/manual, "Here Strings"
  secret(
    ['su '],
    String.raw`su (?:-l? |--login )?(?:[\w.-]{1,40} )?<<< ?["']?`,
    String.raw`${NO_PLACEHOLDER}[^\s|"'\\<>;&()]{3,100}`,
  ),
];
