/**
 * Secrets that are arguments of commands: an option that is short or has a name of its own, or only the position of the
 * argument. What stands before them stays, as in `placed.ts`. Options that many programs share are in `commands.ts`.
 */
import { type Form, secret, UUID } from '#model/redaction/form.ts';
import { NO_PLACEHOLDER, QUOTE } from '#model/redaction/pattern-parts.ts';

const ARGUMENT = String.raw`${NO_PLACEHOLDER}[^\s"'\x60<>|;&()\\]{3,200}`;
/** A digit or a sign in it: no word, and no name of a file with a usual end. */
const CHOSEN = String.raw`(?=[^\s"']{0,100}[\d!@#$%^&*+=])${ARGUMENT}`;
/** Between two arguments of a command: a space, or what stands there in a list. */
const NEXT = String.raw`(?: {1,4}(?:${QUOTE})?|${QUOTE}(?:,\s{0,8}| a\d{1,3}=)${QUOTE})`;
const OF_LINE = String.raw`[^\r\n\v|;&]{0,300}`;

const PINS = ['pin', 'so-pin', 'new-pin', 'new-so-pin', 'puk', 'new-puk', 'P', 'N'];

export const PLACED_BY_ARGUMENTS: readonly Form[] = [
  // docs.cypress.io, "cypress run"; docs.currents.dev, "pwc": the key of a project that records
  secret(['key ', 'key=', 'k '], String.raw`(?<=\s--record\b${OF_LINE}\s-{1,2})k(?:ey)?[ =]`, `(?:${UUID}|${CHOSEN})`),
  // caspian.dotconf.net, sendEmail; jetmore.org/john/code/swaks
  option('sendemail|sendEmail|swaks', ['xp', 'ap'], ARGUMENT),
  // firebirdsql.org, "gbak", "gfix", "gsec"
  option('gbak|gfix|gsec|nbackup|gstat', ['pas', 'pass', 'pa', 'pw'], ARGUMENT),
  // opensc manual pages, softhsm2-util(1), developers.yubico.com, pkcs11-tool(1): a PIN may have letters
  option('pkcs11-tool|pkcs15-\\w{3,10}|softhsm2-util|yubico-piv-tool|ykman|p11tool', PINS, ARGUMENT),
  // caddyserver.com/docs/command-line, "caddy hash-password"
  option('caddy hash-password', ['plaintext', 'p'], ARGUMENT),
  // developer.broadcom.com, "esxcli system account": the password again
  option('esxcli system account', ['c'], ARGUMENT),
  // cli.github.com/manual/gh_secret_set: the value of the secret
  option('gh secret set', ['b'], ARGUMENT),
  // bind9.readthedocs.io, "dig", "nsupdate": the algorithm and the name of the key, then the key
  secret(
    ['y '],
    String.raw`(?<=(?:dig|nsupdate|kdig|knsupdate|delv|host|rndc|drill|knotc|dnsperf)\s${OF_LINE}-)y ${maybe(QUOTE)}(?:hmac-[\w-]{2,12}:)?[\w.-]{1,80}:`,
    '[A-Za-z0-9+/]{8,200}={0,2}',
  ),
  // samba.org, smbclient(1): `-U user%password` in a list of arguments
  secret(
    ['U"', "U'", 'U\\'],
    String.raw`(?<=(?:smbclient|rpcclient|winexe|smbcacls|smbget|net)["'\\]${OF_LINE}-)U${NEXT}[^\s%"']{1,64}%`,
    ARGUMENT,
  ),
  // docs.sonarsource.com, "Analysis parameters": a token as the login
  secret(['Dsonar.login='], String.raw`(?<=-)Dsonar\.login=`, CHOSEN),
  // The password behind the user or the name: bitwarden.com/help/cli, samba-tool(8), freeradius.org (radtest),
  // ss64.com/mac/dscl.html, docs.redhat.com (add-user.sh), ss64.com/mac/networksetup.html,
  // learn.microsoft.com/windows-server/administration/windows-commands (rasdial), docs.doppler.com/docs/cli, libvirt.org (virsh)
  secret(['bw login ', 'bw unlock '], String.raw`bw (?:login [^\s@]{1,64}@\S{1,100}|unlock) (?!--)`, CHOSEN),
  secret(['bw login '], String.raw`bw login \[redacted:[\w:-]{1,80}\] `, CHOSEN),
  secret(['samba-tool user '], String.raw`samba-tool user (?:create|add) \S{1,64} ${maybe(QUOTE)}`, ARGUMENT),
  secret(['radtest '], String.raw`radtest (?:-\w \S{1,20} ){0,3}\S{1,64} ${maybe(QUOTE)}`, ARGUMENT),
  secret(
    ['0 ', '1 ', '10 ', '100 ', '1812 ', '1645 '],
    String.raw`(?<=radtest (?:-\w \S{1,20} ){0,3}\S{1,64} \S{1,200} \S{1,100} )\d{1,4} `,
    ARGUMENT,
  ),
  secret(['passwd '], String.raw`(?<=dscl [^\r\n\v|;&]{1,60} -)passwd \/[\w./-]{1,100} `, ARGUMENT),
  secret(['add-user.sh ', 'add-user.bat '], String.raw`add-user\.\w{2,3} (?:-\w{1,2} )?[\w.@]{1,64} `, ARGUMENT),
  secret(
    ['setairportnetwork '],
    String.raw`setairportnetwork en\d (?:"[^"\r\n\v]{1,32}"|'[^'\r\n\v]{1,32}'|[^\s"']{1,32}) ${maybe(QUOTE)}`,
    ARGUMENT,
  ),
  secret(['rasdial '], String.raw`rasdial (?:"[^"\r\n\v]{1,64}"|[^\s"]{1,64}) [\w.@\\]{1,64} (?!\/)`, ARGUMENT),
  secret(
    ['secrets set '],
    String.raw`(?<=doppler )secrets set [A-Za-z_]\w{0,80} `,
    String.raw`(?!\w{1,60}=)${ARGUMENT}`,
  ),
  secret(['secret-set-value '], String.raw`secret-set-value (?:--secret )?[\w-]{1,64} (?:--base64 )?`, ARGUMENT),
  // openssl.org/docs, "openssl-passwd"; mkpasswd(1): what they hash
  secret(
    ['openssl passwd ', 'mkpasswd '],
    String.raw`(?:openssl passwd|mkpasswd) (?:-{1,2}(?:m|method|salt|S|R|rounds)[ =]\S{1,40} |-{1,2}[\w-]{1,20}(?:=\S{1,40})? ){1,4}`,
    CHOSEN,
  ),
  // iwconfig(8): the key as a text
  secret(['key s:'], String.raw`(?<=iwconfig ${OF_LINE})key s:`, ARGUMENT),
  // docs.vyos.io, help.ui.com, "EdgeRouter": a line of settings, from its first word to the value
  secret(
    ['secret ', 'passphrase ', 'password ', 'plaintext-password '],
    String.raw`(?<=(?:^|[\r\n\v]|[#>$] )set (?:[\w.:/'-]{1,60} ){1,9})[a-z-]{6,18} ${maybe(QUOTE)}`,
    String.raw`(?=[^\s"']{0,100}[A-Za-z])${CHOSEN}(?=["']?[ \t]{0,8}(?:[\r\n\v]|$))`,
  ),
  // cisco.com, "WLAN security": the key as a text
  secret(['ascii '], String.raw`(?<=(?:wpa-psk|set-key|psk|wpa2?) )ascii (?:\d )?`, ARGUMENT),
  // A label with what it is for in brackets: “Passphrase (WPA2) : x”
  secret(
    ['Passphrase (', 'passphrase (', 'Password (', 'password (', 'Passwort (', 'Kennwort (', 'PSK (', 'Secret ('],
    String.raw`[A-Za-z]{3,10} \([^()\r\n\v]{1,40}\)[ \t]{0,30}[:=][ \t]{1,20}["']?`,
    String.raw`(?=[^\s"']{0,100}[A-Za-z])(?!https?:)${CHOSEN}(?=["']?[ \t]{0,8}(?:[\r\n\v,;]|$))`,
  ),
  // cvsbook.red-bean.com, "The Password-Authenticating Server"
  secret(['pserver:'], String.raw`pserver:[^\s:@/]{1,64}:`, String.raw`(?!\[redacted)[^\s@"']{1,128}(?=@)`),
];

/** An option of these programs whose value is the next argument. */
function option(programs: string, names: readonly string[], value: string): Form {
  return secret(
    names.flatMap((name) => [' ', '=', '"', "'", '\\'].map((sign) => name + sign)),
    String.raw`(?<=(?:${programs})(?:\.exe)?[\s"'\\]${OF_LINE}-)(?:${names.join('|')})(?:=|${NEXT})`,
    value,
  );
}

function maybe(pattern: string): string {
  return `(?:${pattern})?`;
}
