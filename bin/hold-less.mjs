/** How much memory the bot keeps that it does not use. Before the first thread and the first picture. */
import { setFlagsFromString } from 'node:v8';

// V8 lets each heap grow to several times what it holds before it collects, and in a storm there are three heaps: with
// a fifth the bot held 418 MB and not 571 to 591, for a tenth to a quarter more processor time. Threads take it over.
setFlagsFromString('--heap-growing-percent=20');

// The renderer of pictures has an allocator of its own (mimalloc), which keeps what a picture took for the next one:
// 20 MB or more in each thread that drew. With 0 it gives the pages back at once.
process.env.MIMALLOC_PURGE_DELAY ??= '0';

// Pixels are outside of V8's heap, so V8 sees no reason to collect what holds them. A thread that starts after this has
// `gc`, and calls it after each part of a picture and after its last session.
setFlagsFromString('--expose-gc');
