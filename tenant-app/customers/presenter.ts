import {
  maskCep,
  maskDocument,
  maskPhone,
  STATES,
  type Customer,
  type CustomerSummary,
} from '#domain/construction/customers/index.ts';
import { safeNext } from '#tenant-app/auth/safe-next.ts';
import type { Refusal, View } from '#tenant-app/forms/refusal.ts';
import { toResource } from './input.ts';

/** A row of the list: the three facts by which one knows a customer. */
export function presentRow(row: CustomerSummary, { t }: View) {
  return {
    href: `/web/customers/${row.id}`,
    name: row.name,
    document: row.document === null ? '' : maskDocument(row.document),
    contact: [row.phone && maskPhone(row.phone), row.city && `${row.city}${row.state ? `/${row.state}` : ''}`]
      .filter(Boolean)
      .join(' · '),
    note: row.active ? '' : t('customers:inactive'),
  };
}

/** The inputs of a customer that exists, with their masks on. */
export function valuesOf(customer: Customer): Record<string, string> {
  const { document, cep, phone } = customer;
  const values = {
    ...toResource(customer),
    document: document && maskDocument(document),
    cep: cep && maskCep(cep),
    phone: phone && maskPhone(phone),
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value === null ? '' : String(value)]));
}

const CONTACT = [
  { name: 'phone', type: 'tel', inputmode: 'tel' },
  { name: 'email', type: 'email' },
];
const ADDRESS = [
  { name: 'cep', inputmode: 'numeric', size: 'short' },
  { name: 'street' },
  { name: 'street_number', size: 'short' },
  { name: 'complement' },
  { name: 'district', size: 'half' },
  { name: 'city', size: 'half' },
];

/** The fields that can be typed wrong, from top to bottom. */
const IN_FORM_ORDER = ['name', 'document', ...[...CONTACT, ...ADDRESS].map(({ name }) => name)];

type Form = { values: Record<string, unknown>; refusal: Refusal | undefined };

/** The form as its template draws it: what was typed stays, and each error stands under its field. */
export function presentForm({ values, refusal }: Form, { t }: View) {
  const focus = IN_FORM_ORDER.find((name) => refusal?.errors[name]) ?? 'name';
  const field = ({ name, type, ...rest }: { name: string; type?: string; size?: string }) => ({
    name,
    type,
    label: t(`customers:${name}`),
    value: values[name] ?? '',
    error: refusal?.errors[name],
    size: rest.size ?? 'long',
    attributes: { autocomplete: 'off', ...withoutSize(rest), autofocus: name === focus },
  });
  const existingId = refusal?.members.existing_id;
  return {
    kind: values.kind ?? 'PF',
    name: field({ name: 'name' }),
    document: field({ name: 'document' }),
    contact: CONTACT.map(field),
    address: ADDRESS.map(field),
    state: { ...field({ name: 'state' }), options: ['', ...STATES].map((code) => ({ value: code, label: code })) },
    notes: field({ name: 'notes' }),
    version: values.version ?? '',
    /** Where the person came from to fill something in, and wants to be again. */
    next: safeNext(values.next, ''),
    message: refusal?.message,
    existingHref: typeof existingId === 'string' ? `/web/customers/${existingId}` : undefined,
  };
}

function withoutSize({ size: _size, ...attributes }: { size?: string }): Record<string, string> {
  return attributes;
}
