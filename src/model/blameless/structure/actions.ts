/** The action items of a postmortem: owner, day, type. After Google's and PagerDuty's guides. */
import type { LintFinding } from '#model/blameless/lint.ts';
import { admits, type Block, type DocumentSection, partOf } from '#model/blameless/structure/document.ts';

export function actionFindings(sections: readonly DocumentSection[]): readonly LintFinding[] {
  const actions = partOf(sections, /^action|follow-?ups?|follow ups|corrective/i);
  if (actions === undefined) return [];
  const items = actions.blocks.filter(isItem);
  return [...items.flatMap(lacking), ...onlyPrevention(items)];
}

/** A proposal becomes an item when somebody accepts it. */
function isItem({ kind, text }: Block): boolean {
  return kind !== 'paragraph' && !/^Proposed to \p{L}/u.test(text) && !admits(text);
}

function lacking(item: Block): readonly LintFinding[] {
  const lacks = [...(hasOwner(item) ? [] : ['no owner']), ...(hasDay(item) ? [] : ['no due date'])].join(', ');
  if (lacks === '') return [];
  return [
    {
      rule: 'action-item',
      blocks: true,
      line: item.line,
      text: `${lacks}: ${item.text}`,
      advice:
        'Name one owner, a person or a team, and the day: “Add an index on users.email (platform team, 2026-01-20)”.',
    },
  ];
}

function hasOwner({ cells, text }: Block): boolean {
  if (cells.length > 0) return filled(cells, /owner|who|assignee|responsible|team/i);
  return OWNED.test(text);
}

function hasDay({ cells, text }: Block): boolean {
  if (cells.length > 0 && filled(cells, /due|when|deadline|date|by\b|target/i)) return true;
  return DAY.test(text);
}

function filled(cells: Block['cells'], wanted: RegExp): boolean {
  return cells.some(
    ({ head, text }) =>
      wanted.test(head) && /[\p{L}\p{N}]{2}/u.test(text) && !/^(?:none|n\/a|tbd|nobody(?: yet)?)$/i.test(text.trim()),
  );
}

const OWNED =
  /@[\w.-]|\b(?:owners?|owned by|assigned to|assignee)\b|\b(?:team|squad|guild|crew|on-?call|SREs?|DBAs?|lead|group|ops)\b|[([,;–—:-] ?\p{Lu}\p{Ll}{1,20}|^\p{Lu}\p{Ll}{1,20}(?: \p{Lu}\p{Ll}{1,20})?:/u;
const DAY =
  /\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d|\b\d{1,2}\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|\b(?:due|by|until|before) (?:next |end of |the end of )?(?:mon|tues|wednes|thurs|fri|satur|sun)?(?:day|week|month|quarter|sprint|Q[1-4])|\b(?:Q[1-4]|done|closed|shipped)\b/i;

/** Detection, mitigation and response make the next one shorter, also where this one cannot come back. */
function onlyPrevention(items: readonly Block[]): readonly LintFinding[] {
  const types = items.map(({ text }) => /\b(?:prevent|detect|mitigate|respond)\b/i.exec(text)?.[0].toLowerCase());
  const [first] = items;
  if (first === undefined || items.length < 2 || types.some((type) => type !== 'prevent')) return [];
  return [
    {
      rule: 'action-types',
      blocks: false,
      line: first.line,
      text: `All ${items.length} action items prevent`,
      advice: 'Add one that detects, mitigates or responds: “The runbook of cart says how to roll back in 5 min”.',
    },
  ];
}
