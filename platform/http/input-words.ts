import type { z } from 'zod';

const BY_TYPE: Record<string, string> = {
  string: 'Send text.',
  number: 'Send a number.',
  int: 'Send a whole number.',
  boolean: 'Send true or false.',
  array: 'Send a list.',
  object: 'Send an object.',
  record: 'Send an object.',
};

const COUNTED: Record<string, string> = { string: ' characters', array: ' items' };

/**
 * What to send instead, for programs, where a schema has no words of its own: the library's speak of its insides. A page
 * finds its words by the code. `undefined` leaves a message as it is.
 */
export function inputWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'This is needed.' : BY_TYPE[issue.expected];
    case 'invalid_value':
      return `Send ${issue.values.length > 1 ? 'one of: ' : ''}${issue.values.map(String).join(', ')}.`;
    case 'too_big':
      return `Send at most ${issue.maximum}${COUNTED[issue.origin] ?? ''}.`;
    case 'too_small':
      return `Send at least ${issue.minimum}${COUNTED[issue.origin] ?? ''}.`;
    case 'invalid_format':
      return 'This is not written as it must be.';
    case 'unrecognized_keys':
    case 'invalid_key':
      return 'There is no such field.';
    case 'custom':
    case 'invalid_element':
    case 'invalid_union':
    case 'not_multiple_of':
    default:
      return undefined;
  }
}
