/**
 * Secrets that are arguments of command-line tools, by the manual of each tool: an argument without a name behind others, or
 * an option of one letter that means a password in this tool alone. The next tool is a row of a table here.
 */
import { type Form, secret } from '#model/redaction/form.ts';
import { NO_PLACEHOLDER, QUOTE } from '#model/redaction/pattern-parts.ts';

const MAYBE_QUOTE = `(?:${QUOTE})?`;
const IN_QUOTES = String.raw`(?<=["'])${NO_PLACEHOLDER}[^"'\r\n\v\\]{1,200}(?=\\{0,15}["'])`;
const ARGUMENT = String.raw`(?:${IN_QUOTES}|${NO_PLACEHOLDER}(?:[^\s"'\x60<>|;&()]|&(?=[^\s&>|])){3,200})`;
/** With a digit or a sign: no word of a manual. */
const CHOSEN = String.raw`(?=[^\s"']{0,100}[\d!@#$%^&*_=+])${ARGUMENT}`;
const WORD = String.raw`(?!-)[^\s"'\x60<>|;&()]{1,200}`;
/** Options, each with a value of its own or none, before an argument. */
const OPTIONS = String.raw`(?:--?[\w-]{1,40}(?:=\S{1,100})? ){0,6}`;

/** What stands before the secret, from the name of the tool on; the name is the beginning. */
const BEFORE_ARGUMENT: readonly (readonly [tool: string, rest: string])[] = [
  // mosquitto.org/man/mosquitto_passwd-1.html
  ['mosquitto_passwd', String.raw`(?:-[A-Za-z] (?:\d{1,9} )?){0,4}-[a-zH]{0,3}b[a-z]{0,3} ${WORD} ${WORD} `],
  // python-poetry.org/docs/repositories
  ['poetry', String.raw`config ${OPTIONS}http-basic\.[\w-]{1,60} ${WORD} `],
  // dev.mysql.com/doc/refman/8.4/en/mysqladmin.html
  ['mysqladmin', String.raw`[^\r\n\v|;&]{0,200}? password `],
  // samba.org/samba/docs, smbclient(1)
  ['smbclient', String.raw`(?:${QUOTE})?[\\/]{2,4}[\w.-]{1,60}[\\/]{1,2}[\w.$-]{1,60}(?:${QUOTE})? `],
  // w1.fi/wpa_supplicant, wpa_cli(8)
  ['wpa_cli', String.raw`[^\r\n\v|;&]{0,60}?set_network \d{1,3} (?:psk|password|sae_password) ["'\\]{0,4}`],
  // cloud.tencent.com/document/product/440, "tccli configure"
  ['tccli', String.raw`configure set [^\r\n\v|;&]{0,200}?(?:secretKey|token) `],
  // etcd.io/docs, "etcdctl user add"
  ['etcdctl', String.raw`(?:--[\w=./:-]{1,100} ){0,6}user add (?!-)[^\s:"']{1,64}:`],
  // developer.hashicorp.com/consul/commands/acl/set-agent-token
  [
    'consul',
    String.raw`acl set-agent-token ${OPTIONS}(?:default|agent|recovery|config_file_service_registration|replication|dns) `,
  ],
  // cli.cloudfoundry.org, "cf auth"
  ['cf', `auth ${WORD} `],
  // learn.microsoft.com/nuget/reference/cli-reference
  ['nuget', `(?:push ${WORD}|setApiKey|setapikey) `],
  // getcomposer.org/doc/articles/authentication-for-private-packages.md
  [
    'composer',
    String.raw`config ${OPTIONS}(?:github-oauth|gitlab-token|gitlab-oauth|bearer|forgejo-token|bitbucket-oauth)\.[\w.-]{1,80} (?:(?<=(?:bitbucket-oauth|forgejo-token)\.\S{1,80} )${WORD} )?`,
  ],
  // docs.conda.io, anaconda.org
  ['conda', 'config --set (?:token|anaconda_token) '],
  // libvirt.org/manpages/virsh.html, "set-user-password"
  [
    'virsh',
    String.raw`(?:-c \S{1,100} )?set-user-password (?:--\w{1,10} )?${WORD} (?:--user )?${WORD} (?:--password )?`,
  ],
  // docs.saltproject.io, "salt.modules.shadow"
  ['salt', String.raw`[^\r\n\v|;]{1,80}? shadow\.set_password ${WORD} `],
  // drush.org/latest/commands/user_password
  [
    'drush',
    `(?:@[\\w.-]{1,40} )?(?:user:password|user-password|upwd) ${MAYBE_QUOTE}${WORD}${MAYBE_QUOTE} (?:--password=)?`,
  ],
  // symfony.com/bundles/FOSUserBundle
  ['console', String.raw`fos:user:change-password ${WORD} `],
  ['console', String.raw`fos:user:create ${WORD} ${WORD}@${WORD} `],
  // docs.ansible.com/ansible/latest/cli/ansible-vault.html
  ['ansible-vault', `encrypt_string (?:--?(?!stdin)[\\w-]{1,30}(?: [\\w@./-]{1,60}|=\\S{1,60})? ){0,4}`],
  // docs.nextcloud.com, "occ config:system:set"
  [
    'occ',
    String.raw`config:(?:system|app):set (?:[\w-]{1,40} ){0,4}?\w{0,20}(?:password|secret|token|apikey|api_key|passwordsalt)(?: [\w-]{1,40}){0,2} (?:--type=\w{1,12} )?--value[= ]`,
  ],
  // github.com/voxpupuli/hiera-eyaml
  ['eyaml', 'encrypt [^\\r\\n\\v|;&]{0,100}?(?:-s|--string)[= ]'],
  // doc.dovecot.org, "doveadm auth test": the user, the password
  ['doveadm', String.raw`auth (?:test|login) ${OPTIONS}${WORD} `],
  // docs.oracle.com/en/database, "orapki wallet create"
  ['orapki', String.raw`wallet [^\r\n\v|;&]{0,200}?-pwd `],
  // developer.android.com/studio/command-line/apksigner
  ['apksigner', String.raw`[^\r\n\v|;&]{0,300}?--(?:ks|key)-pass pass:`],
  // ncftp.com/ncftp/doc, ncftpput(1) and ncftpget(1)
  ['ncftpput', String.raw`[^\r\n\v|;&]{0,200}?-p `],
  ['ncftpget', String.raw`[^\r\n\v|;&]{0,200}?-p `],
  // wiki.zimbra.com, "zmprov"
  ['zmprov', `(?:-\\w{1,3} ){0,3}(?:sp|setPassword|ca|createAccount) ${WORD} `],
  // kamailio.org/docs, "kamctl"
  ['kamctl', `(?:add|passwd) ${WORD} `],
  // wiki.freeradius.org, "radtest": the user, then the password
  ['radtest', `(?:-t \\w{2,8} )?${WORD} `],
  // github.com/vanhauser-thc/thc-hydra: a password to try
  ['hydra', String.raw`[^\r\n\v|;&]{0,200}?-p `],
];

