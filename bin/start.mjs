import { isSupportedNode } from './supported-node.mjs';

if (isSupportedNode()) import('./bot.mjs');
