/** Every exit of an analysis, whose evidence holds what is planted; and secrets to plant. */
import { openPair, openSession } from '#analyse/open-session.ts';
import type { BodyHead, Forms, Session, SessionSettings } from '#analyse/session.ts';
import { reportJson } from '#present/json/report-json.ts';
import type { SlackAnswer } from '#present/slack/answer.ts';
import { OWN_LINKS } from '#test/hostile.ts';
import { bodiesWith, markerOf, type Plant, type Story } from '#test/planted-evidence.ts';
import { LOST, PART, SECRETS } from '#test/planted-secrets.ts';

const SETTINGS: SessionSettings = { thresholds: {}, links: OWN_LINKS, maxClockSkewUs: 3_600_000_000 };
const WIDE = { width: 160, colour: false, methods: true };
export const ALL_FORMS: Forms = {
  text: WIDE,
  markdown: true,
  html: true,
  svg: true,
  slack: true,
  logs: true,
  longLists: { full: true, spans: true },
};

/** How an answer leaves for Slack. */
export type SendToSlack = (answer: SlackAnswer) => Promise<string>;

export async function exitsOf(plant: Plant, story: Story, send: SendToSlack): Promise<[exit: string, text: string][]> {
  const session = openSession({ ...SETTINGS, evidence: { maxBytes: 50_000_000 } });
  const bare = openSession(SETTINGS);
  await fill(session, plant, story);
  await fill(bare, plant, story);
  const exits: [string, string][] = [];
  const window = { kind: 'window', service: '', fromUs: Number.NaN, toUs: Number.NaN } as const;
  for (const answer of [...(await bare.reports(ALL_FORMS)), ...(await bare.reports({ ...ALL_FORMS, window }))]) {
    const subject = answer.traceId === '' ? 'window' : 'trace';
    const { report, longLists, slack, text = '', markdown = '', html = '', svg = '', logs = '' } = answer;
    const json = [...reportJson(report, longLists)].join('');
    const sent = slack === undefined ? '' : await send(slack);
    const forms = { text, markdown, html, svg, logs, json, slack: sent, longLists: JSON.stringify(longLists ?? '') };
    for (const [form, said] of Object.entries(forms)) exits.push([`${subject} ${form}`, said]);
  }
  for (const { path, bytes } of (await session.evidence()).files) exits.push([path, Buffer.from(bytes).toString()]);
  await session.close();
  await bare.close();
  return exits;
}

/** The forms of a comparison of a healthy request with one that fails. */
export async function comparedWith(plant: Plant): Promise<[exit: string, text: string][]> {
  const pair = openPair(SETTINGS);
  await fill(pair.healthy, plant, 'wait');
  await fill(pair.failing, plant, 'failure');
  const forms = { text: WIDE, markdown: true, html: true };
  const compared = await pair.compare({ as: 'comparison', forms });
  await pair.close();
  if (compared.kind !== 'compared') throw new Error(compared.why);
  return Object.entries(compared.presented).map(([form, said]) => [`comparison ${form}`, textOf(said)]);
}

async function fill(session: Session, plant: Plant, story: Story): Promise<void> {
  for (const [kind, text] of bodiesWith(plant, story)) {
    const query = { text: plant('query', `{app="shop"} |= "x"`), url: plant('query', 'https://loki.example/?q=x') };
    const head: BodyHead = {
      kind,
      format: 'auto',
      source: plant('source', kind),
      file: plant('file', `${kind}.json`),
      query,
    };
    session.body(kind, head);
    await session.bytes(kind, Buffer.from(text));
    await session.end(kind);
  }
  const [source, problem, consequence] = ['loki', 'timed out', 'no logs'].map((text) => plant('gap', text));
  session.gap({ source: source ?? '', problem: problem ?? '', consequence: consequence ?? '' });
}

const CUTS = [48, 64, 80, 120, 160, 200, 240, 300, 400];

/** The same text of one input always gets the same secret, so that names stay names. */
export function planting(round: number, how: 'whole' | 'cut'): Plant {
  return (input, text) => {
    const chosen = hashOf(`${round} ${input} ${text}`);
    const secrets = how === 'whole' ? SECRETS : LOST;
    const { text: carried, secret } = secrets[chosen % secrets.length] ?? { text: '', secret: '' };
    const marked = `${text} ${markerOf(input)}`;
    // A part of a sentence keeps its distance to the next part.
    if (how === 'whole') return `${marked} ${carried}${text.endsWith(' ') ? ' ' : ''}`;
    const cut = CUTS[(chosen >> 8) % CUTS.length] ?? 0;
    const start =
      cut - PART - ((chosen >> 4) % Math.max(1, secret.length - PART)) - carried.indexOf(secret) - marked.length;
    return `${marked} ${'and so on '.repeat(40).slice(0, Math.max(0, start - 2))} ${carried} and on and on`;
  };
}

function hashOf(text: string): number {
  let hash = 7;
  for (const sign of text) hash = (hash * 48_271 + sign.charCodeAt(0)) % 2_147_483_647;
  return hash;
}

function textOf(said: unknown): string {
  return typeof said === 'string' ? said : (JSON.stringify(said) ?? '');
}
