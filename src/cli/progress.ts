/** A progress line for a person who waits: only if stderr is a terminal, and removed at the end. */
export type Progress = Readonly<{ say(text: string): void; end(): void }>;

export function openProgress(): Progress {
  const { stderr, env } = process;
  // https://no-color.org: who sets NO_COLOR wants no escape sequences. A dumb terminal shows them as text.
  if (stderr.isTTY !== true || env.NO_COLOR || env.TERM === 'dumb')
    return { say: () => undefined, end: () => undefined };
  return {
    say: (text) => stderr.write(`${CLEAR_LINE}${text.slice(0, stderr.columns - 1)}`),
    end: () => stderr.write(CLEAR_LINE),
  };
}

const CLEAR_LINE = '\r\u001b[K';
