// As in spanhound.mjs: an older Node has to get as far as to say that it is one.
if (Number.parseInt(process.version.slice(1), 10) >= 24) import('./bot.mjs');
else import('./old-node.mjs');
