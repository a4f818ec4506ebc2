/** A postmortem as the lint reads it. */
import type { DocumentSection } from '#model/blameless/structure/document.ts';

/** `lint`: what this lint found, as a draft shows it. */
export type Section = 'summary' | 'impact' | 'detection' | 'timeline' | 'actions' | 'responders' | 'lint' | 'other';

export type Passage = Readonly<{
  /** From 1. */
  line: number;
  section: Section;
  /** One sentence, or the part of a line that has none. Code is left out: it quotes programs. */
  text: string;
  /** The paragraph, item or row around it. */
  block: string;
  /** Whether `text` begins the block. */
  isFirst: boolean;
}>;

export type ReadDocument = Readonly<{ passages: readonly Passage[]; sections: readonly DocumentSection[] }>;
