/** How a verb was called, and in which form it answers. */
export const FORMS = ['text', 'json', 'md', 'html', 'png'] as const;
export type UsualForm = (typeof FORMS)[number];
/** `pdf`: of documents that people print. `svg`: of a picture alone. */
export type Form = UsualForm | 'pdf' | 'svg';

/** Those with a script of completions. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export type OutputOptions = Readonly<{ json?: true; config?: string; format?: Form; out?: string }>;

/** How a verb was called. */
export type Call = Readonly<{
  env: Readonly<Record<string, string | undefined>>;
  options: OutputOptions;
}>;
