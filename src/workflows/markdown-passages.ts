/** The sentences of a Markdown document, each with its line and the section it stands in. */
import { lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import type { Passage, ReadDocument, Section } from '#model/blameless/passage.ts';
import { sentencesIn } from '#model/blameless/sentences.ts';

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

/** A section without a name of its own belongs to the one around it. */
export function passagesOf(markdown: string): ReadDocument {
  const headings: string[] = [];
  const around: Around[] = [];

  function read(tokens: readonly Token[], from: number): Passage[] {
    let line = from;
    return tokens.flatMap((token) => {
      const at = line;
      line += linesIn(token.raw);
      return passagesIn(token as MarkedToken, at);
    });
  }

  function passagesIn(token: MarkedToken, line: number): Passage[] {
    switch (token.type) {
      case 'heading':
        return headingAt(token, line);
      case 'blockquote':
      case 'list_item':
        return read(token.tokens, line);
      case 'list':
        return read(token.items, line);
      case 'table':
        return rowsOf(token, line);
      case 'paragraph':
      case 'text':
        return block(plainText(token.tokens ?? [token]), line);
      case 'html':
        return block(token.raw.replaceAll(/<!--[\s\S]*?(?:-->|$)/g, ''), line);
      default:
        return [];
    }
  }

  function headingAt({ depth, tokens }: Tokens.Heading, line: number): Passage[] {
    const title = plainText(tokens);
    headings.push(title);
    while ((around.at(-1)?.level ?? 0) >= depth) around.pop();
    around.push({ level: depth, section: sectionOf(title) ?? around.at(-1)?.section ?? 'other' });
    return sentencesOf(title, { line, section: 'other' });
  }

  /** Between the head and the first row stands the line of dashes. */
  function rowsOf({ header, rows }: Tokens.Table, line: number): Passage[] {
    return [header, ...rows].flatMap((cells, at) =>
      block(cells.map(({ tokens }) => plainText(tokens)).join(' · '), line + (at === 0 ? 0 : at + 1)),
    );
  }

  function block(text: string, line: number): Passage[] {
    return sentencesOf(text, { line, section: around.at(-1)?.section ?? 'other' });
  }

  return { passages: read(lexer(markdown), 1), headings };
}

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

/** As a reader sees it. Code is left out: it quotes programs. */
function plainText(tokens: readonly Token[]): string {
  return tokens.map((token) => plainToken(token as MarkedToken)).join('');
}

function plainToken(token: MarkedToken): string {
  switch (token.type) {
    case 'codespan':
      return '…';
    case 'br':
      return '\n';
    case 'image':
    case 'escape':
      return token.text;
    case 'strong':
    case 'em':
    case 'del':
    case 'link':
      return plainText(token.tokens);
    case 'text':
      return token.tokens === undefined ? token.raw : plainText(token.tokens);
    default:
      return token.raw;
  }
}
