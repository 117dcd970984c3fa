import { expect, it } from 'vitest';
import { isOwnOrigin } from './origins.ts';

it('lets in its own pages and programs that are no browsers', () => {
  expect(isOwnOrigin(undefined, 'kilat.example', undefined)).toBe(true);
  expect(isOwnOrigin('http://localhost:8080', 'localhost:8080', undefined)).toBe(true);
  expect(isOwnOrigin('https://kilat.example', '10.0.0.7:8080', 'https://kilat.example')).toBe(true);
});

it('keeps out pages of others', () => {
  for (const origin of [
    'https://evil.example',
    'null',
    'not an address',
    'http://localhost:8081',
    'http://kilat.example',
  ]) {
    expect(isOwnOrigin(origin, 'localhost:8080', 'https://kilat.example'), origin).toBe(false);
  }
});
