import type { z } from 'zod';

/** One of zod's issues as field paths (`args.2`, `install.apt`) and reasons that a person can act on. */
export function plainReason(issue: z.core.$ZodIssue): { field: string; reason: string }[] {
  const field = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: [...issue.path, key].join('.'), reason: 'is not a field of a manifest' }));
  }
  if (issue.input === undefined && issue.path.length > 0) return [{ field, reason: 'is missing' }];
  return [{ field, reason: wording(issue) }];
}

function wording(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'object' || issue.expected === 'record'
        ? 'must be a group of fields'
        : `must be ${article(issue.expected)}`;
    case 'invalid_value':
      return `must be one of: ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return 'is none of the known choices';
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? 'must not be empty'
        : `must be at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `is too long (at most ${issue.maximum})`
        : `must be at most ${issue.maximum}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.format === 'starts_with'
        ? 'must be an absolute path'
        : `has a wrong form (must match ${issue.pattern})`;
    default:
      return issue.message;
  }
}

function article(type: string): string {
  if (type === 'array') return 'a list';
  if (type === 'string') return 'a text';
  if (type === 'boolean') return 'true or false';
  return type === 'int' ? 'a whole number' : `a ${type}`;
}
