import { onTestFinished, vi } from 'vitest';

/** What is written to stdout meanwhile. */
export async function printed(work: () => Promise<unknown>): Promise<string> {
  const texts: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text, done: unknown) => {
    texts.push(`${text}`);
    if (typeof done === 'function') done();
    return true;
  });
  onTestFinished(() => write.mockRestore());
  await work();
  write.mockRestore();
  return texts.join('');
}
