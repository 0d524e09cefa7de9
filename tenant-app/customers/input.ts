import { z } from 'zod';
import {
  documentProblem,
  readCep,
  readPhone,
  STATES,
  unmaskDocument,
  type Customer,
  type CustomerInput,
} from '#domain/construction/customers/index.ts';
import { activeQuery, listQuery } from '#tenant-app/api/input.ts';
import { given, optionalReading, optionalText, requiredText } from '#tenant-app/forms/fields.ts';

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const isState = (text: string) => (STATES as readonly string[]).includes(text);

type Identified = { [K in 'kind' | 'document']?: CustomerInput[K] | undefined };

/**
 * Names a document that the chosen kind cannot have, beside whatever else is wrong. A change that names no kind is for the
 * service to judge, which knows the customer's.
 */
function requireDocumentOfKind({ kind, document }: Identified, context: z.RefinementCtx): void {
  // A field that was refused is here as it was sent, whatever its type says.
  const isReadable = (kind === 'PF' || kind === 'PJ') && typeof document === 'string';
  const problem = isReadable ? documentProblem(kind, document) : undefined;
  if (!problem) return;
  const { code, message } = problem;
  context.addIssue({ code: 'custom', path: ['document'], message, params: { code } });
}

/** A check of several fields runs also when others of them were refused, so that all of it is told at once. */
const ALWAYS = { when: () => true };

/** A customer as forms and JSON send it. Documents, CEP and phone may come with their masks. */
const fields = {
  kind: z.enum(['PF', 'PJ']),
  name: requiredText(255),
  document: optionalText(30).transform((text) => text && unmaskDocument(text)),
  email: optionalReading((text) => (EMAIL.test(text) ? text.toLowerCase() : undefined), {
    code: 'bad_email',
    message: 'This is not an e-mail address.',
  }),
  phone: optionalReading(readPhone, { code: 'bad_phone', message: 'Area code and number, like +5511987654321.' }),
  street: optionalText(200),
  street_number: optionalText(20),
  complement: optionalText(100),
  district: optionalText(100),
  city: optionalText(100),
  state: optionalReading((text) => (isState(text.toUpperCase()) ? text.toUpperCase() : undefined), {
    code: 'unknown_state',
    message: 'This is not the code of a Brazilian state.',
  }),
  cep: optionalReading(readCep, { code: 'bad_cep', message: 'A CEP has 8 digits.' }),
  notes: optionalText(2000),
};

const NOTHING = Object.fromEntries(Object.keys(fields).map((key) => [key, null]));

/** A whole customer: what is left out is not known. */
export const newCustomer = z.preprocess(
  (body) => ({ ...NOTHING, kind: 'PF', ...(body as object) }),
  z.object(fields).superRefine(requireDocumentOfKind, ALWAYS).transform(toInput),
);

/** Some of a customer: what is left out stays. */
export const customerChanges = z
  .object(fields)
  .partial()
  .superRefine(requireDocumentOfKind, ALWAYS)
  .transform(({ street_number, ...rest }): Partial<CustomerInput> => {
    return given<CustomerInput>({ ...rest, streetNumber: street_number });
  });

function toInput({ street_number, ...rest }: Omit<CustomerInput, 'streetNumber'> & { street_number: string | null }) {
  return { ...rest, streetNumber: street_number };
}

/** The customer as the API shows it, and as the form's inputs are filled. */
export function toResource({ streetNumber, createdAt, updatedAt, createdBy: _owner, ...rest }: Customer) {
  return {
    ...rest,
    street_number: streetNumber,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}

export const customerQuery = listQuery.extend({ active: activeQuery });
