/** Renders a picture for an answer that somebody waits for. */
import { within } from '#core/clock.ts';
import type { Store } from '#record/store.ts';

export type DrawParts = Readonly<{
  store: Pick<Store, 'clock'>;
  /** Renders an SVG as a PNG without blocking the event loop. */
  draw(svg: string): Promise<Uint8Array>;
  /** A later picture is left out. */
  pictureSeconds: number;
}>;

/** Undefined if it is late, or cannot be drawn. */
export async function drawnInTime(
  { draw, pictureSeconds, store: { clock } }: DrawParts,
  svg: string,
): Promise<Uint8Array | undefined> {
  return await within(
    clock,
    pictureSeconds * 1_000,
    draw(svg).catch(() => undefined),
  );
}
