/** What people say that it was, where they answered No under a diagnosis. */
import type { CauseField } from '#model/finding/cause-fields.ts';

export type SaidCause = Readonly<{
  text: string;
  /** '' where the person named none. */
  service: string;
  /** Of the fishbone; undefined where the person chose none. */
  field: CauseField | undefined;
}>;

/** The answers to "Was this right?": the last one of each person. */
export type FeedbackAnswers = Readonly<{
  right: number;
  wrong: number;
  lastUs: number;
  /** Missing where nobody said what it was. */
  said?: readonly SaidCause[];
}>;

/** More would fill the sentence. */
const MOST_SAID = 3;

/** `People said it was “the provider’s DNS” (network, in coredns)`; '' where nobody said it. */
export function peopleSaid(said: readonly SaidCause[] = []): string {
  if (said.length === 0) return '';
  const texts = said.slice(-MOST_SAID).map(({ text, service, field }) => {
    const about = [...(field === undefined ? [] : [field]), ...(service === '' ? [] : [`in ${service}`])].join(', ');
    return `“${text}”${about === '' ? '' : ` (${about})`}`;
  });
  return `People said it was ${texts.join(', or ')}`;
}
