/**
 * Lists and objects under the name of a secret, as JSON, YAML, Python, Ruby, Java and Go write them:
 *
 *   "passwords": ["…", "…"]      credentials={shop=…, bank=…}      Authorization:[Bearer …]
 *
 * Each scalar is one value, by its own name or by that of the secret. Anything that does not continue as such a list is
 * none.
 */
import { MARK_START } from '#model/redaction/mark.ts';
import { kindBy, ruleInside } from '#model/redaction/members.ts';
import type { NameKind, NameRule } from '#model/redaction/names.ts';
import { endAt, matchAt } from '#model/redaction/sticky.ts';
import { quotedEnd, type Range } from '#model/redaction/values.ts';

/** `kind` is missing where it stays: a name, a number of characters, an address. */
type Scalar = Range & Readonly<{ kind?: NameKind | undefined }>;

/** In a block of HCL each line is a member. `expects` an item, a member's name, the sign behind that, or what divides items. */
type Frame = {
  readonly isObject: boolean;
  readonly isBlock: boolean;
  readonly rule: NameRule | undefined;
  member: string;
  expects: 'item' | 'name' | 'sign' | 'divider';
};

/** The scalars inside the bracket at `open`, in order, and the end of the list: before `limit`. */
export function scalarsIn(
  text: string,
  open: number,
  limit: number,
  rule: NameRule,
  isBlock = false,
): Readonly<{ scalars: readonly Scalar[]; end: number }> {
  const outer = { ...frameIn(undefined, rule, text[open] === '{'), isBlock };
  const reading: Reading = { text, limit, scalars: [], frames: [outer] };
  let at = open + 1;
  while (at < limit) {
    const frame = reading.frames.at(-1);
    if (frame === undefined) break;
    const next = step(reading, frame, at);
    if (next === undefined) break;
    at = next;
  }
  return { scalars: reading.scalars, end: at };
}

type Reading = Readonly<{ text: string; limit: number; scalars: Scalar[]; frames: Frame[] }>;

/** The position to continue at; undefined where this is no list. */
function step(reading: Reading, frame: Frame, at: number): number | undefined {
  const { text, frames } = reading;
  const sign = text[at] ?? '';
  if (SPACE.test(sign)) return afterSpace(frame, sign, at);
  if (OPENING.test(sign) && !text.startsWith(MARK_START, at)) {
    if (frame.expects !== 'item') return undefined;
    frames.push(frameIn(frame, undefined, sign === '{'));
    return at + 1;
  }
  if (CLOSING.test(sign)) {
    frames.pop();
    const around = frames.at(-1);
    if (around !== undefined) around.expects = 'divider';
    return at + 1;
  }
  if (sign === ',') {
    frame.expects = frame.isObject ? 'name' : 'item';
    return at + 1;
  }
  return frame.expects === 'sign' ? afterSign(text, frame, at) : afterScalar(reading, frame, at);
}

function afterSpace(frame: Frame, sign: string, at: number): number {
  if (frame.isBlock && frame.expects === 'divider' && BREAK.test(sign)) frame.expects = 'name';
  return at + 1;
}

function afterSign(text: string, frame: Frame, at: number): number | undefined {
  frame.expects = 'item';
  const end = endAt(SIGN, text, at);
  return end === at ? undefined : end;
}

function afterScalar({ text, limit, scalars }: Reading, frame: Frame, at: number): number | undefined {
  const said = frame.expects === 'divider' ? undefined : saidAt(text, at, frame.expects === 'name');
  if (said === undefined || said.next > limit) return undefined;
  scalars.push(scalarOf(text, said, frame));
  return said.next;
}

const OPENING = /[[{]/;
const CLOSING = /[\]}]/;
const SPACE = /\s/;
const BREAK = /[\n\v]/;
const SIGN = /:|=>|=/y;

function frameIn(outer: Frame | undefined, rule: NameRule | undefined, isObject: boolean): Frame {
  const governs = outer === undefined ? rule : governing(outer);
  return { isObject, isBlock: false, rule: governs, member: '', expects: isObject ? 'name' : 'item' };
}

function governing({ isObject, rule, member }: Frame): NameRule | undefined {
  return rule === undefined || !isObject ? rule : ruleInside(rule, member);
}

type Said = Range & Readonly<{ next: number }>;

const QUOTE = /[bu]?(\\{0,15}["'`])/y;
const BARE_NAME = /[\w.$-]{1,80}(?=\s{0,40}(?::|=))/y;
const BARE_ITEM = /(?:\[redacted:[^\]]{1,80}\]|[^\s,{}[\]"'`\\])[^,{}[\]"'`\\\r\n\v]*(?=[,\]}])/y;

/** A name or an item; undefined where it is neither. */
function saidAt(text: string, at: number, isName: boolean): Said | undefined {
  const [opening = '', quote = ''] = matchAt(QUOTE, text, at) ?? [];
  if (quote === '') {
    const [bare = ''] = matchAt(isName ? BARE_NAME : BARE_ITEM, text, at) ?? [];
    return bare === '' ? undefined : { start: at, end: at + bare.trimEnd().length, next: at + bare.length };
  }
  const start = at + opening.length;
  const end = quotedEnd(text, start, quote);
  return { start, end, next: end + (text.startsWith(quote, end) ? quote.length : 0) };
}

function scalarOf(text: string, { start, end }: Said, frame: Frame): Scalar {
  const said = text.slice(start, Math.min(end, start + LONGEST_PLAIN));
  if (frame.expects === 'name') {
    frame.member = said;
    frame.expects = 'sign';
    return { start, end };
  }
  frame.expects = 'divider';
  const rule = governing(frame);
  return { start, end, kind: rule && kindBy(rule, frame.member, said) };
}

const LONGEST_PLAIN = 256;
