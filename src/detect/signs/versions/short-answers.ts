/**
 * Answers of a new version that hold almost nothing, beside full ones of the old version in the same minutes.
 *
 *   boxes v1   GET /parcels   200   7.4 kB   6.8 kB   8.1 kB
 *   boxes v2   GET /parcels   200   0.2 kB   0.2 kB   0.2 kB     ← nothing fails, and people see empty lists
 *
 * A tenth of the size may come from compression or from shorter pages; these answers are smaller still.
 */
import type { TwoVersions } from '#detect/signs/versions/releases-seen.ts';
import {
  type CountedDifference,
  type CountLimits,
  quarter,
  sidesAmong,
  type VersionAnswer,
} from '#detect/signs/versions/version-counts.ts';
import { medianOf } from '#model/stats/robust.ts';
import { answerSizes } from '#model/trace/views/response-sizes.ts';

/**
 * As a share of the usual size. Deflate makes text two to five times smaller: https://zlib.net/zlib_tech.html. This is four
 * times as far away.
 */
const MOST_LEFT = 0.05;
/** An answer below a kilobyte is an acknowledgement, as for `shrunk-response`. */
const LEAST_BYTES_LESS = 1000;

/** The operation whose answers shrank the most. `all`: the answers of the service. */
export function shortAnswers(
  release: TwoVersions,
  all: readonly VersionAnswer[],
  { minRequests }: Pick<CountLimits, 'minRequests'>,
): CountedDifference | undefined {
  const found = [...Map.groupBy(all, ({ operation }) => operation)].flatMap(
    ([operation, same]): CountedDifference[] => {
      const { news, olds } = sidesAmong(release, same);
      const [now, old] = [sizesOf(news), sizesOf(olds)];
      if (Math.min(now.length, old.length) < minRequests) return [];
      const bytes = { now: medianOf(now), old: medianOf(old) };
      const isLess = bytes.now <= MOST_LEFT * bytes.old && bytes.old - bytes.now >= LEAST_BYTES_LESS;
      if (!isLess || quarter(now, 3) >= quarter(old, 1)) return [];
      return [
        {
          measure: 'short answers',
          operation,
          now: { times: now.length, of: now.length },
          old: { times: 0, of: old.length },
          nowUs: 0,
          oldUs: 0,
          bytes,
          sinceUs: news.reduce((least, { atUs }) => Math.min(least, atUs), Number.POSITIVE_INFINITY),
          answers: news,
          places: [],
        },
      ];
    },
  );
  return found.toSorted((a, b) => shareLeft(a) - shareLeft(b))[0];
}

function shareLeft({ bytes }: CountedDifference): number {
  return bytes === undefined ? 1 : bytes.now / bytes.old;
}

/** Bytes of complete answers, in order. Compressed ones are left out where the encoding is recorded. */
function sizesOf(answers: readonly VersionAnswer[]): readonly number[] {
  return answers
    .flatMap(({ trace, span }) => answerSizes(trace, span))
    .flatMap(({ measure, encoding, value }) => (measure === 'bytes' && encoding === '' ? [value] : []))
    .sort((a, b) => a - b);
}
