/** What people noted of how it turned out for those who were harmed: nothing lost, 44 entered again and 3 lost. */
import { didHelp, type TimelineEntry } from '#model/incident/incident.ts';
import type { Facts } from '#model/incident/postmortem-facts.ts';
import { isSaid, reasonOf } from '#model/incident/postmortem-numbers.ts';
import { isUnsure, saidSentences, withLimits } from '#model/incident/said-sentences.ts';

export type Outcome = Readonly<{ entry: TimelineEntry; text: string }>;

/** The newest that says so, from after the cause or the first step that eased it; undefined without one. */
export function outcomeIn({ entries, milestones }: Pick<Facts, 'entries' | 'milestones'>): Outcome | undefined {
  const { mitigated, fixed, resolved, identified } = milestones;
  const eased = entries.find(didHelp);
  const sinceUs = [identified, mitigated, fixed, resolved, eased].flatMap((one) =>
    one === undefined ? [] : [one.atUs],
  );
  const fromUs = sinceUs.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...sinceUs);
  const entry = entries.findLast((one) => one.atUs >= fromUs && mayTell(one) && outcomeOf(one) !== '');
  return entry && { entry, text: outcomeOf(entry) };
}

function mayTell(entry: TimelineEntry): boolean {
  if (entry.from !== undefined || entry.kind === 'update' || !isSaid(entry)) return false;
  return entry.value === '' || entry.kind === 'status' || entry.kind === 'severity';
}

function outcomeOf(entry: TimelineEntry): string {
  const isOne = (one: string) => OUTCOME.test(one) && !isUnsure(one) && !OF_SIGHT.test(one);
  return withLimits(saidSentences(reasonOf(entry)), isOne);
}

/** Why nobody noticed it says nothing of how it turned out. */
const OF_SIGHT =
  /^(?:why|warum|pourquoi|por qu[eéê]|perché)(?!\p{L})|\bnobody (?:saw|noticed|read|opened) (?:it|this|that|the (?:alert|alarm|page|warning|mail|message|graph|dashboard|panel))\b/iu;

const DONE =
  'entered|came|recovered|restored|resent|sent|phoned|delivered|refunded|reprocessed|replayed|reprinted|booked|paid back';
const OUTCOME = new RegExp(
  [
    '\\b(?:no|not one|nothing|none|nobody|zero)(?: \\p{L}{1,15}){0,3} (?:lost|missing|missed|stolen|leaked|harmed|hurt|damaged|in danger|at risk|went cold)\\b',
    `(?<![\\d.,])\\d[\\d.,]{0,12} [^.;]{1,60}\\b(?:all|both|each) (?:of them )?(?:${DONE}|put right|corrected|repaired|fixed|solved|found)\\b`,
    "(?<![\\d.,])\\d[\\d.,]{0,12} (?:[^.;\\d]{1,40} )?(?:(?:will not|won['’]?t|do(?:n['’]?t| not)|never) (?:come|return|be) |ne reviendr\\p{L}{2,5} (?:pas|plus|jamais)|kommen nicht|no (?:vuelven|volverán)|não volt\\p{L}{1,3})",
    '\\b(?:nothing|none|nobody) (?:was |were |is )?(?:lost|missed|twice|harmed|hurt|read|opened)\\b|\\bnobody (?:read|opened|saw|lost|got)\\b',
    '\\bno (?:\\p{L}{2,20} ){1,2}at the wrong\\b',
    '\\b(?:lose|loses|lost|gone) (?:[^.;]{1,40} )?for good\\b',
    '\\b(?:data|customers?|orders?|payments?|files?|records?|accounts?|backups?) (?:was |were |is |are )?(?:not|never) (?:touched|read|lost|leaked|changed|stolen|copied|harmed)\\b',
    `(?<![\\d.,])\\d[\\d.,]{0,12} (?:\\p{L}{1,20} )?(?:${DONE}) (?:again|in|by|from|back|later)\\b`,
    '(?<![\\d.,])\\d[\\d.,]{0,12} (?:[^.;\\d]{1,40} )?(?:are|is|were|was) (?:lost|gone for good|not to be saved)\\b',
    "(?<!\\p{L})(?:nichts|keine \\p{L}{2,20}) (?:ging |ist |sind |wurden? )?verloren|(?:rien|aucune? \\p{L}{2,20}) (?:n[’']est )?perdue?s?(?!\\p{L})",
    '(?<!\\p{L})(?:nada|ning[uú]n[ao]? \\p{L}{2,20}) (?:se )?(?:perdi[oóda]{1,3})(?!\\p{L})|nenhuma? \\p{L}{2,20} perdid[oa]|nessun[oa]? \\p{L}{2,20} pers[oa]',
    '(?:データ|注文|件)の?(?:損失|欠損|消失)は?な|失われていない|(?:消えた|失われた)[^。、]{0,8}(?:なし|ない|ありません)|二重は?なし|没有(?:数据|订单)?丢失|无(?:数据)?丢失',
  ].join('|'),
  'iu',
);