/** Options whose value is a password in these tools, though `-p` is a port elsewhere. */
const OPTION_OF_TOOL: readonly (readonly [tool: string, options: string])[] = [
  // code.visualstudio.com/api/working-with-extensions/publishing-extension; github.com/eclipse/openvsx/tree/master/cli
  ['vsce', '-p|--pat'],
  ['ovsx', '-p|--pat'],
  // docs.influxdata.com, "influx user create"; doc.dovecot.org, doveadm-pw(1)
  ['influx', '-p|--password'],
  ['doveadm', '-p'],
  // elastic.co/docs/reference/elasticsearch/command-line-tools/users-command
  ['elasticsearch-users', '-p'],
  // openldap.org/software/man.cgi, ldappasswd(1): the old password, the new one
  ['ldappasswd', '-a|-s|-w'],
  // learn.microsoft.com/dotnet/core/tools/dotnet-nuget-push; docs.chocolatey.org/en-us/create/commands/api-key
  ['dotnet', '(?<=nuget push [^\\r\\n\\v|;&]{0,200})-k|--api-key'],
  ['choco', '(?<=(?:push|apikey|api-key|setapikey) [^\\r\\n\\v|;&]{0,200})-k|--api-key|--key'],
  // docs.conan.io/1/reference/commands/misc/user.html, /2/reference/commands/remote.html
  ['conan', '(?<=(?:user|login) [^\\r\\n\\v|;&]{0,200})-p|--password'],
  // help.perforce.com, "p4 passwd", "Global options"
  ['p4', '-P|(?<=passwd [^\\r\\n\\v|;&]{0,100})-O'],
  // steghide.sourceforge.net/documentation/manpage.php
  ['steghide', '-p|--passphrase'],
  // cyrusimap.org, testsaslauthd(8), imtest(1), smtptest(1), pop3test(1)
  ['testsaslauthd', '-p'],
  ['imtest', '-w'],
  ['smtptest', '-w'],
  ['pop3test', '-w'],
  // docs.splunk.com, "Administer Splunk from the CLI"
  ['splunk', '-password|--password|-secret'],
  // docs.vmware.com, "vmrun": the guest's user and password
  ['vmrun', '-gp|-vp|-p'],
];

