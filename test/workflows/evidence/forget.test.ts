import { testForgetting } from '#test/forget-contract.ts';
import { sqlitePlace } from '#test/temp-store.ts';

testForgetting('SQLite', sqlitePlace);
