/** What people read of blocks, in order: addresses are no text. */
export function blockText(value: unknown): string {
  if (Array.isArray(value)) return value.map(blockText).join('');
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, inner]) => (key === 'text' && typeof inner === 'string' ? `${inner}\n` : blockText(inner)))
    .join('');
}
