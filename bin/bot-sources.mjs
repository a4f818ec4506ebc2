/** The bot, as its sources are. */
import './own-imports.mjs';

await import('../src/main.ts');
