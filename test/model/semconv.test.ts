import { expect, test } from 'vitest';
import { canonicalNumber, canonicalText } from '#model/semconv.ts';

test('older names are read under the current one', () => {
  expect(canonicalText({ 'db.statement': 'SELECT 1' }, 'db.query.text')).toBe('SELECT 1');
  expect(canonicalText({ 'sql.query': 'SELECT 2' }, 'db.query.text')).toBe('SELECT 2');
  expect(canonicalText({ 'peer.service': 'mysql' }, 'server.service.name')).toBe('mysql');
});

test('where both are there and differ, the current name wins', () => {
  expect(canonicalText({ 'db.system': 'mysql', 'db.system.name': 'postgresql' }, 'db.system.name')).toBe('postgresql');
});

test('values that were renamed are renamed', () => {
  expect(canonicalText({ 'db.system': 'mssql' }, 'db.system.name')).toBe('microsoft.sql_server');
});

test('numbers that were sent as text are numbers, other text is none', () => {
  expect(canonicalNumber({ 'http.status_code': '503' }, 'http.response.status_code')).toBe(503);
  expect(canonicalNumber({ 'http.status_code': 'n/a' }, 'http.response.status_code')).toBeUndefined();
  expect(canonicalNumber({ 'http.status_code': '' }, 'http.response.status_code')).toBeUndefined();
});
