/** Which environments count. */

/** Without any that are named, all environments count. */
export function countsAmong(environments: readonly string[] = []): (environment: string) => boolean {
  const named = new Set(environments.map((name) => name.toLowerCase()));
  return (environment) => named.size === 0 || named.has(environment.toLowerCase());
}
