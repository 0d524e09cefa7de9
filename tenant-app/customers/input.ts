import { z } from 'zod';
import {
  isDocumentOf,
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

/** A CPF or a CNPJ, with or without its mask. Whether it is one of the customer's kind is for the service to say. */
const documentField = optionalText(30).transform((text, context) => {
  if (text === null) return null;
  const document = unmaskDocument(text);
  const kind = document.length === 11 ? 'PF' : 'PJ';
  if (isDocumentOf(kind, document)) return document;
  const [code, name] = kind === 'PF' ? ['bad_cpf', 'CPF'] : ['bad_cnpj', 'CNPJ'];
  context.addIssue({ code: 'custom', message: `This is not a ${name}: its check digits are wrong.`, params: { code } });
  return z.NEVER;
});

/** A customer as forms and JSON send it. Documents, CEP and phone may come with their masks. */
const fields = {
  kind: z.enum(['PF', 'PJ']),
  name: requiredText(255),
  document: documentField,
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
  z.object(fields).transform(toInput),
);

/** Some of a customer: what is left out stays. */
export const customerChanges = z
  .object(fields)
  .partial()
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
