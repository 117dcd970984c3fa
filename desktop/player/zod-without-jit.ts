import { config } from 'zod';

// The page's security policy forbids code made from text. Told so before the first schema is made, zod does not try:
// its try is an error on the console. Imported first of all for that reason.
config({ jitless: true });
