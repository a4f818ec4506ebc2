import { memoize } from '#core/memoize.ts';
import { type Detector, subjectOf } from '#detect/detector.ts';
import { type Detectors, USUAL_WHYS } from '#model/finding/detector-traits.ts';

/** The title of each detector by its id. */
export const titlesOf = memoize(
  (all: readonly Detector[]): ReadonlyMap<string, string> => new Map(all.map(({ id, title }) => [id, title])),
);

/** Detectors by id and by sign. The same list always gives the same object. */
export const knownDetectors = memoize((all: readonly Detector[]): Detectors => {
  const byId = new Map(all.map((detector) => [detector.id, detector]));
  const bySign = new Map(all.flatMap((detector) => (detector.signs ?? []).map((sign) => [sign, detector] as const)));
  return {
    all,
    of: (id) => byId.get(id) ?? UNKNOWN,
    named(sign) {
      const detector = bySign.get(sign);
      if (detector === undefined) throw new Error(`no detector lists the sign ${sign}`);
      return detector;
    },
    isOfLogs(id) {
      const detector = byId.get(id);
      return detector !== undefined && subjectOf(detector) === 'logs';
    },
  };
});

const UNKNOWN: ReturnType<Detectors['of']> = {
  title: '',
  role: 'mechanism',
  field: 'code',
  coverage: 'spans',
  nextWhys: USUAL_WHYS,
  checkQueries: [],
  namesCause: 'never',
};
