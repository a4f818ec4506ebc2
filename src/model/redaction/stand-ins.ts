/**
 * What programs write in the place of a secret, beside the usual masks of `no-secret.ts`: a mask with words, how long the
 * secret is, and references in the syntax of one program. The next one is a row of `STAND_INS`.
 */

/** Words of masks. Each says that somebody took the value out. */
const TAKEN_OUT =
  '(?:redacted|suppressed|hidden|filtered|masked|scrubbed|obscured|obfuscated|sanitized|omitted|withheld|secret|private|protected|sensitive|confidential|encrypted)';

const STAND_INS: readonly RegExp[] = [
  // puppet.com/docs/puppet, "Sensitive"; docs.chef.io, "sensitive"; hexdocs.pm/ecto, "redact"; docs.rs/secrecy
  new RegExp(
    String.raw`^(?:Sensitive |Secret\()?[*[<({]{1,3} ?(?:[A-Za-z:]+ ){0,3}${TAKEN_OUT}(?: [A-Za-z:]+){0,4} ?[*\]>)}]{0,4}$`,
    'i',
  ),
  // The same where emphasis is read already: `**redacted**`
  new RegExp(String.raw`^${TAKEN_OUT}[*\]>)}]{1,3}$`, 'i'),
  // github.com/databus23/helm-diff: how long a value of a Secret is
  /^[A-Za-z*+ -]{1,24} # \(\d{1,8} bytes\)$/,
  // unicode.org/charts/PDF/U2580.pdf: blocks
  /^[█▓▒░■●∙·]+$/u,
  // docs.oracle.com/javase, "Object.toString": an array of characters or bytes
  /^\[[BC]@[\da-f]{4,8}$/,
  // RFC 7468: a key of several lines has a form of its own
  /^-----BEGIN$/,
  // puppet.com/docs/puppet, "Hiera: Interpolate"; symfony.com/doc, "Environment Variable Processors"
  /^%(?:\{[\w.:]{1,80}(?:\(.*|\})|env\(.*)$/,
  // grafana.com/docs, "Variable expansion"; perldoc.perl.org/perlvar
  /^\$(?:__(?:file|env|vault)|ENV)(?:\{.*)?$/,
  // maven.apache.org/plugins/maven-resources-plugin, learn.microsoft.com/azure/devops, "Replace Tokens": a name between its signs
  /^(@{1,2}|_{2}|%{1,2}|#|~)[A-Z][A-Z\d]*(?:_[A-Z\d]+)+\1$/,
  // learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
  /^\[[a-z][A-Za-z.]{2,40}\(.*$/,
  // learn.microsoft.com/azure/container-apps/manage-secrets, pypi.org/project/keyring, passwordstore.org: where it is kept
  /^(?:secretref|keyring|keychain|pass|credentials?|secret|secrets):[a-z][a-z\d_]*(?:[/.-]{1,3}[a-z\d_]+)+$/i,
  /^(?:aws|gcp|azure|hcp|k8s|kube)[-_]?(?:sm|ssm|kms|kv|vault|key-?vault|secrets?|secrets?-?manager|parameter-?store):\/{0,3}[\w./@-]+$/,
];

/** Whether a program wrote the value instead of the secret. */
export function isStandIn(value: string): boolean {
  return STAND_INS.some((form) => form.test(value));
}

/** In brackets that a list would have, too: `[secret]` of pulumi.com/docs, `[C@1b2c3d4e` of Java, `[[ .Values.x ]]`. */
const IN_BRACKETS = new RegExp(
  String.raw`\[(?:(?:[A-Za-z]+ ){0,3}${TAKEN_OUT}(?: [A-Za-z]+){0,4}\]|[BC]@[\da-f]{4,8}(?!\w)|\[ ?[.$][^[\]\r\n\v]{0,200}\]\])`,
  'iy',
);

/** The end of such a mask or template; `at` where none begins. */
export function bracketedStandInEnd(text: string, at: number): number {
  IN_BRACKETS.lastIndex = at;
  return IN_BRACKETS.test(text) ? IN_BRACKETS.lastIndex : at;
}
