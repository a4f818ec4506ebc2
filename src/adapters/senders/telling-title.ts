/**
 * What people read of an alert whose title only names a check, or only says that there is an alert: the reason, or the
 * sentence below. The key keeps the title, which is the same at the end.
 */
import type { Said } from '#adapters/message-text.ts';
import { bare } from './message-subject.ts';
import type { Field } from './payload-fields.ts';
import { pickText } from './pick-field.ts';
import { isHollow, saidState, wordsOf } from './state-words.ts';

/** Why a check failed, most telling first. */
const REASONS: readonly RegExp[] = [
  /^(?:incident|alert|failure|error|down|status)?(?:reason|cause)$/,
  /^(?:alert)?details$|^(?:error|state|short|long)?message$|^msg$|^(?:long|short)?(?:description|text)$|^output$|^topic$/,
];

const OF_OTHERS =
  /^(?:users?|author|owners?|teams?|project|organi[sz]ation|account|integration|webhook|contacts?|comments?|notes?|history|request|response|rule|policy|runbook|links?)$/;

/** The title with the reason, where it is only the name of what is checked. */
export function titleWithReason(
  fields: readonly Field[],
  { title, service }: Readonly<Record<'title' | 'service', string>>,
): string {
  if (title === '' || title.toLowerCase() !== service.toLowerCase()) return title;
  const fits = ({ kind, value }: Field) =>
    kind === 'text' &&
    value.toLowerCase() !== title.toLowerCase() &&
    /^[^\s{<[]\S* \S|^\[/.test(value) &&
    !/^https?:/.test(value);
  const found = REASONS.map((names) => pickText(fields, { names, notIn: OF_OTHERS, isWritten: false, fits })).find(
    (one) => one !== undefined,
  );
  const reason = (found?.value.split('\n', 1)[0] ?? '').trim().slice(0, 200);
  if (reason === '') return title;
  return reason.toLowerCase().includes(title.toLowerCase()) ? reason : `${title}: ${reason}`;
}

/** The sentence below such a title, else what a field has as the cause; the title where it says more. */
export function titleBelow({ lines, fields }: Said, title: string): string {
  if (!isHollow(title)) return title;
  const shown = lines.slice(0, 6).map(({ text }) => bare(text));
  const sentence = shown.find((text) => wordsOf(text).length > 3 && !isField(text) && !isHollow(text));
  if (sentence !== undefined) return sentence.slice(0, 300);
  const cause = ['cause', 'reason', 'condition', 'summary', 'service']
    .map((name) => fields.get(name) ?? '')
    .find((value) => value !== '');
  return cause === undefined ? title : `${title}: ${bare(cause).slice(0, 200)}`;
}

/** `Policy: backlog`, and no `CheckHttp CRITICAL: timeout`. */
function isField(text: string): boolean {
  const name = /^([A-Z][A-Za-z ]{1,30}): ?\S/.exec(text)?.[1];
  return name !== undefined && saidState(name) === undefined;
}
