import { z } from 'zod';
import { Decimal, parseBrazilianNumber, type DecimalText } from '#domain/construction/money/index.ts';
import { isId } from '#platform/ids.ts';

/**
 * The fields that forms and JSON bodies are made of. Each issue has a stable code, for which field-texts.ts has
 * words in both languages; the English here is for programs.
 */
const issue = (code: string, message: string) => ({ error: message, params: { code } });

const asText = z.string({ error: 'This must be text.' });

export const requiredText = (max: number) =>
  asText
    .trim()
    .min(1, { error: 'This is needed.' })
    .max(max, { error: `At most ${max} characters.` });

/** Nothing but spaces is nothing: null. */
export const optionalText = (max: number) =>
  asText
    .trim()
    .max(max, { error: `At most ${max} characters.` })
    .nullable()
    .transform((text) => text || null);

/** A text that `read` makes sense of, or nothing. */
export const optionalReading = (
  read: (text: string) => string | undefined,
  { code, message }: { code: string; message: string },
) =>
  optionalText(200).transform((text, context) => {
    if (text === null) return null;
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message, params: { code } });
    return z.NEVER;
  });

/** How a number is written where it comes from. */
export type NumberReader = (text: string) => DecimalText | undefined;

/** Numbers as JSON carries them: text with a dot, never a JavaScript number. */
export const fromJson: NumberReader = (text) => (/^\d{1,14}(\.\d{1,6})?$/.test(text) ? text : undefined);

/** Numbers as a Brazilian types them. */
export const fromForm: NumberReader = parseBrazilianNumber;

type Limits = { places: number; max: string };

const LARGEST_PRICE: Limits = { places: 4, max: '9999999.9999' };
const LARGEST_FREIGHT: Limits = { places: 2, max: '9999999.99' };
const LARGEST_QUANTITY: Limits = { places: 3, max: '9999999.999' };
const PERCENT: Limits = { places: 2, max: '100' };

function decimal(read: NumberReader, { places, max }: Limits) {
  return asText.trim().transform((text, context) => {
    const refuse = (code: string, message: string) => {
      context.addIssue({ code: 'custom', message, params: { code } });
      return z.NEVER;
    };
    if (text === '') return refuse('needed', 'This is needed.');
    const isNegative = text.startsWith('-');
    const value = read(isNegative ? text.slice(1) : text);
    if (isNegative && value !== undefined) return refuse('negative', 'This must not be below zero.');
    if (value === undefined) return refuse('bad_number', 'This is not a number, like "1234.50".');
    if (new Decimal(value).decimalPlaces() > places) return refuse('too_many_decimals', `At most ${places} decimals.`);
    if (new Decimal(value).gt(max)) return refuse('too_large', `At most ${max}.`);
    return value;
  });
}

/** Zero must be typed as zero: a price that is missing is not a gift. */
export const priceField = (read: NumberReader) => decimal(read, LARGEST_PRICE);
export const freightField = (read: NumberReader) => decimal(read, LARGEST_FREIGHT);
export const quantityField = (read: NumberReader) => decimal(read, LARGEST_QUANTITY);
export const percentField = (read: NumberReader) => decimal(read, PERCENT);

/** A form sends an input that was left empty as empty text: then the field is absent. */
export const unlessEmpty = <S extends z.ZodType>(schema: S) =>
  z.preprocess((given) => (typeof given === 'string' && given.trim() === '' ? undefined : given), schema.optional());

/** An id of something; whether it exists in this store is for the service to say. */
export const idField = asText.refine(isId, issue('bad_id', 'This is not an id.'));

/** What a list may be asked for in its address. */
export const searchQuery = asText.trim().max(100).catch('');
export const cursorQuery = asText.optional().catch(undefined);

/** Only what was really given: to a change, a key that is there means something even when its value is undefined. */
export function given<T extends object>(values: { [K in keyof T]?: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter((entry) => entry[1] !== undefined)) as Partial<T>;
}
