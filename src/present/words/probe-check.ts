/** What an alert rule, an attribute or a p99 says about an action item, in one sentence. A gap never counts as passed. */
import type { FoundRules } from '#model/incident/alert-rule.ts';
import type { ItemCheck } from '#model/incident/item-check.ts';
import {
  type AttributeProbe,
  type PercentileProbe,
  percentileName,
  type RuleProbe,
} from '#model/incident/item-probe.ts';
import type { Percentile } from '#model/requests/seen-spans.ts';
import { counted, countText } from '#model/text/count-text.ts';
import { durationsApart } from '#model/text/duration.ts';

/** What a source said about alert rules, or why it said nothing. */
export type RuleAnswer = Readonly<{ source: string; found: FoundRules } | { source: string; problem: string }>;

/** The rule's name is compared as it stands. */
export function ruleCheck({ rule }: RuleProbe, answers: readonly RuleAnswer[]): ItemCheck {
  if (answers.length === 0)
    return unsure('no source of alert rules is configured (Prometheus, Grafana or Alertmanager)');
  const held = answers.flatMap((answer) =>
    'found' in answer
      ? answer.found.rules.filter(({ name }) => name === rule).map(({ state }) => ({ state, source: answer.source }))
      : [],
  );
  const best = held.find(({ state }) => state === 'active') ?? held[0];
  if (best !== undefined) {
    const said = { active: 'is active', paused: 'is paused', broken: 'cannot be evaluated' }[best.state];
    const text = `the alert rule “${rule}” ${said} in ${best.source}`;
    return { outcome: best.state === 'active' ? 'gone' : 'there', text };
  }
  const unknown = answers.flatMap((answer) => {
    if ('problem' in answer) return `${answer.source}: ${answer.problem}`;
    return answer.found.isAll ? [] : `${answer.source} does not show all rules`;
  });
  if (unknown.length > 0) return unsure(`the alert rule “${rule}” was not found, but ${unknown.join('; ')}`);
  return {
    outcome: 'there',
    text: `there is no alert rule “${rule}” in ${answers.map(({ source }) => source).join(', ')}`,
  };
}

/** `problems`: why a source did not answer. */
export type SpanAnswer = Readonly<{ spans: number; carrying: number; problems: readonly string[]; hours: number }>;

export function attributeCheck(probe: AttributeProbe, { spans, carrying, problems, hours }: SpanAnswer): ItemCheck {
  const { attribute, operation, service } = probe;
  const of = `“${operation}” in ${service}`;
  if (spans > carrying) {
    return {
      outcome: 'there',
      text: `${countText(carrying)} of ${counted(spans, 'span')} of ${of} carry ${attribute}`,
    };
  }
  if (problems.length > 0) return unsure(problems.join('; '));
  if (spans === 0) return unsure(`no span of ${of} was found in the last ${hours} h`);
  const all = spans === 1 ? 'the only span' : `all ${counted(spans, 'span')}`;
  return {
    outcome: 'gone',
    text: `${all} of ${of} that I read from the last ${hours} h ${spans === 1 ? 'carries' : 'carry'} ${attribute}`,
  };
}

/** With fewer requests, one slow one decides. */
const FEWEST_REQUESTS = 100;
/** A p99 is below a limit if at most one request of so many takes as long. */
const SHARE = 100;

/** `isSample`: only some of the requests were read. */
export type PercentileAnswer = Percentile & Readonly<{ isSample: boolean; problems: readonly string[] }>;

export function percentileCheck(probe: PercentileProbe, answer: PercentileAnswer): ItemCheck {
  const { requests, slower, us, isSample, problems } = answer;
  const name = percentileName(probe);
  const counts = `${counted(requests, 'request')}${isSample ? ' read as a sample' : ''}`;
  if (requests < FEWEST_REQUESTS) {
    const few = requests === 0 ? 'no request was found' : `only ${counts} ${requests === 1 ? 'was' : 'were'} found`;
    return unsure([`${few} in 24 h, and a p99 needs ${FEWEST_REQUESTS}`, ...problems].join('; '));
  }
  const isBelow = slower * SHARE <= requests;
  const below = isBelow ? 'below' : 'not below';
  // A store estimates its p99: what contradicts the counts is not said.
  const isKnown = us !== undefined && us < probe.belowUs === isBelow;
  const [is, limit] = durationsApart(isKnown ? us : probe.belowUs, probe.belowUs);
  const text = isKnown
    ? `${name} is ${is} over 24 h, ${counts}, ${below} ${limit}`
    : `${name} is ${below} ${limit} over 24 h: ${countText(slower)} of ${counts} took as long or longer`;
  if (isBelow && problems.length > 0) return unsure(`${text}, but ${problems.join('; ')}`);
  return { outcome: isBelow ? 'gone' : 'there', text };
}

function unsure(text: string): ItemCheck {
  return { outcome: 'unsure', text };
}
