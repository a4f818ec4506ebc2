/** The configured systems that are read by themselves. */

import { countsAmong } from '#compose/environments.ts';
import type { InvestigationConfig } from '#compose/investigation.ts';
import { ConfigError } from '#core/errors.ts';
import type { ChangeSource, DatabaseSource, DiffSource, PlatformSource } from '#gather/sources.ts';

/** The cluster, where the configuration says that one may be read. */
export async function composePlatform({ kubernetes: asked, gather }: InvestigationConfig): Promise<PlatformSource[]> {
  if (asked?.kubeconfig === undefined && !asked?.inCluster) return [];
  const { kubeconfig: files, context, inCluster, namespaces } = asked;
  if (files !== undefined && inCluster) {
    throw new ConfigError('KUBECONFIG and KUBERNETES_IN_CLUSTER are both set: one cluster is read, so set one of them');
  }
  const [{ kubernetes }, { guardPlatformSource }] = await Promise.all([
    import('#adapters/kubernetes/client.ts'),
    import('#gather/guard.ts'),
  ]);
  const kubeconfig = files === undefined ? undefined : { files, context };
  const timeoutMs = gather.sourceTimeoutSeconds * 1_000;
  return [guardPlatformSource(kubernetes({ kubeconfig, namespaces, timeoutMs, maxBytes: gather.maxBytes }))];
}

/** The databases that may be asked for their statistics; of none, no driver is loaded. */
export async function composeDatabases({ databases }: InvestigationConfig): Promise<DatabaseSource[]> {
  const { postgres: ofPostgres = [], mysql: ofMysql = [] } = databases ?? {};
  if (ofPostgres.length + ofMysql.length === 0) return [];
  const [{ guardDatabaseSource }, { databaseAddress }] = await Promise.all([
    import('#gather/guard.ts'),
    import('#model/database-address.ts'),
  ]);
  const sources: DatabaseSource[] = [];
  if (ofPostgres.length > 0) {
    const { postgres } = await import('#adapters/postgres/client.ts');
    sources.push(...ofPostgres.map((text) => postgres({ address: databaseAddress(text, 'postgresql') })));
  }
  if (ofMysql.length > 0) {
    const { mysql } = await import('#adapters/mysql/client.ts');
    sources.push(...ofMysql.map((text) => mysql({ address: databaseAddress(text, 'mysql') })));
  }
  return sources.map((source) => guardDatabaseSource(source));
}

/** Where changes can be read by themselves, and what they changed. */
export async function composeChanges({
  grafana: marked,
  github: hub,
  gitlab: lab,
  changes,
  gather,
}: InvestigationConfig): Promise<Readonly<{ changeSources: ChangeSource[]; diffSources: DiffSource[] }>> {
  const changeSources: ChangeSource[] = [];
  const diffSources: DiffSource[] = [];
  const asked = { timeoutMs: gather.sourceTimeoutSeconds * 1_000, counts: countsAmong(changes?.environments) };
  const { timeoutMs } = asked;
  const guards = () => Promise.all([import('#gather/guard.ts'), import('#gather/known-diffs.ts')]);
  const add = async (source: ChangeSource & DiffSource, lists: number) => {
    const [{ guardChangeSource }, { withKnownDiffs }] = await guards();
    const guarded = withKnownDiffs(guardChangeSource(source));
    diffSources.push(guarded);
    if (lists > 0) changeSources.push(guarded);
  };
  if (marked?.url && marked.token !== undefined) {
    const [{ grafana }, [{ guardChangeSource }]] = await Promise.all([import('#adapters/grafana/client.ts'), guards()]);
    changeSources.push(guardChangeSource(grafana({ url: marked.url, token: marked.token, timeoutMs })));
  }
  if (hub && (hub.token !== undefined || hub.repositories.length > 0)) {
    const { github } = await import('#adapters/github/client.ts');
    const { repositories, ...access } = hub;
    await add(github({ ...access, ...asked, repositories: repositories.map(codeOf) }), repositories.length);
  }
  if (lab && (lab.token !== undefined || lab.projects.length > 0)) {
    const { gitlab } = await import('#adapters/gitlab/client.ts');
    const { projects, ...access } = lab;
    await add(gitlab({ ...access, ...asked, projects: projects.map(codeOf) }), projects.length);
  }
  return { changeSources, diffSources };
}

/** `checkout=acme/shop`; without a service it is named like the repository. */
function codeOf(text: string): Readonly<{ path: string; service: string }> {
  const at = text.indexOf('=');
  const path = text.slice(at + 1);
  return { path, service: at > 0 ? text.slice(0, at) : path.slice(path.lastIndexOf('/') + 1) };
}
