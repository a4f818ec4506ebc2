/**
 * Where a picture is shown: on a page, or in a thread of Slack and on a phone. Those shrink a picture to some 360 pixels,
 * so that its smallest letters, of 14 units, must be a larger part of its width.
 */
export type Paper = 'page' | 'thread';

/** In units. */
export const WIDTHS: Readonly<Record<Paper, number>> = { page: 720, thread: 400 };
