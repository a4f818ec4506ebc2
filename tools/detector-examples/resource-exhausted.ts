import { every, said, together } from '#test/window.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows: 'The pool fills up. Once all 20 connections are in use, every order waits for one and gives up.',
  lines: together(
    every(4, 0, 40, (at, n) => said(at, 'order-service', 'info', `pool status: ${14 + 2 * n}/20 connections active`)),
    [
      said(41, 'order-service', 'warn', 'pool status: 20/20 connections active, 12 waiting'),
      said(44, 'order-service', 'error', 'order 1734 failed: timeout waiting for a connection from the pool'),
      said(45, 'order-service', 'error', 'order 1735 failed: timeout waiting for a connection from the pool'),
      said(52, 'order-service', 'error', 'order 1742 failed: timeout waiting for a connection from the pool'),
    ],
  ),
};
