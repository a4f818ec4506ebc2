/** The sentences of a Markdown document, each with its line and the section it stands in. */
import { lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import { DAY_US } from '#core/time-units.ts';
import type { Passage, ReadDocument, Section } from '#model/blameless/passage.ts';
import { sentencesIn } from '#model/blameless/sentences.ts';
import type { Block, Cell, DocumentSection, RowTime } from '#model/blameless/structure/document.ts';
import { TIMELINE } from '#model/blameless/structure/timeline.ts';
import { instantsIn, namesZone } from '#utilities/instant.ts';

/** Titles in the languages of the lint, as they begin or as they are. */
const SECTIONS: readonly (readonly [Section, RegExp])[] = [
  ['lint', /^to rewrite before it is accepted$/i],
  [
    'summary',
    /^(?:executive |incident )?(?:summary|overview|tl;?dr|abstract)\b|^(?:kurz)?(?:zusammenfassung|überblick|übersicht)|^résumé|^synthèse|^resumen|^resumo|^sumário|概要|要約|サマリ|摘要|概述|总结$/iu,
  ],
  [
    'impact',
    /^(?:customer |user |business )?impact\b|^auswirkung|^folgen$|^impact|^conséquences|^impacto|^afectación|影響|影响/iu,
  ],
  ['detection', /^detection|^how we found out|^erkennung|^détection|^detección|^detecção|検知|检测|发现/iu],
  [
    'timeline',
    /^(?:incident )?timeline|^what happened|^lead-?up|^chronology|^zeit(?:achse|leiste|linie|licher)|^ablauf|^verlauf|^chronolog|^déroulé|^frise|^cronolog|^línea de tiempo|^linha do tempo|^histórico|タイムライン|経緯|経過|時系列|时间线|时间轴|经过|过程/iu,
  ],
  [
    'actions',
    /^(?:action|follow-?up|corrective|remediation)(?: |-)?(?:items?|actions?|ups?|tasks?|steps)?\b|^next steps|^to-?dos?\b|^maßnahme|^massnahme|^nächste schritte|^aufgaben|^actions?(?: |$)|^plan d['’]action|^mesures|^acciones|^tareas|^medidas|^ações|^tarefas|^plano de ação|アクション|対策|再発防止|対応策|今後の対応|改善策|改进措施|行动项|后续|整改|待办|改进项/iu,
  ],
  [
    'responders',
    /^(?:incident )?(?:responders|participants|roles|attendees|people)\b|^beteiligte|^teilnehmer|^intervenants|^participants|^participantes|^respondedores|対応者|参加者|参与人|处理人|响应人/iu,
  ],
];

type Around = Readonly<{ level: number; section: Section }>;

/**
 * A section without a name of its own belongs to the one around it. `builtIn`: gives the built-in title of a section
 * that the team's template names in another way.
 */
export function passagesOf(markdown: string, builtIn: (title: string) => string = (title) => title): ReadDocument {
  const sections: (DocumentSection & Readonly<{ blocks: Block[] }>)[] = [{ title: '', level: 0, line: 1, blocks: [] }];
  const around: Around[] = [];

  function read(tokens: readonly Token[], from: number, kind: Block['kind'] = 'paragraph'): Passage[] {
    let line = from;
    return tokens.flatMap((token) => {
      const at = line;
      line += linesIn(token.raw);
      return passagesIn(token as MarkedToken, at, kind);
    });
  }

  function passagesIn(token: MarkedToken, line: number, kind: Block['kind']): Passage[] {
    switch (token.type) {
      case 'heading':
        return headingAt(token, line);
      case 'blockquote':
        return read(token.tokens, line);
      case 'list_item':
        return read(token.tokens, line, 'item');
      case 'list':
        return read(token.items, line);
      case 'table':
        return rowsOf(token, line);
      case 'paragraph':
      case 'text':
        note({ line, kind, tokens: token.tokens ?? [token] });
        return passages(plainText(token.tokens ?? [token]), line);
      case 'code':
        note({ line, kind, tokens: [] });
        return [];
      case 'html':
        return passages(token.raw.replaceAll(/<!--[\s\S]*?(?:-->|$)/g, ''), line);
      default:
        return [];
    }
  }

  function headingAt({ depth, tokens }: Tokens.Heading, line: number): Passage[] {
    const written = plainText(tokens);
    const title = builtIn(written);
    sections.push({ title, level: depth, line, blocks: [] });
    while ((around.at(-1)?.level ?? 0) >= depth) around.pop();
    around.push({ level: depth, section: sectionOf(title) ?? around.at(-1)?.section ?? 'other' });
    return sentencesOf(written, { line, section: 'other' });
  }

  /** Between the head and the first row stands the line of dashes. */
  function rowsOf({ header, rows }: Tokens.Table, line: number): Passage[] {
    const heads = header.map(({ tokens }) => plainText(tokens));
    return [header, ...rows].flatMap((cells, at) => {
      const rowLine = line + (at === 0 ? 0 : at + 1);
      if (at > 0) {
        const own = cells.map(({ tokens }, column) => ({
          head: heads[column] ?? '',
          text: plainText(tokens, withCode),
        }));
        note({ line: rowLine, kind: 'row', tokens: cells.flatMap(({ tokens }) => tokens), cells: own });
      }
      return passages(cells.map(({ tokens }) => plainText(tokens)).join(' · '), rowLine);
    });
  }

  function note({ line, kind, tokens, cells = [] }: Noted): void {
    const section = sections.at(-1);
    const text = cells.length > 0 ? cells.map((cell) => cell.text).join(' · ') : plainText(tokens, withCode);
    const time = TIMELINE.test(section?.title ?? '') ? timeIn(text) : undefined;
    section?.blocks.push({ line, kind, text, cells, hasLink: tokens.some(isLink), time });
  }

  function passages(text: string, line: number): Passage[] {
    return sentencesOf(text, { line, section: around.at(-1)?.section ?? 'other' });
  }

  return { passages: read(lexer(markdown), 1), sections };
}

type Noted = Pick<Block, 'line' | 'kind'> & Readonly<{ tokens: readonly Token[]; cells?: readonly Cell[] }>;

function isLink(token: Token): boolean {
  if (token.type === 'link' || token.type === 'codespan') return true;
  return 'tokens' in token && (token.tokens ?? []).some(isLink);
}

/** The first time of a row: with its day, or as a clock. */
function timeIn(text: string): RowTime | undefined {
  const [, hour, minute, second = '0'] = CLOCK.exec(text) ?? [];
  if (hour === undefined || minute === undefined) return undefined;
  const secondOfDay = Number(hour) * 3_600 + Number(minute) * 60 + Number(second);
  const [instant] = instantsIn(text, { nowNs: 0n, limit: 1 });
  const isFirst = instant !== undefined && text.indexOf(instant.said) <= text.search(CLOCK);
  if (!isFirst) return { dayUs: undefined, secondOfDay, hasZone: ZONE.test(text) };
  const us = Number(instant.ns / 1_000n);
  if (instant.form === 'ISO 8601 date') return { dayUs: us, secondOfDay, hasZone: ZONE.test(text) };
  const dayUs = Math.floor(us / DAY_US) * DAY_US;
  return { dayUs, secondOfDay: Math.floor((us - dayUs) / 1_000_000), hasZone: namesZone(instant) || ZONE.test(text) };
}

const CLOCK = /(?<![\d.:])([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(?![\d:])/;
const ZONE = /\b(?:UTC|GMT)\b|\d ?Z\b|[+-]\d{2}:\d{2}\b/;

function sectionOf(title: string): Section | undefined {
  const bare = title.replace(/^[\d.)\s]+/, '');
  return SECTIONS.find(([, pattern]) => pattern.test(bare))?.[0];
}

function sentencesOf(block: string, { line, section }: Pick<Passage, 'line' | 'section'>): Passage[] {
  return sentencesIn(block).map(({ text, begins }) => {
    const before = block.slice(0, begins);
    return { line: line + linesIn(before), section, text, block, isFirst: before.trim() === '' };
  });
}

export function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

/** As a reader sees it. The rules about words leave code out: it quotes programs. */
function plainText(tokens: readonly Token[], codeText: CodeText = withoutCode): string {
  return tokens.map((token) => plainToken(token as MarkedToken, codeText)).join('');
}

type CodeText = (code: Tokens.Codespan) => string;
const withoutCode: CodeText = () => '…';
const withCode: CodeText = ({ text }) => text;

function plainToken(token: MarkedToken, codeText: CodeText): string {
  switch (token.type) {
    case 'codespan':
      return codeText(token);
    case 'br':
      return '\n';
    case 'image':
    case 'escape':
      return token.text;
    case 'strong':
    case 'em':
    case 'del':
    case 'link':
      return plainText(token.tokens, codeText);
    case 'text':
      return token.tokens === undefined ? token.raw : plainText(token.tokens, codeText);
    default:
      return token.raw;
  }
}
