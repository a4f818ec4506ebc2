/** Words for why a container exceeded its memory. */
import type { CauseWords } from '#detect/signs/cause-words.ts';
import type { OomCause } from '#detect/signs/containers/oom-cause.ts';

/** `who`: the container, and whose it is. */
type Measured = Readonly<Record<'who' | 'limit' | 'before' | 'ran' | 'node' | 'grew', string>>;

export const OOM_WORDS: Readonly<Record<OomCause, (measured: Measured) => CauseWords & Readonly<{ why: string }>>> = {
  node: ({ node }) => ({
    is: `the node ${node} ran out of memory`,
    why: 'The container has no limit. The node had no memory left, so the kernel killed this container.',
    remedy: `Set a memory request and limit for every container on ${node}. Move the largest to another node.`,
    check: 'The node’s metrics show free memory at that time.',
  }),
  'no-limit': ({ who }) => ({
    is: 'it has no limit of its own',
    why: 'Without its own limit the kernel kills it when the node, or a parent cgroup, has no memory left.',
    remedy: `Set a memory request and a limit for ${who} that fit its peak usage. Then look at what else runs on that node.`,
    check: 'A limit range of the namespace gave it one (kubectl describe limitrange).',
  }),
  'limit-lowered': ({ who, limit, before }) => ({
    is: `the limit was lowered from ${before} to ${limit}`,
    why: `The previous revision had ${before === 'none' ? 'no limit' : `a limit of ${before}`}; this one has ${limit}.`,
    remedy: `${before === 'none' ? `Take the memory limit of ${limit} off ${who} again` : `Restore the memory limit of ${who} to ${before}`}. Measure the peak usage before you lower it again.`,
    check: 'With the old limit it is killed just as often.',
  }),
  leak: ({ who, grew, ran }) => ({
    is: grew === '' ? 'it grew steadily: a leak' : `it grew steadily, ${grew}: a leak`,
    why: `Its memory rose in a straight line for ${ran} up to the limit. A cache that fills also rises, but levels off.`,
    remedy: `Take a heap profile of ${who} in a pod that has run for long. A restart before the limit gains time; a higher limit only delays the kill.`,
    check: 'The growth follows the number of requests, or levels off below a higher limit.',
  }),
  jump: ({ who, grew, ran }) => ({
    is: grew === '' ? 'its memory did not grow steadily before' : `its memory jumped ${grew}`,
    why: `Its memory did not rise in a straight line over ${ran}. It loaded something large, or a request needed a lot.`,
    remedy: `Look for the request, the file or the batch that filled ${who} at that moment. Limit what one request may load.`,
    check: 'The memory rose for hours before. Then it is a leak.',
  }),
  'new-image': ({ who, before }) => ({
    is: 'the new image needs more than the limit',
    why: `The previous revision ran ${before} under the same limit until the rollout in the last hour.`,
    remedy: `Roll ${who} back${before === '' ? '' : ` to ${before}`}, then compare the memory of both images under load.`,
    check: 'The old image is killed for its memory, too.',
  }),
  'at-start': ({ who, limit, ran }) => ({
    is: 'it does not complete its start',
    why: `It was killed ${ran} after its start, so its initial data does not fit into ${limit}.`,
    remedy: `Raise the memory limit of ${who}${limit === '' ? '' : ` from ${limit}`} to what its start needs, or load less: heap size, caches, model files.`,
    check: 'It starts within this limit elsewhere, with the same data.',
  }),
  'after-a-while': ({ who, limit, ran }) => ({
    is: `a leak or a large request filled it within ${ran}`,
    why: `It ran for ${ran} before its memory was full, so its start is not the cause. The evidence does not separate a leak from a large request.`,
    remedy: raiseOrFind(who, limit),
    check: 'Its memory was far below the limit until the end. Then look for one large allocation.',
  }),
  unknown: ({ who, limit }) => ({
    is: 'the evidence does not show why',
    why: 'Its start time is unknown.',
    remedy: raiseOrFind(who, limit),
    check: 'Its memory was far below the limit at that time.',
  }),
};

function raiseOrFind(who: string, limit: string): string {
  const raise = limit === '' ? `Set a memory limit for ${who}` : `Raise the memory limit of ${who} from ${limit}`;
  return `${raise}, or find what fills it. In its memory a slope is a leak, and a step is one large request or a deploy.`;
}
