/**
 * `docs/systems.md`, from the registry: what each system offers, and how the tests know its answers. `npm run generate`
 * writes it.
 */
import { systems } from '#adapters/registry.ts';
import type { Checked, CheckedOffers, EvidenceKind, System } from '#adapters/system.ts';
import type { Generated } from './generated.ts';

export function systemsPage(): Generated {
  return new Map([['docs/systems.md', pageOf(systems)]]);
}

const OFFERED: Readonly<Record<EvidenceKind, string>> = {
  traces: 'traces',
  logs: 'log lines',
  metrics: 'metrics',
  profiles: 'profiles',
  platform: 'pods and events',
  databases: 'database statistics',
  changes: 'changes',
  diffs: 'diffs',
  services: 'names and owners of services',
};

const CHECKED: Readonly<Record<keyof CheckedOffers, string>> = { ...OFFERED, counts: 'counts', webhooks: 'webhooks' };

/** What it can count over all its data. */
const COUNTED = { traces: 'counts of requests', logs: 'counts of lines' } as const;

const MEANING: Readonly<Record<Checked, string>> = {
  real: 'the tests run against the system itself (`npm run test:backends` for servers)',
  recorded:
    'the tests replay what a real one answered or posted; `test/fixtures` holds the recordings, or their digests',
  documented:
    'the tests use answers that were written as its documentation describes them; no real one has answered, so expect differences',
};

export function pageOf(all: readonly System[]): string {
  const meanings = Object.entries(MEANING).map(([word, meaning]) => `| \`${word}\` | ${meaning} |`);
  const rows = all.map(
    (one) => `| [${one.title}](${one.docs}) | ${offersOf(one).join(', ')} | ${checkedText(one.checked)} |`,
  );
  return `${[
    '# Systems',
    '<!-- Written by tools/systems-page.ts from the index.ts of each system in src/adapters/. Change those, then run: npm run generate -->',
    'Each system is optional. [configuration.md](configuration.md) says what to set. `./spanhound doctor` checks what you connected.',
    ['| checked | means |', '|---|---|', ...meanings].join('\n'),
    'One word is about all evidence that Spanhound reads from a system. Where kinds of evidence differ, each word names its kinds. For a system without evidence, the word is about what the system posts by webhook. Messages in channels and other webhooks follow the documentation, or samples that people published. If a system answers in another form, `doctor` and the gaps of a report say so.',
    ['| system | offers | checked |', '|---|---|---|', ...rows].join('\n'),
  ].join('\n\n')}\n`;
}

function checkedText(checked: System['checked']): string {
  if (typeof checked === 'string') return `\`${checked}\``;
  const offers = Object.entries(checked) as [keyof CheckedOffers, Checked][];
  const byWord = Map.groupBy(offers, ([, word]) => word);
  return [...byWord].map(([word, of]) => `\`${word}\`: ${of.map(([kind]) => CHECKED[kind]).join(', ')}`).join('; ');
}

function offersOf({
  evidence,
  alertWebhook,
  alertMessages,
  changeWebhook,
  chat,
  statusPage,
  issueTracker,
  issueWebhook,
  postmortemTarget,
  eventReceivers,
  mitigations,
  onCall,
  pager,
  links,
}: System): readonly string[] {
  const counts = (evidence?.counts ?? []).map((kind) => COUNTED[kind]);
  const offers = [
    ...(evidence?.kinds ?? []).map((kind) => OFFERED[kind]),
    ...counts,
    alertWebhook && 'alerts by webhook',
    alertMessages && 'alerts in channels',
    changeWebhook && 'changes by webhook',
    links && 'links to traces',
    chat && 'the chat with people',
    statusPage && 'a page for approved updates',
    eventReceivers && 'a receiver of the events of incidents',
    mitigations && 'an automation for approved mitigations',
    issueTracker && 'issues for action items',
    issueWebhook && 'changes of issues by webhook',
    postmortemTarget && 'a place for postmortems',
    onCall && 'who is on call',
    pager && 'changes to its incidents',
  ];
  return offers.filter((offer) => offer !== undefined);
}
