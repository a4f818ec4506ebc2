/**
 * Reads Grafana annotations. An annotation with a tag for a kind of change is a change. Times are milliseconds; a
 * region counts from its start. A service account needs `annotations:read`.
 */
import { z } from 'zod';
import { checked } from '#adapters/health.ts';
import { addressUnder, type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import type { ChangeQuery, ChangeSource, FoundChanges, Health } from '#gather/sources.ts';
import type { Change, ChangeKind } from '#model/changes/change.ts';

const NAME = 'grafana';
const PATH = 'api/annotations';
const MAX_BYTES = 8_000_000;
const MOST = 500;

const Annotations = z.array(
  z.object({
    id: z.number(),
    time: z.number(),
    text: z.string().nullish(),
    tags: z.array(z.string()).nullish(),
    dashboardUID: z.string().nullish(),
  }),
);
type Annotation = z.output<typeof Annotations>[number];

export function grafanaAnnotations(options: Omit<BackendOptions, 'tenant' | 'maxBytes'>): ChangeSource {
  const backend = openBackend(NAME, 'x-grafana-org-id', { ...options, maxBytes: MAX_BYTES });

  async function ask(search: Search, signal: AbortSignal): Promise<readonly Annotation[]> {
    const answer = await backend.get(PATH, { signal, search });
    if (answer.kind !== 'body') throw backend.error(PATH, answer);
    const parsed = Annotations.safeParse(await readJson(answer.chunks));
    if (!parsed.success) throw backend.misplaced(PATH);
    return parsed.data;
  }

  async function findChanges({ services, fromUs, toUs }: ChangeQuery, signal: AbortSignal): Promise<FoundChanges> {
    const search: Search = [
      ['from', `${Math.floor(fromUs / 1_000)}`],
      ['to', `${Math.ceil(toUs / 1_000)}`],
      ['type', 'annotation'],
      ['limit', `${MOST}`],
    ];
    const all = await ask(search, signal);
    const warnings = all.length >= MOST ? [`has more than ${MOST} annotations in that time window`] : [];
    const asked = addressUnder(options.url, PATH, search);
    const query = { text: `GET ${asked.slice(options.url.origin.length)}`, url: '' };
    return { query, changes: all.flatMap((one) => changeOf(one, services, options.url)), warnings };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      const all = await ask([['limit', '1']], signal);
      const detail = all.length === 0 ? 'answers, but has no annotations yet' : 'answers';
      return { ok: true, detail, remedy: '' };
    });
  }

  return { name: NAME, findChanges, check };
}

/** The kind of change for each tag. */
const KINDS: Readonly<Record<string, ChangeKind>> = {
  deploy: 'deploy',
  deploys: 'deploy',
  deployed: 'deploy',
  deployment: 'deploy',
  deployments: 'deploy',
  release: 'deploy',
  rollout: 'deploy',
  rollback: 'deploy',
  config: 'config',
  configuration: 'config',
  flag: 'flag',
  'feature-flag': 'flag',
  'feature flag': 'flag',
  scale: 'scale',
  scaling: 'scale',
  migration: 'migration',
};

/** `service:checkout`, `version=1.4.2` */
const NAMED = /^\s*([\w.-]{1,60})\s{0,3}[:=]\s{0,3}(.{1,200})$/;
const SERVICE: ReadonlySet<string> = new Set(['service', 'service.name', 'service_name', 'app', 'application']);
const ID: ReadonlySet<string> = new Set(['sha', 'commit', 'revision', 'version', 'release', 'tag', 'build']);
const LINK = /https?:\/\/[^\s"'<>)]{1,2000}/;

function changeOf(
  { id, time, text, tags, dashboardUID }: Annotation,
  services: readonly string[],
  grafanaUrl: URL,
): Change[] {
  const all = (tags ?? []).map((tag) => tag.trim());
  const named = all.flatMap((tag) => {
    const [, name = '', value = ''] = NAMED.exec(tag) ?? [];
    return name === '' ? [] : [{ name: name.toLowerCase(), value: value.trim() }];
  });
  const of = (names: ReadonlySet<string>) => named.find(({ name }) => names.has(name))?.value;
  const kinds = [...all, ...named.filter(({ name }) => KIND.has(name)).map(({ value }) => value)];
  const kind = kinds.flatMap((tag) => KINDS[tag.toLowerCase()] ?? []).at(0);
  if (kind === undefined) return [];
  const said = text ?? '';
  const page = dashboardUID ? addressUnder(grafanaUrl, `d/${encodeURIComponent(dashboardUID)}`) : '';
  return [
    {
      atUs: Math.round(time * 1_000),
      kind,
      service: of(SERVICE) ?? all.find((tag) => services.includes(tag)) ?? '',
      id: of(ID) ?? `annotation ${id}`,
      text: plain(said),
      url: LINK.exec(said)?.[0] ?? page,
      files: [],
      diff: '',
    },
  ];
}

const KIND: ReadonlySet<string> = new Set(['kind', 'type', 'event']);

/** Its text may be HTML. */
function plain(text: string): string {
  return text
    .replaceAll(/<[^<>]{0,500}>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
