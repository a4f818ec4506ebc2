/**
 * Reads change events from PagerDuty: deploys, merges and switched flags that other systems reported there. A read-only
 * key is enough.
 *
 * https://developer.pagerduty.com/api-reference/ : List Change Events
 */
import { z } from 'zod';
import { checked, remedyByStatus } from '#adapters/health.ts';
import { addressUnder, type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import { isoFromUs } from '#core/clock.ts';
import type { ChangeQuery, ChangeSource, FoundChanges, Health } from '#gather/sources.ts';
import { type Change, type ChangeKind, changeInstant } from '#model/changes/change.ts';

const NAME = 'pagerduty';
const PATH = 'change_events';
const MAX_BYTES = 8_000_000;
const PAGE = 100;
const MOST_PAGES = 3;

const Text = z.string().catch('');
const ChangeEvent = z.object({
  id: z.string().max(100),
  summary: Text,
  timestamp: z.string(),
  source: Text,
  services: z.array(z.object({ summary: Text })).catch([]),
  links: z
    .array(z.object({ href: Text }))
    .nullish()
    .catch([]),
  custom_details: z.record(z.string(), z.unknown()).nullish().catch({}),
});
type ChangeEvent = z.output<typeof ChangeEvent>;
const Answer = z.object({ change_events: z.array(z.unknown()), more: z.boolean().nullish() });

/** The headers of a key. */
export function keyHeaders(key: string): Readonly<Record<string, string>> {
  return { authorization: `Token token=${key}`, accept: 'application/vnd.pagerduty+json;version=2' };
}

export function pagerDutyChanges(options: Omit<BackendOptions, 'tenant'>): ChangeSource {
  const maxBytes = Math.min(options.maxBytes ?? MAX_BYTES, MAX_BYTES);
  const backend = openBackend(NAME, '', { ...options, maxBytes });

  async function page(search: Search, signal: AbortSignal): Promise<z.output<typeof Answer>> {
    const answer = await backend.get(PATH, { signal, search });
    if (answer.kind !== 'body') throw backend.error(PATH, answer);
    const read = Answer.safeParse(await readJson(answer.chunks));
    if (!read.success) throw backend.misplaced(PATH);
    return read.data;
  }

  async function findChanges({ services, fromUs, toUs }: ChangeQuery, signal: AbortSignal): Promise<FoundChanges> {
    const times: Search = [
      ['since', isoFromUs(fromUs)],
      ['until', isoFromUs(toUs)],
    ];
    const found: Change[] = [];
    let hasMore = true;
    for (let at = 0; hasMore && at < MOST_PAGES; at += 1) {
      const paging: Search = [
        ['limit', `${PAGE}`],
        ['offset', `${at * PAGE}`],
      ];
      const answer = await page([...times, ...paging], signal);
      const events = answer.change_events.flatMap((one) => ChangeEvent.safeParse(one).data ?? []);
      found.push(...events.flatMap((event) => changesOf(event, services)));
      hasMore = answer.more === true;
    }
    const warnings = hasMore ? [`has more than ${MOST_PAGES * PAGE} change events in that time window`] : [];
    const asked = addressUnder(options.url, PATH, times);
    return { query: { text: `GET ${asked.slice(options.url.origin.length)}`, url: '' }, changes: found, warnings };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      const { change_events: events } = await page([['limit', '1']], signal);
      const detail = events.length === 0 ? 'answers, but has no change events yet' : 'answers';
      return { ok: true, detail, remedy: '' };
    }, remedyByStatus(REMEDIES));
  }

  return { name: NAME, findChanges, check };
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: 'Check PAGERDUTY_CHANGES_KEY, and PAGERDUTY_API_URL: accounts in the service region EU have another address.',
  402: 'The plan of this account in PagerDuty has no change events: remove PAGERDUTY_CHANGES_KEY.',
  403: 'Give PAGERDUTY_CHANGES_KEY the right to read change events: a read-only key of the account has it.',
};

/** An event may belong to several services, and counts for each. Without one that is asked about, for the first. */
function changesOf(event: ChangeEvent, asked: readonly string[]): readonly Change[] {
  const atUs = changeInstant(event.timestamp);
  if (atUs === undefined) return [];
  const names = event.services.map(({ summary }) => summary).filter((name) => name !== '');
  const own = asked.filter((service) => names.some((name) => plain(name) === plain(service)));
  const details = event.custom_details ?? {};
  const change = {
    ...{ atUs, kind: kindOf(event.summary), id: idIn(details) || event.id, text: event.summary },
    url: event.links?.map(({ href }) => href).find((href) => /^https?:\/\/\S{1,2000}$/.test(href)) ?? '',
    files: [],
    diff: '',
  };
  return (own.length > 0 ? own : [names[0] ?? '']).map((service) => ({ ...change, service }));
}

/** PagerDuty's services have names for people: `Cart Service`. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-');
}

/** PagerDuty has no kind of a change. The first word that tells one counts. */
const KINDS: readonly (readonly [RegExp, ChangeKind])[] = [
  [/\b(?:deploy|releas|roll(?:ed|ing)? ?(?:out|back)|publish)/i, 'deploy'],
  [/\b(?:feature )?(?:flag|toggle)/i, 'flag'],
  [/\bmigrat/i, 'migration'],
  [/\b(?:scal(?:e[ds]?|ing)\b|autoscal|replicas\b)/i, 'scale'],
  [/\b(?:config|setting|terraform\b|secret)/i, 'config'],
  [/\b(?:merge|commit|pull request\b|push)/i, 'commit'],
];

function kindOf(summary: string): ChangeKind {
  return KINDS.find(([form]) => form.test(summary))?.[1] ?? 'deploy';
}

const IDS = ['commit', 'sha', 'commit_sha', 'revision', 'version', 'release', 'build_version', 'build_number', 'build'];

function idIn(details: Readonly<Record<string, unknown>>): string {
  for (const name of IDS) {
    const value = details[name];
    if (typeof value === 'string' && /^[\w.:/+-]{1,100}$/.test(value)) return value;
    if (typeof value === 'number') return `${value}`;
  }
  return '';
}
