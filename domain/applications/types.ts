import type { StoreEntry } from './entry.ts';

export const FILE_FORMATS = ['csv', 'yaml'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/**
 * What is wrong with one field of a line, and what to write instead; `field` as the file calls it, '' for the whole line.
 * `values` are those of the message, for another language.
 */
export type Fault = { field: string; code: string; message: string; values?: Record<string, string | number> };

/** One store as a file names it, and the line it begins on. Without `entry` it could not be read, and `faults` say why. */
export type FileLine = { line: number; slug: string; entry: StoreEntry | undefined; faults: Fault[] };

/** One field of a store that the file wants otherwise. */
export type FieldChange = { field: string; before: unknown; after: unknown };

export const LINE_ACTIONS = ['create', 'update', 'unchanged', 'refused'] as const;
export type LineAction = (typeof LINE_ACTIONS)[number];

/**
 * Where a line is: planned as its action says; waiting for its store's job; done; failed, when the store could not be made
 * or changed or its job did not succeed; changed, when it was left alone because something else had happened to the store.
 */
export const LINE_STATES = ['planned', 'in_progress', 'done', 'failed', 'changed'] as const;
export type LineState = (typeof LINE_STATES)[number];

export type ApplicationLine = {
  /** From 1, in the file's order: of JSON many can be on one `line`. */
  position: number;
  line: number;
  slug: string;
  tenantId: string | undefined;
  action: LineAction;
  entry: StoreEntry | undefined;
  changes: FieldChange[];
  faults: Fault[];
  /** The file names another first user than the store has; a file does not change that. */
  adminKept: boolean;
  state: LineState;
  errorCode: string | undefined;
  errorMessage: string | undefined;
  storeJobId: string | undefined;
};

export type Application = {
  id: string;
  format: FileFormat;
  createdBy: string;
  createdAt: Date;
  confirmedAt: Date | undefined;
  jobId: string | undefined;
  /** Lines by what was planned. */
  counts: Record<LineAction, number>;
  /** Of the lines to create and to update: where they are. */
  states: Record<LineState, number>;
  /** Stores made by it, whether live yet or not, and stores changed. */
  created: number;
  updated: number;
};
