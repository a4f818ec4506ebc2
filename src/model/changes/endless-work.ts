/**
 * Work that code starts and that nothing ends: each request leaves one more of it behind, with all that it holds.
 *
 *   + go func() {
 *   +   for event := range hub.Subscribe(id) {       nobody closes the channel, and no context ends the loop
 *   +     out <- event
 *
 * Goroutines are not garbage collected, they must exit on their own (go.dev/blog/pipelines); a timer of JavaScript runs
 * until it is cleared (HTML, "Timers"); who listens is kept by whom it listens to (Node.js, MaxListenersExceededWarning;
 * .NET, events).
 */
import { type Effect, effect, type Sides, WEAK } from '#model/changes/effect.ts';

/** `strength`: a timer or a listener may be made once, when the process starts. */
type Endless = Readonly<{ starts: RegExp; goesOn: RegExp; ends: RegExp; text: string; strength: number }>;

const FORMS: readonly Endless[] = [
  {
    starts: /\bgo\s{1,3}(?:func\b|[\w.]{2,80}\()/,
    goesOn:
      /\bfor\s{0,3}\{|\bfor\s{1,3}(?:[\w, ]{1,40}:?=\s{0,3})?range\s{1,3}[\w.]{0,80}(?:[sS]ubscribe|[wW]atch|[lL]isten|[sS]tream|[eE]vents|[cC]h(?:an(?:nel)?)?|\.C(?!\w))\w{0,20}\b/,
    ends: /\.Done\(\)|\bcontext\b|\bctx\b|\bdone\b|\bquit\b|\bstop\w{0,10}\b|\bclose\(|\bbreak\b|[uU]nsubscribe|\bcancel\b/,
    text: 'it starts goroutines that nothing ends',
    strength: 1,
  },
  {
    starts: /\bsetInterval\(/,
    goesOn: /\bsetInterval\(/,
    ends: /\bclearInterval\(|\.unref\(/,
    text: 'it starts timers that nothing stops',
    strength: WEAK,
  },
  {
    starts: /\.(?:subscribe|addListener|addEventListener)\(|\.on\(\s{0,3}["'`]/,
    goesOn: /\.(?:subscribe|addListener|addEventListener)\(|\.on\(\s{0,3}["'`]/,
    ends: /unsubscribe|removeListener|removeEventListener|removeAllListeners|\.off\(|takeUntil|\bfirst\(|\bonce\b|\bsignal\b|["'`](?:close|end|finish|exit|error|SIG[A-Z]{3,6})["'`]/,
    text: 'it adds listeners that nothing removes',
    strength: WEAK,
  },
];

/** Only where the lines that it adds have the start and the loop, and no end of it. */
export function endlessWork({ added, removed }: Sides): Effect[] {
  return FORMS.flatMap(({ starts, goesOn, ends, text, strength }) => {
    const isNew = starts.test(added) && goesOn.test(added) && !starts.test(removed);
    return effect('grows', isNew && !ends.test(added) ? text : '', strength);
  });
}
