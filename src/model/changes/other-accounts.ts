/** Another account, role or identity as which a service asks others: what the old one might do, the new one may not. */
import { type Effect, effect, type Sides } from '#model/changes/effect.ts';

/**
 * Kubernetes' `serviceAccountName`, Google's `service_account`, AWS's `role_arn` and `task_role_arn`, Azure's managed
 * identities, a database's `SET ROLE`.
 */
const ACCOUNT =
  /^\W{0,8}["']?((?:\w{1,40}[._-])?(?:service_?-?account(?:_?-?(?:name|email))?|(?:task_|execution_|instance_|assume_)?role_?-?arn|managed_?-?identity(?:_?-?(?:id|name))?|run_?-?as_?-?user(?:_?-?name)?))["']?\s{0,3}[:=]\s{0,3}["']?([^\s"',]{2,200})/gim;

export function otherAccounts({ added, removed }: Sides): Effect[] {
  const [before, after] = [accountsIn(removed), accountsIn(added)];
  const isOther = [...after].some(([name, value]) => before.has(name) && before.get(name) !== value);
  return effect('other-credentials', isOther ? 'it runs as another account' : '');
}

function accountsIn(text: string): ReadonlyMap<string, string> {
  return new Map(Array.from(text.matchAll(ACCOUNT), ([, name = '', value = '']) => [name.toLowerCase(), value]));
}
