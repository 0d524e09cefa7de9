export {
  addItem,
  changeDraft,
  changeItem,
  createQuote,
  removeItem,
  replaceItems,
  requireVisibleQuote,
} from './drafts.ts';
export { toEventItem } from './events.ts';
export {
  allowedQuoteSteps,
  approveQuote,
  cancelQuote,
  discountLimitOf,
  lockForConversion,
  markConverted,
  rejectQuote,
  sendQuote,
  type ConvertibleQuote,
} from './lifecycle.ts';
export { getQuote, listQuotes, type QuoteDetails, type QuoteSummary } from './listings.ts';
export { exceedsDiscountLimit, isQuoteStep, nextStatuses, statusOn } from './policy.ts';
export { previewQuote, type Preview } from './preview.ts';
export {
  QUOTE_STATUSES,
  type DraftInput,
  type ItemChanges,
  type ItemInput,
  type Quote,
  type QuoteItem,
  type QuoteStatus,
  type QuoteStep,
} from './types.ts';
