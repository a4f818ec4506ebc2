/** Changes after which one answer or one message holds much more than before: finer steps, and limits that are lifted. */
import { quantitiesIn } from '#model/changes/changed-limits.ts';
import { type Effect, effect, type Sides } from '#model/changes/effect.ts';

/** Prometheus' `step`, InfluxDB's `every`, Elasticsearch's `fixed_interval`, Timescale's `time_bucket`, CloudWatch's `Period`. */
const STEP =
  /(?<![A-Za-z])((?:query|fixed|calendar|time|sample|sampling)?_?(?:step|resolution|granularity|interval|bucket(?:_?(?:size|width))?|every|period))["']?\s{0,3}(?:[:=]|,|\()\s{0,3}(.{1,60})/i;
/** A job or a probe has an interval as well, and asks more often. */
const OF_OFTEN = /\b(?:poll|scrape|refresh|retry|heartbeat|sync|flush|check|probe|cron|schedule|timer|ticker)/i;
/** `time.Minute`, `ChronoUnit.HOURS`, `'day'`: a unit without a number is one of it. */
const UNIT_ALONE =
  /(?<![\d*]\s{0,2}\*?\s{0,2}(?:time\.)?)\b(nanosecond|microsecond|millisecond|second|minute|hour|day)s?\b/i;

/** An answer has so many times as many points. */
const MUCH_FINER = 5;

/** What lists are cut by: SQL, search engines, GraphQL, ORMs, retrieval for language models. */
const CUT =
  /(?<![A-Za-z])((?:row|page|result|max|fetch|query|token|hit)?_?(?:limit|size|count|results|rows|items|hits|top_?k|take|first|depth|length|per_?page))["']?\s{0,3}[:=(]\s{0,3}["']?(-?[\w.]{1,30})/i;
/** How languages and stores write that there is none. */
const NO_LIMIT =
  /^(?:none|null|nil|undefined|-1|\w{0,10}\.?infinity|inf|all|unlimited|no_?limit|\w{0,10}\.?max_?(?:value|int|safe_integer))$/i;

/** Protocol Buffers: a list in a message. */
const LIST_OF_MESSAGE = /^\s{0,8}repeated\s{1,3}[\w.]{1,80}\s{1,3}(\w{1,60})\s{0,2}=\s{0,2}\d/gm;

export function largerAnswers({ added, removed }: Sides): Effect[] {
  const isFiner = pairsOf(STEP, removed, added).some(([before, after]) => {
    const [was, now] = [stepOf(before), stepOf(after)];
    return now > 0 && was >= now * MUCH_FINER;
  });
  const isLifted = pairsOf(CUT, removed, added).some(
    ([before, after]) => Number(before.replaceAll('_', '')) > 0 && NO_LIMIT.test(after),
  );
  const listsIn = (text: string) => Array.from(text.matchAll(LIST_OF_MESSAGE), ([, name = '']) => name);
  const before = new Set(listsIn(removed));
  const lists = listsIn(added).filter((name) => !before.has(name));
  return [
    ...effect('larger-payload', isFiner ? 'it asks for finer steps, so an answer holds more of them' : ''),
    ...effect('larger-payload', lists[0] === undefined ? '' : `it adds the list ${lists[0]} to a message`),
    ...effect('larger-payload', isLifted ? 'it takes a limit away, so it sends or asks for more at once' : ''),
  ];
}

/** The values of the same name before and after. */
function pairsOf(form: RegExp, removed: string, added: string): readonly (readonly [string, string])[] {
  const now = new Map(valuesIn(form, added));
  return valuesIn(form, removed).flatMap(([name, before]): (readonly [string, string])[] => {
    const after = now.get(name);
    return after === undefined ? [] : [[before, after]];
  });
}

function valuesIn(form: RegExp, text: string): [string, string][] {
  return text.split('\n').flatMap((line): [string, string][] => {
    const [, name = '', value = ''] = OF_OFTEN.test(line) ? [] : (form.exec(line) ?? []);
    return name === '' ? [] : [[name.toLowerCase(), value]];
  });
}

/** In the units of limits; 0 where it has none. */
function stepOf(text: string): number {
  const [first = 0] = quantitiesIn(text.replace(UNIT_ALONE, ' 1 $1'));
  return first;
}
