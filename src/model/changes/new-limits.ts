/** Limits that a change sets where none was: what was not limited before is refused now. */
import { type Effect, effect, type Sides } from '#model/changes/effect.ts';
import { codeWords } from '#model/text/code-words.ts';

/** `write_capacity = 10`, `max_connections: 20`, `--rate-limit=100`: one name and its number. */
const ONE_NUMBER =
  /^\W{0,10}((?:[A-Za-z_][\w-]{1,60}\.){0,4}[A-Za-z_][\w-]{2,60})["']?\s{0,3}[=:(]\s{0,3}["']?\d{1,9}(?:\.\d{1,6})?\s?[a-zA-Z]{0,7}["']?\)?[;,]?$/;
const OF_LIMITS = /(?:^|_)(?:max|maximum|limit|quota|capacity|cap|ceiling|throttle|throttling)(?:_|$)/;
/** How many pods a rollout or a drain may take at once. */
const OF_ROLLOUTS = /(?:^|_)max_(?:unavailable|surge)$/;
/** As likely as a limit that is nearly halved. */
const STRENGTH = 0.7;

export function newLimits({ added, removed }: Sides): Effect[] {
  const before = new Set(codeWords(removed));
  const set = added.split('\n').flatMap((line) => {
    const name = ONE_NUMBER.exec(line)?.[1] ?? '';
    const words = name.replaceAll(/(?<=[a-z])(?=[A-Z])|[-.]/g, '_').toLowerCase();
    const isNew = codeWords(name).every((word) => !before.has(word));
    return name !== '' && OF_LIMITS.test(words) && !OF_ROLLOUTS.test(words) && isNew ? [line.trim()] : [];
  });
  return effect('lower-limit', set[0] === undefined ? '' : `it sets a limit: ${set[0]}`, STRENGTH);
}
