/** Reads what people type as a link, with words before or behind it. A pure function: each form is a line in a test. */
import { readIncidentNumber } from '#model/incident/incident.ts';
import { LABEL_CHARS, readAddress } from '#model/incident/incident-link.ts';
import { plainFromMrkdwn, quotable } from '#present/slack/text.ts';
import type { LinkTarget } from '#workflows/incidents/link-incident.ts';

export type TypedLink = Readonly<{ target: LinkTarget; label: string } | { problem: string }>;

/** Slack's marks around what it recognised, or an address that it did not mark. */
const ADDRESS = /<(?<marked>https?:[^<>|\s]+)(?:\|(?<name>[^<>]*))?>|(?<bare>https?:\/\/[^\s<>"`]+)/gi;
const OTHER_SCHEME = /<?(?:[a-z][a-z0-9+.-]{1,20}:\/\/|javascript:|mailto:|data:|file:)/i;
const CHANNEL = /^<#(?<id>[CG][A-Z0-9]+)(?:\|[^<>]*)?>/;
/** `link to INC-4` */
const FILLER = /^(?:to|with|and|mit|zu)\s+(?=<#|inc\b)/i;
/** No part of an address at the end of a sentence, or around it. */
const PUNCTUATION = ".,;:!?)]}'’”";
/** Between an address and its words. */
const SEPARATORS = ':,;–—-|';

export function readTypedLink(typed: string): TypedLink {
  const text = typed.trim();
  if (!/[^\s\p{C}]/u.test(plainFromMrkdwn(text))) return { problem: WHICH };
  const addresses = [...text.matchAll(ADDRESS)];
  const [address, another] = addresses;
  if (another !== undefined) return { problem: ONE };
  if (address !== undefined) return ofAddress(text, address);
  if (OTHER_SCHEME.test(text)) return { problem: `I link only web pages, with \`https://\` or \`http://\`. ${WHICH}` };
  return ofIncident(text.replace(FILLER, ''));
}

function ofAddress(text: string, { index, 0: whole, groups = {} }: RegExpExecArray): TypedLink {
  const { marked, name = '', bare = '' } = groups;
  const read = readAddress(plainFromMrkdwn(marked ?? withoutEnd(bare, PUNCTUATION)));
  if ('problem' in read) return read;
  const around = `${text.slice(0, index)} ${text.slice(index + whole.length)}`;
  const words = labelIn(around);
  // Slack names an address by itself where a person wrote it without its beginning.
  const own = marked?.toLowerCase().includes(name.toLowerCase()) ? '' : labelIn(name);
  return labelled({ url: read.url, isRedacted: read.isRedacted }, words === '' ? own : words);
}

function ofIncident(text: string): TypedLink {
  const channel = CHANNEL.exec(text);
  if (channel?.groups?.id !== undefined)
    return labelled({ channelId: channel.groups.id }, labelIn(text.slice(channel[0].length)));
  const plain = plainFromMrkdwn(text);
  const [first = ''] = plain.split(/[\s,;:]+/, 1);
  const number = readIncidentNumber(withoutEnd(first, PUNCTUATION));
  if (number === undefined) {
    if (/^#?inc[-\s]?\d/i.test(plain)) return { problem: `Write the incident as \`INC-4\`. ${ONE}` };
    if (first.startsWith('#'))
      return {
        problem: `I do not know the channel ${quotable(first)}. Choose it from Slack’s list, or name the incident: \`/incident link INC-4\`.`,
      };
    return { problem: WHICH };
  }
  const rest = plain.slice(first.length);
  if (/^[\s,;:&+]*(?:(?:and|und|or)\s+)?inc-\d/i.test(rest)) return { problem: ONE };
  return labelled({ number }, labelIn(rest));
}

function labelled(target: LinkTarget, label: string): TypedLink {
  if (label.length > LABEL_CHARS)
    return { problem: `The words for a link have at most ${LABEL_CHARS} characters. Add more as a \`note\`.` };
  return { target, label };
}

/** Without the signs that join a sentence and an address. */
function labelIn(text: string): string {
  const words = plainFromMrkdwn(text)
    .split(/\s+/)
    .filter((word) => word !== '' && !/^[()[\]{}"'`“”‘’:,;–—|.-]+$/.test(word));
  const label = withoutEnd(words.join(' '), SEPARATORS);
  const begin = [...label].findIndex((sign) => !SEPARATORS.includes(sign));
  return begin <= 0 ? label : label.slice(begin).trim();
}

function withoutEnd(text: string, signs: string): string {
  let end = text.length;
  while (end > 0 && signs.includes(text[end - 1] ?? '')) end -= 1;
  return text.slice(0, end);
}

const WHICH =
  'Which link? `/incident link https://grafana.example/d/checkout the board` adds a page, `/incident link INC-4` relates two incidents.';
const ONE = 'One link at a time: `/incident link INC-4 same database`.';
