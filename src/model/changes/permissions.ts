/**
 * Permissions that a change takes away: rights in a database, verbs of a role, actions of a policy, scopes of a token.
 *
 *   -  verbs: ["get", "list", "watch"]      +  verbs: ["get"]        leases.coordination.k8s.io is forbidden
 *   -  "s3:GetObject",                                               AccessDenied
 *   -  scopes: [orders.read, orders.write]  +  scopes: [orders.read] insufficient_scope
 */
import { type Effect, effect, type Sides } from '#model/changes/effect.ts';

const REVOKES = /^\s{0,20}(?:REVOKE|DENY)\s[^;\n]{2,160}\b(?:ON|FROM)\b|\bNOLOGIN\b/im;
/** Policies of AWS, Google Cloud, Azure and Vault: an action or a role in quotes. */
const ACTION =
  /["'](?:[a-z][a-z\d-]{1,30}:[A-Z*][\w*]{1,60}|roles\/[\w.]{3,60}|Microsoft\.\w{2,40}\/[\w/*]{2,80})["']/g;
/** Kubernetes' roles, OAuth, Kafka's and Redis' access lists. */
const LIST =
  /^\W{0,4}((?:verbs|resources|apiGroups|allowed_?-?scopes|scopes?|capabilities|operations|permissions|roles|grants|groups))["']?\s{0,3}[:=]\s{0,3}\[?([^\]\n]{1,300})/gim;

export function permissionsGone({ added, removed }: Sides): Effect[] {
  const kept = new Set(actionsIn(added));
  const gone = actionsIn(removed).find((one) => !kept.has(one)) ?? '';
  const before = listsIn(removed);
  const isShorter = [...listsIn(added)].some(([name, now]) => {
    const were = before.get(name) ?? [];
    return were.some((one) => !now.includes(one)) && now.every((one) => were.includes(one));
  });
  const isRevoked = REVOKES.test(added) && !REVOKES.test(removed);
  return [
    ...effect('other-credentials', gone && `it takes away the permission ${gone}`),
    ...effect('other-credentials', isShorter || isRevoked ? 'it takes permissions away' : ''),
  ];
}

function actionsIn(text: string): readonly string[] {
  return (text.match(ACTION) ?? []).map((one) => one.slice(1, -1));
}

/** The entries of each list, by its name. */
function listsIn(text: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Array.from(text.matchAll(LIST), ([, name = '', entries = '']) => [
      name.toLowerCase(),
      entries.match(/[\w.:*/-]{2,80}/g) ?? [],
    ]),
  );
}
