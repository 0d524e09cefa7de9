import express, { type RequestHandler } from 'express';

const small = express.urlencoded({ extended: false, limit: '64kb' });
/** A form on which thousands of stores are picked one by one. */
const large = express.urlencoded({ extended: false, limit: '1mb', parameterLimit: 10_100 });

const LARGE_FORMS = new Set(['/tenants/bulk-actions']);

/** Reads posted forms; large ones only of somebody who is signed in. */
export const readForms: RequestHandler = (req, res, next) => {
  const read = req.user !== undefined && LARGE_FORMS.has(req.path) ? large : small;
  read(req, res, next);
};
