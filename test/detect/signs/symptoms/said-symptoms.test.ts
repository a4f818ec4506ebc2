/** What failing lines say, as symptoms of a change. */
import { expect, test } from 'vitest';
import { saidSymptoms } from '#detect/signs/symptoms/said-symptoms.ts';

test.each([
  ['HikariPool-1 - Connection is not available, request timed out after 30000ms', 'pool'],
  ['QueuePool limit of size 5 overflow 10 reached, connection timed out', 'pool'],
  ['SequelizeConnectionAcquireTimeoutError: could not get a connection', 'pool'],
  ['pgxpool: timed out while waiting for a free connection', 'pool'],
  ["CircuitBreaker 'stock' is OPEN and does not permit further calls", 'breaker'],
  ['Polly.CircuitBreaker.BrokenCircuitException: the circuit is now open', 'breaker'],
  ['Application maximum poll interval (300000ms) exceeded by 212ms', 'backlog'],
  ['delivery acknowledgement on channel 4 timed out. Timeout value used: 1800000 ms', 'backlog'],
  ['ReceiptHandleIsInvalid: the receipt handle has expired', 'backlog'],
  ['giving up after 5 attempts', 'retries'],
  ['upstream prematurely closed connection while reading response header', 'bad-gateway'],
  ['503 no healthy upstream', 'no-endpoints'],
  ['pods "pets-7" is forbidden: exceeded quota: team, requested: pods=1', 'stopped'],
  ['manifest unknown: manifest tagged by "9.1" is not found', 'image'],
  ['Deadlock found when trying to get lock; try restarting transaction', 'lock'],
  ['RecordTooLargeException: the message is 2097152 bytes', 'too-large'],
])('%s: %s', (said, symptom) => {
  expect(saidSymptoms(said.toLowerCase())).toContain(symptom);
});

test.each([
  'connection pool started with 10 connections',
  'circuit breaker closed after a successful call',
  'rebalanced in 40 ms',
  'attempt 1 of 3 succeeded',
  'the queue has 3 messages',
  '',
])('nothing of it: %s', (said) => {
  expect(saidSymptoms(said)).toEqual([]);
});