/** A user and a password in one value: `jo%x`, `jo:x`. */
const PAIR_OF_TOOL: readonly (readonly [tool: string, options: string, sign: string])[] = [
  // samba.org/samba/docs, samba-tool(8), net(8), wbinfo(1)
  ['samba-tool', '-U|--user|--username', '%'],
  ['net', '-U|--user', '%'],
  ['smbget', '-U|--user', '%'],
  ['smbcacls', '-U|--user', '%'],
  ['smbtree', '-U|--user', '%'],
  ['wbinfo', '-a|--authenticate', '%'],
  ['ntlm_auth', '--username', '%'],
  ['wmic', '-U|--user', '%'],
  ['winexe', '-U|--user', '%'],
  // docs.splunk.com, "Administer Splunk from the CLI"; jenkins.io/doc/book/managing/cli
  ['splunk', '-auth', ':'],
  ['jenkins-cli.jar', '-auth', ':'],
];

export const PLACED_BY_ARGUMENTS_OF_TOOLS: readonly Form[] = [
  ...BEFORE_ARGUMENT.map(([tool, rest]) =>
    secret(
      [`${tool} `],
      String.raw`${escaped(tool)} ${rest}${MAYBE_QUOTE}`,
      tool === 'ansible-vault' ? `(?!-)${CHOSEN}` : CHOSEN,
    ),
  ),
  ...OPTION_OF_TOOL.map(([tool, options]) =>
    secret(
      [`${tool} `],
      String.raw`${escaped(tool)}(?: [^\r\n\v|;&]{0,300}?)? (?:${options})(?:=| )${MAYBE_QUOTE}`,
      String.raw`(?!\d{1,5}(?:\s|$))${CHOSEN}`,
    ),
  ),
  ...PAIR_OF_TOOL.map(([tool, options, sign]) =>
    secret(
      [`${tool} `],
      String.raw`${escaped(tool)}(?: [^\r\n\v|;&]{0,300}?)? (?:${options})(?:=| )${MAYBE_QUOTE}[^\s"'%:]{1,80}${sign}`,
      ARGUMENT,
    ),
  ),
  // gnu.org/software/bash/manual, "Here Strings": the input of a tool that asks for a password
  secret(
    [
      'smbpasswd ',
      'saslpasswd2 ',
      'vncpasswd ',
      'lpass ',
      'pass insert ',
      'keepassxc-cli ',
      'kinit ',
      'passwd ',
      'pveum passwd ',
    ],
    String.raw`[a-z][\w-]{3,15} [^\r\n\v|;&<]{0,120}?<<< ?${MAYBE_QUOTE}`,
    CHOSEN,
  ),
  // core.tcl-lang.org/expect: what a script types; the line speaks about a password
  secret(
    ['send ', 'send -- '],
    String.raw`(?<=[pP]assword[^\r\n\v]{0,100})send (?:-- )?${QUOTE}`,
    String.raw`(?=[^"'\r\n\v]{0,60}\d)(?=[^"'\r\n\v]{0,60}[A-Za-z])${NO_PLACEHOLDER}[^"'\s\\]{4,128}(?=\\{1,2}[rn]${QUOTE})`,
  ),
];

function escaped(tool: string): string {
  return tool.replaceAll('.', String.raw`\.`);
}
