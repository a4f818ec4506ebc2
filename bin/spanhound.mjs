#!/usr/bin/env node
import { isSupportedNode } from './supported-node.mjs';

if (isSupportedNode()) import('./command-line.mjs');
