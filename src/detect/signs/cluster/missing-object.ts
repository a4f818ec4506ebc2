/**
 * A ConfigMap or a Secret that a pod needs and that does not exist, or a key that it lacks, in the kubelet's messages
 * (Kubernetes, pkg/kubelet: `container/env`, `volume/secret`, `volume/configmap`).
 */

const MISSING =
  /\b(?:config ?map|secret)s?\b.{0,160}?\bnot found|couldn't find key .{1,160} in (?:ConfigMap|Secret)|references non-existent (?:config|secret) key/i;

export function isAboutMissingObject(text: string): boolean {
  return MISSING.test(text);
}

/** `ConfigMap payment-config`, `key DB_URL in ConfigMap shop/payment-config`; empty where the message names none. */
export function missingObject(text: string): string {
  const key = /couldn't find key (\S+) in (ConfigMap|Secret) ([\w./-]+)/i.exec(text);
  if (key) return `key ${key[1]} in ${key[2]} ${key[3]}`;
  const [, of = '', path = ''] = /references non-existent (config|secret) key: ([\w./-]{1,160})/i.exec(text) ?? [];
  if (path !== '') return `key ${path} in the ${nameOfKind(of)} of its volume`;
  const [, kind = '', name = ''] = /\b(config ?map|secret)s? "([^"]+)"/i.exec(text) ?? [];
  return kind === '' ? '' : `${nameOfKind(kind)} ${name}`;
}

function nameOfKind(kind: string): string {
  return /^s/i.test(kind) ? 'Secret' : 'ConfigMap';
}
