/** What the verification of a fix says about an action item, in one sentence. */
import type { ItemCheck } from '#model/incident/item-check.ts';
import { counted } from '#model/text/count-text.ts';
import { durationsApart } from '#model/text/duration.ts';
import type { PresentedComparison } from '#present/present-comparison.ts';

type Verified = Pick<
  NonNullable<PresentedComparison['report']['verification']>,
  'result' | 'reason' | 'before' | 'after' | 'sentence'
>;

/** Twice as fast is a change that a reader can see. */
const FASTER = 2;

/** `isAbout`: whether the item is the remedy of the problem that was verified. */
export function itemCheck(verified: Verified, isAbout: boolean): ItemCheck {
  const { result, reason, before, after, sentence } = verified;
  if (!isAbout) return { outcome: 'unsure', text: OTHER };
  if (result === 'confirmed') {
    const none = `none of ${counted(after.traces, 'request')} since shows the problem (before: ${before.withFault} of ${before.traces})`;
    if (after.us === 0 || before.us < FASTER * after.us) return { outcome: 'gone', text: none };
    const [was, is] = durationsApart(before.us, after.us);
    return { outcome: 'gone', text: `the same call takes ${is} now (was ${was}), and ${none}` };
  }
  if (reason === 'remains')
    return { outcome: 'there', text: `it still happens: ${after.withFault} of ${counted(after.traces, 'request')}` };
  const text = `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
  return { outcome: reason === 'not-back' ? 'there' : 'unsure', text };
}

const OTHER = 'the requests before the fix show another problem, so they prove nothing about this action item';
