/**
 * A topic or a queue gets no message any more, and a change takes its name out of the code or the settings of who writes.
 *
 *   -  const TOPIC = 'orders'
 *   +  const TOPIC = `orders.v${version}`        no message in "orders", all in "orders.v2"
 */
import type { Touched } from '#model/changes/said/values.ts';

/** In lower case. */
const LEFT = /\bno message in "([^"\n]{2,250})", all in "([^"\n]{2,250})"/;

/** What the detector of fewer messages shows of two topics, as a failure would say it. */
export function topicLeftText(topic: string, other: string): string {
  return `no message in "${topic}", all in "${other}"`;
}

/** What the change does; empty where it keeps the name, or never had it. `said`: in lower case. */
export function topicLeft({ added, removed }: Pick<Touched, 'added' | 'removed'>, said: string): string {
  const [, topic = ''] = LEFT.exec(said) ?? [];
  const isNamed = (text: string) => topic !== '' && quotes(text.toLowerCase(), topic);
  return isNamed(removed) && !isNamed(added) ? `it takes out the name “${topic}”` : '';
}

/** The whole name, and not only a part of a longer one. */
function quotes(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!/[\w.-]/.test(text[at - 1] ?? ' ') && !/[\w.$-]/.test(text[at + name.length] ?? ' ')) return true;
  return false;
}
