/**
 * Changes of the scale or the unit in which values are kept or computed: who reads them as before gets wrong ones.
 *
 *   + UPDATE lot SET net = net * 1000;          keep everything in milligrams
 */
import { type Effect, effect, type Sides } from '#model/changes/effect.ts';

const SCALED = /[*/]=?\s{0,3}(10{1,9}(?:\.0)?|0\.0{0,8}1|60|3600|24|12|16|254|2\.54|1024)\b/;
/** Names of units and of forms of values, as people and code write them. */
const UNITS =
  /(?<![a-z])(?:milli|centi|kilo|micro)?(?:grams?|metres?|meters?|lit(?:re|er)s?)(?![a-z])|(?<![a-z])(?:pounds?|ounces?|inch(?:es)?|feet|miles?|gallons?|cents?|euros?|dollars?|per ?cent|percent(?:age)?|fractions?|basis points?|celsius|fahrenheit|kelvin|degrees|radians|(?:milli)?seconds|minutes|hours|utc|local ?time|gross|net(?:to)?|brutto|unsigned|u?int(?:8|16|32|64)|float(?:32)?|double|decimal)(?![a-z])|(?<=[_"'\s(])(?:mm|cm|km|mg|kg|lbs?|oz|ml|cl|bps|pct|ms|secs?)(?=[_"'\s,;:)]|$)/gi;

/** What a change does to the scale of values. */
export function scaleEffects({ added, removed }: Sides, title: string): Effect[] {
  const by = SCALED.exec(added)?.[1];
  if (by !== undefined && !SCALED.test(removed))
    return effect('other-scale', `it multiplies or divides values by ${by}`);
  const [before, now] = [unitsIn(removed), unitsIn(`${added} ${title}`)];
  const [old] = [...before].filter((unit) => !now.has(unit));
  const [unit] = [...now].filter((one) => !before.has(one));
  if (unit === undefined) return [];
  return effect('other-scale', old === undefined ? '' : `it takes values in ${unit} instead of ${old}`);
}

function unitsIn(text: string): ReadonlySet<string> {
  return new Set(Array.from(text.matchAll(UNITS), ([unit]) => unit.toLowerCase()));
}
