import { z } from 'zod';

// The page's content security policy forbids making code from text; zod would try it and have it reported. Imported
// before any schema is made.
z.config({ jitless: true });
